import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Entry, navigation } from '../../scripts/site/navigation';
import { pages, Publisher } from '../../scripts/site/pages';
import { removeTemporary, temporaryDirectory } from '../../testing/harness/temporary';

const ROOT = path.join(__dirname, '..', '..');

afterAll(removeTemporary);

const links = (entries: readonly Entry[]): string[] => entries.flatMap(({ link, items = [] }) =>
  [...link ? [link] : [], ...links(items)]);

test('the navigation leads to every page, by the map on the front page', () => {
  const found = links(navigation(fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8')));
  const expected = pages(ROOT).filter(page => page !== 'CONTRIBUTING.md')
    .map(page => (page === 'README.md' ? '/' : `/${page.replace(/\.md$/, '')}`));
  expect(found.sort()).toEqual(expected.sort());
});

test('a front page without its map is refused', () => {
  expect(() => navigation('# Name\n\n## Something\n')).toThrow('README.md has no table of documents');
});

describe('a page of the site', () => {
  const root = temporaryDirectory('site');
  const published = (page: string, text: string): string => {
    fs.writeFileSync(path.join(root, page), text);
    return new Publisher(root, 'https://forge.example/project').text(page);
  };

  beforeAll(() => {
    for (const file of ['README.md', 'LICENSE', 'docs/other.md', 'docs/images/report.png', 'examples/minimal.ts']) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), '');
    }
  });

  test('keeps its links to other pages and pictures', () => {
    const text = '[a](other.md#other) [b](#here) [c](https://example.org) ![d](images/report.png)';
    expect(published('docs/page.md', text)).toBe(text);
  });

  test('links to the repository what is no page', () => {
    expect(published('docs/page.md', '[a](../examples/minimal.ts) [b](../LICENSE)')).toBe(
      '[a](https://forge.example/project/blob/main/examples/minimal.ts) '
        + '[b](https://forge.example/project/blob/main/LICENSE)',
    );
  });

  test('links the front page by the name that it has there', () => {
    expect(published('docs/page.md', '[a](../README.md#options)')).toBe('[a](../index.md#options)');
    expect(new Publisher(root, '').file('README.md')).toBe('index.md');
  });

  test('with a dead link is refused', () => {
    expect(() => published('docs/page.md', '[a](gone.md)')).toThrow('docs/page.md links to gone.md, which is not');
  });

  test('leaves code alone, and badges out', () => {
    const code = '```ts\nconst a = b[0](c);\n```';
    expect(published('README.md', `[![npm](https://badges.example/a)](https://example.org)\n${code}`)).toBe(code);
  });

  test('has no diagram that would stay text', () => {
    expect(() => published('docs/page.md', '```mermaid\ngraph LR\n```')).toThrow('docs/page.md has a diagram');
  });
});

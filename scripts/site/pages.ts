import * as fs from 'node:fs';
import * as path from 'node:path';

const FRONT_PAGE = 'README.md';
const TOP = [FRONT_PAGE, 'API.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md'];

/** Every page of the site, by its path in the repository. */
export function pages(root: string): string[] {
  const docs = fs.readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return [...TOP, ...docs.filter(file => file.endsWith('.md')).map(file => path.posix.join('docs', file)).sort()];
}

/** Makes a page of the site out of one of the repository. */
export class Publisher {
  private readonly known: ReadonlySet<string>;

  constructor(private readonly root: string, private readonly repository: string) {
    this.known = new Set(pages(root));
  }

  file(page: string): string {
    return page === FRONT_PAGE ? 'index.md' : page;
  }

  text(page: string): string {
    const text = fs.readFileSync(path.join(this.root, page), 'utf8');
    if (/^```mermaid/m.test(text)) {
      throw new Error(`${page} has a diagram in Mermaid, which the site does not draw: make a picture of it with `
        + 'scripts/pictures.ts');
    }
    let isCode = false;
    return text.split('\n').filter(line => !isBadge(line)).map(line => {
      if (line.startsWith('```')) { isCode = !isCode; }
      return isCode ? line : line.replace(/\]\(([^)\s]+)\)/g, (_, to: string) => `](${this.link(page, to)})`);
    }).join('\n');
  }

  /** What is not a page of the site is in the repository. */
  private link(page: string, to: string): string {
    if (/^(https?:|mailto:|#)/.test(to)) { return to; }
    const [file, anchor] = to.split('#');
    const target = path.posix.join(path.posix.dirname(page), file);
    if (!fs.existsSync(path.join(this.root, target))) { throw new Error(`${page} links to ${to}, which is not there`); }
    const hash = anchor === undefined ? '' : `#${anchor}`;
    if (target === FRONT_PAGE) { return path.posix.relative(path.posix.dirname(page), 'index.md') + hash; }
    if (this.known.has(target) || target.startsWith('docs/images/')) { return to; }
    return `${this.repository}/blob/main/${target}${hash}`;
  }
}

/** Badges come from other hosts, and say nothing that the site does not. */
const isBadge = (line: string): boolean => /^\[?!\[[^\]]*\]\(https:/.test(line);

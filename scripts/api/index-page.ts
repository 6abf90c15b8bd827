import { table } from './markdown';
import { anchor, type Page } from './page';
import { LANGUAGES, PARTS } from './parts';

/** The index of all pages, with every type. */
export function index(pages: readonly Page[]): string {
  const of = (part: string, language: string): Page =>
    pages.find(page => page.part.name === part && page.language.id === language)!;
  const links = (part: string, hash = ''): string => LANGUAGES.map(({ id, title }) =>
    `[${title}](${of(part, id).file}${hash})`).join(' · ');
  const types = PARTS.flatMap(part => of(part.name, LANGUAGES[0].id).entries.map(entry =>
    ({ name: entry.displayName, part, hash: `#${anchor(entry)}` })));
  return [
    '# API', '',
    'Made from the declarations by `npx projen docgen`.', '',
    '**To write a `.projenrc`, read [the options](docs/options.md)**: one page, with what is allowed and an example '
    + 'for each. This reference is for everything',
    'beyond: components, constructs, types.', '',
    table(['part', 'what', 'pages'], PARTS.map(part => [part.title, part.what, links(part.name)])),
    '## All types', '',
    table(['type', 'part', 'described in'], types.sort((a, b) => (a.name < b.name ? -1 : 1)).map(type =>
      [`\`${type.name}\``, type.part.title, links(type.part.name, type.hash)])),
  ].join('\n').trimEnd() + '\n';
}

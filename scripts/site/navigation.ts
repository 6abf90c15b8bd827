import { LANGUAGES, PARTS } from '../api/parts';

/** An entry of VitePress's sidebar. */
export interface Entry {
  readonly text: string;
  readonly link?: string;
  readonly items?: readonly Entry[];
  readonly collapsed?: boolean;
}

/** The sidebar: the map of documents on the front page, with the pages of the API reference below its index. */
export function navigation(frontPage: string): Entry[] {
  const [, map] = /^## Documents\n([^]*?)^## /m.exec(frontPage) ?? [];
  const groups = [...(map ?? '').matchAll(/^\| ([a-z][^|]*?) \| (.*) \|$/gm)].map(([, name, links]) => ({
    text: name[0].toUpperCase() + name.slice(1),
    items: [...links.matchAll(/\[([^\]]+)\]\(([^)]+)\.md\)/g)].map(([, text, page]): Entry =>
      (page === 'API' ? reference() : { text, link: `/${page}` })),
  })).filter(({ items }) => items.length > 0);
  if (groups.length === 0) { throw new Error('README.md has no table of documents below "## Documents"'); }
  return [{ text: 'Overview', link: '/' }, ...groups];
}

function reference(): Entry {
  return {
    text: 'API',
    link: '/API',
    collapsed: true,
    items: LANGUAGES.flatMap(language => PARTS.map(part => ({
      text: `${part.title} (${language.title})`, link: `/docs/api/${language.id}/${part.name}`,
    }))),
  };
}

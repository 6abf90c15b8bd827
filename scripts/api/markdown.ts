import type { DocsSchema } from 'jsii-docgen';

/** A table with an empty line after it. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line), ''].join('\n');
}

/** Text for one cell of a table: a bar or the end of a line would end it. */
export const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replace(/\n{2,}/g, '<br>').replaceAll('\n', ' ').trim();

/** What is said about a thing, with an empty line after it. */
export function paragraph({ summary, remarks, deprecated, deprecationReason, links = [] }: DocsSchema): string[] {
  const first = summary && remarks && !/[.:;!?]$/.test(summary) ? `${summary}.` : summary;
  return [
    ...deprecated ? [`**Deprecated:** ${deprecationReason ?? 'do not use it'}`] : [],
    ...first ? [remarks && first.endsWith(';') ? `${first} ${remarks}` : first] : [],
    ...remarks && !first?.endsWith(';') ? [remarks] : [],
    ...links.map(link => `See <${link}>.`),
  ].flatMap(part => [part.trim(), '']);
}

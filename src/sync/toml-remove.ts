import { removeChild } from './keyed-children';
import { applyEdits, lineEnding, nextLine } from './keyed-lines';
import type { Span } from './keyed-values';
import { containerOf } from './toml-containers';
import { entriesOf, entryAt, startsWith, type TomlDocument } from './toml-document';
import { endOfContent, leadStart, sectionSpan } from './toml-lines';

/** Removes a key, or a table with everything in it; a comment above goes with it only if `isOurs` says so. */
export function removeKey(theirs: TomlDocument, path: readonly string[], isOurs: (comment: string) => boolean): string | undefined {
  const { text } = theirs;
  const entry = entryAt(theirs, path);
  if (entry?.inline) { return applyEdits(text, removeChild(containerOf(text, entry.inline), entry.inline.body.indexOf(entry.node))); }
  const sections = theirs.sections.filter(section => section.header && startsWith(section.path, path));
  const lines = entriesOf(theirs)
    .filter(({ path: at, inline, section }) => !inline && startsWith(at, path) && !sections.includes(section))
    .map(({ node }): Span => [leadStart(theirs, node.range[0], isOurs), nextLine(text, node.range[1])]);
  const tables = sections.map((section): Span => {
    const [start, end] = sectionSpan(theirs, section);
    return [leadStart(theirs, start, isOurs), behindBlankLines(text, nextLine(text, end))];
  });
  return lines.length + tables.length === 0 ? undefined : withoutLines(text, [...lines, ...tables]);
}

/** The text without these whole lines; what is then the last line ends as the last one did. */
function withoutLines(text: string, spans: readonly Span[]): string {
  const ends = text.endsWith('\n') ? lineEnding(text) : '';
  const joined: Span[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const previous = joined.at(-1);
    if (previous?.[1] === start) { joined.pop(); }
    joined.push([previous?.[1] === start ? previous[0] : start, end]);
  }
  return applyEdits(text, joined.map(([start, end]) => {
    if (end < text.length) { return { start, end, text: '' }; }
    const content = Math.min(start, endOfContent(text.slice(0, start)));
    return { start: content, end, text: content === 0 ? '' : ends };
  }));
}

function behindBlankLines(text: string, at: number): number {
  return at + (/^(?:[ \t]*\r?\n)*/.exec(text.slice(at))?.[0].length ?? 0);
}

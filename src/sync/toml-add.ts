import { insertChild } from './keyed-children';
import { applyEdits, indentAt, lineEnd, lineEnding, lineStart } from './keyed-lines';
import type { KeyedValue } from './keyed-values';
import { containerOf, inLine } from './toml-containers';
import { entriesOf, entryAt, type Section, startsWith, type TomlDocument } from './toml-document';
import { behindComments, endOfContent, leadStart, sectionSpan } from './toml-lines';
import { keyText, TomlRenderer } from './toml-render';

/** Adds our key to the user's text, in the form that its table has there: header, dotted keys or inline table. */
export function addKey(
  theirs: TomlDocument, ours: TomlDocument, path: readonly string[], value: KeyedValue, after: readonly string[],
): string | undefined {
  const parent = path.slice(0, -1);
  const { text } = theirs;
  const renderer = new TomlRenderer(ours, lineEnding(text));
  const insert = (at: number, added: string) => applyEdits(text, [{ start: at, end: at, text: added }]);
  const eol = lineEnding(text);

  const holder = entryAt(theirs, parent)?.node.value;
  if (holder) {
    if (holder.type !== 'TOMLInlineTable') { return undefined; }
    return applyEdits(text, insertChild(containerOf(text, holder), holder.body.length - 1, inLine(renderer.pair(path, value), ' ')));
  }
  const section = theirs.sections.find(({ path: at }) => at.length === parent.length && startsWith(at, parent));
  const below = entriesOf(theirs).filter(({ path: at, inline }) => !inline && at.length > parent.length && startsWith(at, parent));
  const dotted = section ? undefined : below.filter(entry => entry.section.path.length < parent.length).at(-1);
  if (dotted) {
    const [start, end] = dotted.node.range;
    const last = dotted.node.key.keys[parent.length - dotted.section.path.length - 1];
    const prefix = `${text.slice(start, last.range[1])}.`;
    return insert(lineEnd(text, end), `${eol}${renderer.line(path, value, indentAt(text, start), prefix)}`);
  }
  if (value.kind !== 'scalar' && !value.span) { return insertSections(theirs, parent, after, renderer.sections(path, true)); }
  if (section) { return insertLine(theirs, section, indent => renderer.line(path, value, indent)); }
  const first = theirs.sections.find(({ path: at, header }) => header && startsWith(at, parent))?.header;
  if (!first) { return undefined; }
  return insert(leadStart(theirs, first.range[0]), `[${parent.map(keyText).join('.')}]${eol}${renderer.line(path, value, '')}${eol}${eol}`);
}

/** A line at the end of the section's keys. */
function insertLine(theirs: TomlDocument, section: Section, line: (indent: string) => string): string {
  const { text } = theirs;
  const eol = lineEnding(text);
  const last = section.body.at(-1);
  const at = last ?? section.header;
  if (at) {
    const end = lineEnd(text, at.range[1]);
    return `${text.slice(0, end)}${eol}${line(last ? indentAt(text, last.range[0]) : '')}${text.slice(end)}`;
  }
  const next = theirs.sections[1]?.header;
  if (next) {
    const start = leadStart(theirs, lineStart(text, next.range[0]));
    return `${text.slice(0, start)}${line('')}${eol}${eol}${text.slice(start)}`;
  }
  const end = endOfContent(text);
  return end === 0 ? `${line('')}${eol}${text}` : `${text.slice(0, end)}${eol}${line('')}${text.slice(end)}`;
}

/** Tables behind the last one of the sibling they follow in ours, or at the end of the file. */
function insertSections(theirs: TomlDocument, parent: readonly string[], after: readonly string[], added: string): string {
  const { text, sections } = theirs;
  const eol = lineEnding(text);
  const behind = after
    .map(sibling => sections.filter(section => section.header && startsWith(section.path, [...parent, sibling])).at(-1))
    .find(section => section !== undefined);
  const end = behind ? behindComments(theirs, sectionSpan(theirs, behind)[1]) : endOfContent(text);
  return end === 0 ? `${added}${eol}${text}` : `${text.slice(0, end)}${eol}${eol}${added}${text.slice(end)}`;
}

import { applyEdits, lineEnding } from './keyed-lines';
import type { KeyedValue, Span } from './keyed-values';
import { addKey } from './toml-add';
import { entriesOf, entryAt, parseToml, startsWith, type TomlDocument } from './toml-document';
import { commentsIn, hasComment, leadStart, sectionSpan } from './toml-lines';
import { removeKey } from './toml-remove';
import { TomlRenderer } from './toml-render';

/** Puts our value in the place of the user's, unless comments of the user would go with it. */
export function setKey(
  theirs: TomlDocument, ours: TomlDocument, base: TomlDocument | undefined, path: readonly string[], value: KeyedValue,
): string | undefined {
  const isOurs = (comment: string) => hasComment(base, comment);
  const isFree = (span: Span) => commentsIn(theirs, span).every(isOurs);
  const entry = entryAt(theirs, path);
  if (entry) {
    const [start, end] = entry.node.value.range;
    const text = new TomlRenderer(ours, lineEnding(theirs.text)).value(value);
    return isFree([start, end]) ? applyEdits(theirs.text, [{ start, end, text }]) : undefined;
  }
  const spans = theirs.sections.filter(({ header, path: at }) => header && startsWith(at, path)).map(section => sectionSpan(theirs, section));
  const lines = entriesOf(theirs).filter(({ path: at }) => startsWith(at, path)).map(({ node }): Span => node.range);
  const whole: Span = [Math.min(...[...spans, ...lines].map(([start]) => start)), Math.max(...[...spans, ...lines].map(([, end]) => end))];
  if (!isFree(whole)) { return undefined; }
  return replaceTables(theirs, ours, isOurs, path) ?? replaceForm(theirs, ours, isOurs, path, value);
}

/** Tables with headers by tables with headers, where they stand. */
function replaceTables(theirs: TomlDocument, ours: TomlDocument, isOurs: (comment: string) => boolean, path: readonly string[]): string | undefined {
  const indexes = theirs.sections.flatMap(({ header, path: at }, index) => header && startsWith(at, path) ? [index] : []);
  const areTogether = indexes.length > 0 && indexes.at(-1) === indexes[0] + indexes.length - 1;
  if (!areTogether || entryAt(ours, path)) { return undefined; }
  const [first] = sectionSpan(theirs, theirs.sections[indexes[0]]);
  const [, end] = sectionSpan(theirs, theirs.sections[indexes[indexes.length - 1]]);
  // A comment of ours above may have changed with the tables; one of the user's stays.
  const start = leadStart(theirs, first, isOurs);
  const isWithLead = start === leadStart(theirs, first);
  const text = new TomlRenderer(ours, lineEnding(theirs.text)).sections(path, isWithLead);
  return applyEdits(theirs.text, [{ start: isWithLead ? start : first, end, text }]);
}

/** A table that becomes a value, or the other way round. */
function replaceForm(
  theirs: TomlDocument, ours: TomlDocument, isOurs: (comment: string) => boolean, path: readonly string[], value: KeyedValue,
): string | undefined {
  const without = removeKey(theirs, path, isOurs);
  const document = without === undefined ? undefined : parseToml(without);
  const text = document && addKey(document, ours, path, value, []);
  // In between the text may have become empty.
  return theirs.text.endsWith('\n') ? text : text?.replace(/\r?\n$/, '');
}

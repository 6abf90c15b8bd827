import { indentAt, lineEnd, lineStart } from './keyed-lines';
import type { Span } from './keyed-values';
import type { Section, TomlDocument } from './toml-document';

/** From the header's line to the end of the last line that belongs to the section's keys. */
export function sectionSpan({ text }: TomlDocument, { header, body }: Section): Span {
  const first = header ?? body[0];
  const last = body.at(-1) ?? header;
  return first && last ? [lineStart(text, first.range[0]), lineEnd(text, last.range[1])] : [0, 0];
}

/** The start of the lines of comments that stand directly above a line. */
export function leadStart({ text, comments }: TomlDocument, line: number, isPart: (comment: string) => boolean = () => true): number {
  let start = lineStart(text, line);
  while (start > 0) {
    const above = lineStart(text, start - 1);
    const comment = comments.find(([at]) => at === above + indentAt(text, above).length);
    if (!comment || !isPart(text.slice(...comment))) { break; }
    start = above;
  }
  return start;
}

/** The comments within a span, as they are written. */
export function commentsIn({ text, comments }: TomlDocument, [start, end]: Span): string[] {
  return comments.filter(comment => comment[0] >= start && comment[1] <= end).map(comment => text.slice(...comment));
}

/** Whether a document has a comment of this wording. */
export function hasComment(document: TomlDocument | undefined, wording: string): boolean {
  return document !== undefined && document.comments.some(comment => document.text.slice(...comment) === wording);
}

/** Behind the comments that stand directly below a section, unless they stand directly above the next header. */
export function behindComments({ text }: TomlDocument, at: number): number {
  let end = at;
  for (let next = lineBehind(text, end); next !== undefined; next = lineBehind(text, end)) {
    const line = text.slice(next, lineEnd(text, next)).trim();
    if (line.startsWith('[')) { return at; }
    if (!line.startsWith('#')) { break; }
    end = lineEnd(text, next);
  }
  return end;
}

/** The end of the last line that is not blank. */
export function endOfContent(text: string): number {
  return text.trimEnd() === '' ? 0 : lineEnd(text, text.trimEnd().length);
}

function lineBehind(text: string, end: number): number | undefined {
  const newline = text.indexOf('\n', end);
  return newline < 0 ? undefined : newline + 1;
}

/** A replacement of a piece of text. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Makes edits that do not overlap; their offsets are those of the text before. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return edits
    .map((edit, index) => ({ ...edit, index }))
    .sort((a, b) => b.start - a.start || b.index - a.index)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}

/** The line ending that most lines of the text have. */
export function lineEnding(text: string): string {
  const all = text.split('\n').length - 1;
  const windows = text.split('\r\n').length - 1;
  return windows * 2 > all ? '\r\n' : '\n';
}

export function withLineEnding(text: string, eol: string): string {
  return text.replace(/\r?\n/g, eol);
}

export function lineStart(text: string, at: number): number {
  // lastIndexOf takes a negative offset for 0, where a line break may stand.
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** The end of the line's characters, before its line ending. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  if (newline < 0) { return text.length; }
  return newline > at && text[newline - 1] === '\r' ? newline - 1 : newline;
}

/** The start of the next line, or the end of the text. */
export function nextLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

/** The blanks that the line begins with. */
export function indentAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? '';
}

/** Whether nothing but blanks stands before `at` on its line. */
export function startsLine(text: string, at: number): boolean {
  return /^[ \t]*$/.test(text.slice(lineStart(text, at), at));
}

/** The end of the last line that is not blank. */
export function endOfContent(text: string): number {
  return text.trimEnd() === '' ? 0 : lineEnd(text, text.trimEnd().length);
}

import { type Container, restOfLine } from './keyed-container';
import { indentAt, lineEnding, lineStart, nextLine, startsLine, type TextEdit } from './keyed-lines';

/** How a child is written. */
export interface ChildStyle {
  /** What stands behind a comma within a line. */
  readonly space: string;
  /** The indent of one level if the first child gets a line of its own. */
  readonly unit: string | undefined;
  /** What stands between a bracket and the first child within a line. */
  readonly padding: string;
  /** The child's text on a line of its own with this indent, or within a line. */
  render(indent: string | undefined): string;
}

/** Adds a child behind another one, or as the first. */
export function insertChild(within: Container, after: number, style: ChildStyle): TextEdit[] {
  const child = within.children[after];
  if (!child) { return insertFirst(within, style); }
  const comma = within.commas[after];
  const eol = lineEnding(within.text);
  const rest = startsLine(within.text, child[0]) ? restOfLine(within, comma === undefined ? child[1] : comma + 1) : undefined;
  if (rest !== undefined) {
    const indent = indentAt(within.text, child[0]);
    const line = `${eol}${indent}${style.render(indent)}`;
    return comma === undefined ? [insert(child[1], ','), insert(rest, line)] : [insert(rest, `${line},`)];
  }
  const text = style.render(undefined);
  return comma === undefined ? [insert(child[1], `,${style.space}${text}`)] : [insert(comma + 1, `${style.space}${text},`)];
}

/** Removes a child with its comma; from a line of its own with that line and the comment at its end. */
export function removeChild(within: Container, index: number): TextEdit[] {
  const { text, children, commas } = within;
  const [start, end] = children[index];
  const comma = commas[index];
  const stop = comma === undefined ? end : comma + 1;
  const previous = index > 0 && comma === undefined ? commas[index - 1] : undefined;
  const rest = startsLine(text, start) ? restOfLine(within, stop) : undefined;
  const range = rest === undefined
    ? withinLine(text, start, stop, comma === undefined || index === children.length - 1)
    : [lineStart(text, start), nextLine(text, rest)];
  if (children.length === 1 && `${text.slice(within.open, range[0])}${text.slice(range[1], within.close)}`.trim() === '') {
    return [{ start: within.open, end: within.close, text: '' }];
  }
  const removed = { start: range[0], end: range[1], text: '' };
  return previous === undefined ? [removed] : [{ start: previous, end: previous + 1, text: '' }, removed];
}

function insertFirst({ text, open, close, comments }: Container, style: ChildStyle): TextEdit[] {
  const eol = lineEnding(text);
  const outer = indentAt(text, open);
  const indent = style.unit === undefined ? undefined : `${outer}${style.unit}`;
  const last = comments.at(-1);
  if (last) {
    // A comment to the end of the line must not swallow the child.
    const lineBreaks = text.slice(last[1], close).includes('\n');
    const beside = text.slice(...last).includes('\n') || lineBreaks ? `${outer}${style.unit ?? '  '}` : undefined;
    return [insert(last[1], beside === undefined ? ` ${style.render(undefined)}` : `${eol}${beside}${style.render(beside)}`)];
  }
  const child = indent === undefined
    ? `${style.padding}${style.render(undefined)}${style.padding}`
    : `${eol}${indent}${style.render(indent)}${eol}${outer}`;
  return [{ start: open, end: close, text: child }];
}

/** The last child goes with the blanks before it, another one with those behind it. */
function withinLine(text: string, start: number, stop: number, isLast: boolean): [number, number] {
  const blanksAfter = /^[ \t]*/.exec(text.slice(stop))?.[0].length ?? 0;
  const endsLine = /^[ \t]*(\r?\n|$)/.test(text.slice(stop));
  if (!isLast && !endsLine) { return [start, stop + blanksAfter]; }
  const blanksBefore = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  return [startsLine(text, start) ? start : start - blanksBefore, stop];
}

function insert(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}

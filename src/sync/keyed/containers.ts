import { applyEdits, indentAt, lineEnding, lineStart, nextLine, startsLine, type TextEdit } from './lines';
import type { StepItem } from './steps';
import type { KeyedValue, Span } from './values';

/** What stands between two brackets, separated by commas: a JSON object or array, a TOML array or inline table. */
export interface Container {
  readonly text: string;
  /** The offset behind the opening bracket. */
  readonly open: number;
  /** The offset of the closing bracket. */
  readonly close: number;
  readonly children: readonly Span[];
  /** The offset of the comma behind each child; the last may have none. */
  readonly commas: readonly (number | undefined)[];
  /** The comments between the children. */
  readonly comments: readonly Span[];
}

/** Finds the commas and comments between the children. */
export function container(text: string, open: number, close: number, children: readonly Span[]): Container {
  const comments: Span[] = [];
  const scan = (start: number, end: number): number | undefined => {
    let comma: number | undefined;
    for (let at = start; at < end; at++) {
      const commentEnd = endOfComment(text, at, end);
      if (commentEnd > at) {
        comments.push([at, commentEnd]);
        at = commentEnd - 1;
      } else if (text[at] === ',') {
        comma = at;
      }
    }
    return comma;
  };
  scan(open, children[0]?.[0] ?? close);
  const commas = children.map(([, end], index) => scan(end, children[index + 1]?.[0] ?? close));
  return { text, open, close, children, commas, comments };
}

/** Where the rest of the line ends behind `at`, if nothing but blanks and comments stands there. */
function restOfLine(within: Container, at: number): number | undefined {
  const { text, close } = within;
  let end = at;
  while (end < close) {
    if (text[end] === '\n' || text.startsWith('\r\n', end)) { return end; }
    const comment = within.comments.find(([start]) => start === end);
    if (comment && !text.slice(...comment).includes('\n')) {
      end = comment[1];
    } else if (text[end] === ' ' || text[end] === '\t') {
      end++;
    } else {
      return undefined;
    }
  }
  return undefined;
}

function endOfComment(text: string, at: number, limit: number): number {
  if (text.startsWith('/*', at)) { return text.indexOf('*/', at + 2) + 2; }
  if (text[at] !== '#' && !text.startsWith('//', at)) { return at; }
  const end = /\r?\n/.exec(text.slice(at, limit));
  return end ? at + end.index : limit;
}

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
  const rest = startsLine(within.text, child[0])
    ? restOfLine(within, comma === undefined ? child[1] : comma + 1)
    : undefined;
  if (rest !== undefined) {
    const indent = indentAt(within.text, child[0]);
    const line = `${eol}${indent}${style.render(indent)}`;
    return comma === undefined ? [insert(child[1], ','), insert(rest, line)] : [insert(rest, `${line},`)];
  }
  const text = style.render(undefined);
  return comma === undefined
    ? [insert(child[1], `,${style.space}${text}`)]
    : [insert(comma + 1, `${style.space}${text},`)];
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
  if (
    children.length === 1
    && `${text.slice(within.open, range[0])}${text.slice(range[1], within.close)}`.trim() === ''
  ) {
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
    return [
      insert(last[1], beside === undefined ? ` ${style.render(undefined)}` : `${eol}${beside}${style.render(beside)}`),
    ];
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

/**
 * Edits a list of the user's text item by item; `find` finds it again after each edit, `style` says how one of our
 * items is written.
 */
export function editItems(
  text: string, items: readonly StepItem[],
  find: (text: string) => Container | undefined, style: (item: KeyedValue) => ChildStyle,
): string | undefined {
  let list = find(text);
  const order: (StepItem | undefined)[] =
    list?.children.map((_, index) => items.find(({ from }) => from === index)) ?? [];
  const edit = (edits: (within: Container) => TextEdit[]) => {
    list = list && find(applyEdits(list.text, edits(list)));
  };
  edit(within => items.flatMap(({ from, item }) => {
    if (from === undefined || !item) { return []; }
    const [start, end] = within.children[from];
    return [{ start, end, text: style(item).render(undefined) }];
  }));
  items.forEach((item, index) => {
    if (item.from !== undefined || !item.item) { return; }
    const { item: value } = item;
    const after = index === 0 ? order.length - 1 : order.indexOf(items[index - 1]);
    edit(within => insertChild(within, after, style(value)));
    order.splice(after + 1, 0, item);
  });
  for (let index = order.length - 1; index >= 0; index--) {
    if (!order[index]) { edit(within => removeChild(within, index)); }
  }
  return list?.text;
}

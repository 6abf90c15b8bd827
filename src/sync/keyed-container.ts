import type { Span } from './keyed-values';

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
export function restOfLine(within: Container, at: number): number | undefined {
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

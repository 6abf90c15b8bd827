/** What says that a cell is empty, as `model/columns.py` has it: in every column, and besides in one of numbers. */
const MISSING = ['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'NAN', 'null', 'NULL', '<NA>', '#N/A', '#NA'];
const NO_NUMBER = [
  ...MISSING, 'None', 'none', 'NONE', 'nil', 'NIL', 'Null', 'n.a.', 'N.A.', 'na', '-', '--', '?', '.', '#VALUE!',
  '#DIV/0!', '#REF!',
];
const NUMBER = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$/;
const BOOLEAN = /^(true|false)$/i;

/** A text is a category when this many rows have it: what fewer share may tell who they are about. */
const ROWS_OF_A_CATEGORY = 5;
/** Stands for texts that only few rows share; the model knows no such category and answers all the same. */
const ANY_TEXT = 'example';
const ANY_DATE = '2020-01-01';

/** What the options say about cells. */
export interface CellWords {
  /** Columns that hold dates, however they look. */
  readonly dateColumns?: readonly string[];
  /** Texts that mean a missing value. */
  readonly missingTokens?: readonly string[];
}

/**
 * A cell for a column that belongs to no row: half way between its smallest and largest number, rounded as far as that
 * leaves it between them; `false`; a date; of texts that many rows have the first in the alphabet.
 *
 * The model takes it whatever kind the whole column turns out to have: what reads as a number here is one, or a text
 * like any other; a column that is empty here may be empty.
 */
export function syntheticCell(name: string, values: readonly string[], words: CellWords = {}): string {
  const tokens = words.missingTokens ? ['', ...words.missingTokens] : NO_NUMBER;
  const cells = values.map(value => value.trim());
  const there = cells.filter(cell => !tokens.includes(cell));
  if (there.length === 0) { return [...cells].sort(byCode)[0] ?? ''; }
  if (words.dateColumns?.includes(name)) { return ANY_DATE; }
  if (there.every(cell => NUMBER.test(cell))) { return betweenRounded(there); }
  if (there.every(cell => BOOLEAN.test(cell))) { return 'false'; }
  if (there.every(cell => DATE.test(cell) || NUMBER.test(cell))) { return ANY_DATE; }
  return frequent(there) ?? ANY_TEXT;
}

function betweenRounded(cells: readonly string[]): string {
  const numbers = cells.map(Number);
  // Not spread into Math.min: there may be more rows than a call takes arguments.
  const least = numbers.reduce((a, b) => Math.min(a, b));
  const most = numbers.reduce((a, b) => Math.max(a, b));
  const middle = least / 2 + most / 2;
  const whole = cells.every(cell => /^[+-]?[0-9]+$/.test(cell));
  const rounded = (digits: number): number => {
    const value = Number(middle.toPrecision(digits));
    return whole ? Math.round(value) : value;
  };
  if (least === most) { return text(rounded(1)); }
  for (let digits = 1; digits <= 17; digits += 1) {
    const value = rounded(digits);
    if (value >= least && value <= most) { return text(value); }
  }
  return text(least);
}

/** JavaScript writes numbers as Python reads them; digits in place of an exponent where there are not too many. */
function text(value: number): string {
  return Object.is(value, -0) ? '0' : String(value);
}

function frequent(cells: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const cell of cells) { counts.set(cell, (counts.get(cell) ?? 0) + 1); }
  return [...counts].filter(([, count]) => count >= ROWS_OF_A_CATEGORY).map(([cell]) => cell).sort(byCode)[0];
}

/** The same order on every machine. */
function byCode(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Cells as a line of a request: separated by commas, quoted where they need it (RFC 4180). */
export function requestLine(cells: readonly string[]): string {
  return cells.map(cell => (/[",\r\n]|^[ \t]/.test(cell) || (cells.length === 1 && cell === '')
    ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}

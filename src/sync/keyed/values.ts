/** A piece of text, from the first offset to before the second. */
export type Span = readonly [start: number, end: number];

/** The keys that lead to a value, from the root. */
export type Path = readonly string[];

/** A value of a JSON or TOML document and where its text stands. */
export type KeyedValue = Scalar | List | Table;

export interface Scalar {
  readonly kind: 'scalar';
  /** Equal for equal values of the same type, however they are spelled: exact, so that big integers stay apart. */
  readonly id: string;
  readonly raw: string;
  /** The characters of a string value. */
  readonly string?: string;
  readonly span: Span;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly KeyedValue[];
  /** Only of a merged list: the index of each item in the user's list, unless it is new there. */
  readonly from?: readonly (number | undefined)[];
  readonly span?: Span;
}

export interface Table {
  readonly kind: 'table';
  readonly entries: ReadonlyMap<string, KeyedValue>;
  readonly span?: Span;
}

/** A parsed text; its values' spans are offsets in it. */
export interface KeyedDocument {
  readonly text: string;
  readonly root: Table;
}

export function table(entries: Iterable<readonly [string, KeyedValue]> = []): Table {
  return { kind: 'table', entries: new Map(entries) };
}

/** Whether both are the same value; the order of keys does not matter, the order of items does. */
export function equal(a: KeyedValue | undefined, b: KeyedValue | undefined): boolean {
  if (a === b) { return true; }
  if (a === undefined || b === undefined) { return false; }
  if (a.kind === 'table' && b.kind === 'table') {
    const others = b.entries;
    return (
      a.entries.size === others.size
      && [...a.entries].every(([key, value]) => others.has(key) && equal(value, others.get(key)))
    );
  }
  if (a.kind === 'list' && b.kind === 'list') {
    const others = b.items;
    return a.items.length === others.length && a.items.every((item, index) => equal(item, others[index]));
  }
  return a.kind === 'scalar' && b.kind === 'scalar' && a.id === b.id;
}

export function valueAt(root: KeyedValue | undefined, path: Path): KeyedValue | undefined {
  return path.reduce<KeyedValue | undefined>(
    (value, key) => (value?.kind === 'table' ? value.entries.get(key) : undefined),
    root,
  );
}

/**
 * The exact value of a decimal number as one spelling: 1.50, 15e-1 and 1.5 are the same, so big integers never lose
 * digits.
 */
export function decimalId(raw: string): string | undefined {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(raw);
  if (!parts) { return undefined; }
  const [, sign, whole, fraction = '', exponent = '0'] = parts;
  const minus = sign === '-' ? '-' : '';
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') { return `${minus}0`; }
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${minus}${significant}e${power}`;
}

/** Characters of a value in a message. */
const LONGEST = 80;

/** A value for a message: one line, cut at 80 characters. */
export function showValue(value: KeyedValue | undefined): string {
  const line = value === undefined ? 'removed' : spell(value).replace(/\s*\n\s*/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** A path for a message; a key that would be read wrongly is quoted. */
export function showPath(path: Path): string {
  return path.map(key => /^[^\s."'[\]]+$/.test(key) ? key : JSON.stringify(key)).join('.');
}

function spell(value: KeyedValue): string {
  if (value.kind === 'scalar') { return value.raw; }
  if (value.kind === 'list') { return `[${value.items.map(spell).join(', ')}]`; }
  return `{${[...value.entries].map(([key, inner]) => `${showPath([key])}: ${spell(inner)}`).join(', ')}}`;
}

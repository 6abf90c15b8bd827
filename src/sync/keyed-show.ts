import type { KeyedValue } from './keyed-values';

const LONGEST = 80;

/** A value for a message: one line, cut at 80 characters. */
export function showValue(value: KeyedValue | undefined): string {
  const line = value === undefined ? 'removed' : spell(value).replace(/\s*\n\s*/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** A path for a message; a key that would be read wrongly is quoted. */
export function showPath(path: readonly string[]): string {
  return path.map(key => /^[^\s."'[\]]+$/.test(key) ? key : JSON.stringify(key)).join('.');
}

function spell(value: KeyedValue): string {
  if (value.kind === 'scalar') { return value.raw; }
  if (value.kind === 'list') { return `[${value.items.map(spell).join(', ')}]`; }
  return `{${[...value.entries].map(([key, inner]) => `${showPath([key])}: ${spell(inner)}`).join(', ')}}`;
}

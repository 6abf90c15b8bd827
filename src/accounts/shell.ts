/** A command over several lines. */
export function command(first: string, more: readonly string[]): string {
  return [first, ...more].join(' \\\n  ');
}

/** A word for the shell. */
export function quoted(word: string): string {
  return /^[\w=:,.@/+-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

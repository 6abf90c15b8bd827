/** A number of things, in words. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

/** The first ten of some lines, indented, and how many more there are. */
export function firstLines(lines: readonly string[]): string {
  const shown = lines.slice(0, 10).map(line => `  ${line}`).join('\n');
  return `${shown}${lines.length > 10 ? `\n  and ${lines.length - 10} more` : ''}`;
}

/** An argument as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@./:^~=+,-]+$/.test(word) ? word : `'${word}'`;
}

/** Lines as Markdown code. */
export function asCode(lines: readonly string[]): string {
  return lines.map(line => `    ${line}`).join('\n');
}

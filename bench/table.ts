/** One line of the result: a figure beside what it should be at most. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly other: string;
  readonly figure: number;
  readonly target: number;
  /** Unit of figure and target; a ratio has none. */
  readonly unit?: string;
}

export const seconds = (value: number): string => `${value.toFixed(2)} s`;

/** A ratio of two times, as a row. */
export function ratio(what: string, ours: number, other: number, target: number): Row {
  return { what, ours: seconds(ours), other: seconds(other), figure: ours / other, target };
}

/** A Markdown table. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(row => {
    const unit = row.unit ? ` ${row.unit}` : '';
    return [
      row.what, row.ours, row.other, `${row.figure.toFixed(2)}${unit}`, `<= ${row.target}${unit}`,
      row.figure <= row.target ? 'yes' : 'NO',
    ];
  });
  const lines = [['what', 'ours', 'compared with', 'figure', 'target', 'met'], ...cells];
  const widths = lines[0].map((_, column) => Math.max(...lines.map(line => line[column].length)));
  const render = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [render(lines[0]), render(widths.map(width => '-'.repeat(width))), ...lines.slice(1).map(render)].join('\n');
}

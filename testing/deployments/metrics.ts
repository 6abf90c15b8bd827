/** Dimensions of a metric, by name. */
export interface Dimensions { readonly [name: string]: string }

/** Dimensions as a text, whatever their order. */
export function textOf(dimensions: Dimensions): string {
  return Object.keys(dimensions).sort().map(name => `${name}=${dimensions[name]}`).join(' ');
}

/** Samples as CloudWatch keeps them: by metric, dimensions and minute. */
export class Metrics {
  private readonly samples = new Map<string, Map<number, number[]>>();

  /** Keeps a value; the dimensions as `textOf` writes them. */
  public record(second: number, metric: string, dimensions: string, value: number): void {
    const name = `${metric} ${dimensions}`;
    const minutes = this.samples.get(name) ?? new Map<number, number[]>();
    this.samples.set(name, minutes);
    const minute = Math.floor(second / 60);
    const values = minutes.get(minute) ?? [];
    minutes.set(minute, values);
    values.push(value);
  }

  /** A statistic of a minute; undefined where nothing was sent. */
  public statistic(minute: number, metric: string, dimensions: Dimensions, statistic: string): number | undefined {
    const values = this.samples.get(`${metric} ${textOf(dimensions)}`)?.get(minute);
    if (values === undefined || values.length === 0) { return undefined; }
    if (statistic === 'Average') { return values.reduce((sum, value) => sum + value, 0) / values.length; }
    if (statistic === 'Sum') { return values.reduce((sum, value) => sum + value, 0); }
    const percentile = /^p(\d+(\.\d+)?)$/.exec(statistic);
    if (!percentile) { throw new Error(`The simulation does not know the statistic ${statistic}.`); }
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.ceil(Number(percentile[1]) / 100 * sorted.length) - 1)];
  }
}

/**
 * The value of a metric math expression with names, numbers, + - * / and FILL(name, number); undefined where a name has
 * no value (CloudWatch user guide, "Using metric math": operations on missing data are missing).
 */
export function metricMath(
  expression: string, values: { readonly [id: string]: number | undefined },
): number | undefined {
  const tokens = expression.match(/[a-zA-Z_]\w*|\d+(\.\d+)?|[-+*/(),]/g) ?? [];
  let at = 0;
  const take = (wanted?: string): string => {
    const token = tokens[at];
    at += 1;
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new Error(`The simulation cannot read the expression ${expression}.`);
    }
    return token;
  };
  const factor = (): number | undefined => {
    const token = take();
    if (token === '(') { const inner = sum(); take(')'); return inner; }
    if (token === 'FILL') {
      take('(');
      const inner = sum();
      take(',');
      const instead = sum();
      take(')');
      return inner ?? instead;
    }
    if (/^\d/.test(token)) { return Number(token); }
    if (!(token in values)) { throw new Error(`The expression ${expression} names ${token}, which is no metric.`); }
    return values[token];
  };
  const both = (a: number | undefined, b: number | undefined, of: (a: number, b: number) => number) => (
    a === undefined || b === undefined ? undefined : of(a, b));
  const product = (): number | undefined => {
    let left = factor();
    while (tokens[at] === '*' || tokens[at] === '/') {
      left = take() === '*' ? both(left, factor(), (a, b) => a * b) : both(left, factor(), (a, b) => a / b);
    }
    return left;
  };
  const sum = (): number | undefined => {
    let left = product();
    while (tokens[at] === '+' || tokens[at] === '-') {
      left = take() === '+' ? both(left, product(), (a, b) => a + b) : both(left, product(), (a, b) => a - b);
    }
    return left;
  };
  const value = sum();
  if (at < tokens.length) { throw new Error(`The simulation cannot read the expression ${expression}.`); }
  return value;
}

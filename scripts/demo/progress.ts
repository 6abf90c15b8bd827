const started = performance.now();

const clock = (): string => `[${Math.round((performance.now() - started) / 1000).toString().padStart(4)} s]`;

/** Prints what begins, and how long it took when it is done. */
export async function stage<T>(title: string, work: () => Promise<T>): Promise<T> {
  process.stdout.write(`${clock()} ${title} ...\n`);
  const before = performance.now();
  const result = await work();
  process.stdout.write(`${clock()}   done in ${((performance.now() - before) / 1000).toFixed(1)} s\n`);
  return result;
}

/** Prints a line of a program that is running. */
export function detail(line: string): void {
  process.stdout.write(`${clock()}   ${line}\n`);
}

/** Something whose time is taken. */
export type Work = () => Promise<unknown>;

/**
 * Medians in seconds of several works, measured in turns (a, b, a, b, ...), so that a machine that becomes slower is
 * slower for all.
 *
 * @param works  what is measured, by name
 * @param runs   how often each is measured, 3 or more
 * @param warmUp whether each is run once before, uncounted
 */
export async function interleaved<Name extends string>(
  works: Record<Name, Work>, runs: number, warmUp = true,
): Promise<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const times = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = warmUp ? -1 : 0; round < runs; round++) {
    for (const name of names) {
      const started = performance.now();
      await works[name]();
      if (round >= 0) { times[name].push((performance.now() - started) / 1000); }
    }
  }
  return Object.fromEntries(names.map(name => [name, median(times[name])])) as Record<Name, number>;
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

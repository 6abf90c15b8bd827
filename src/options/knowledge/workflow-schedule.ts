/** The fields of a schedule of GitHub Actions: their names, and the least and the greatest number of each. */
const FIELDS = [
  ['minute', 0, 59], ['hour', 0, 23], ['day of the month', 1, 31], ['month', 1, 12], ['day of the week', 0, 6],
] as const;

const WORDS: readonly (readonly string[])[] = [
  [], [], [], ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
];

/** GitHub runs nothing more often (GitHub documentation, "Events that trigger workflows", schedule). */
const LEAST_MINUTES = 5;

/** What is wrong with a schedule of five fields, as what is allowed; nothing where GitHub takes it. */
export function wrongSchedule(schedule: string): string | undefined {
  const all = schedule.split(' ').map(valuesOf);
  const wrong = all.findIndex(values => values === undefined);
  if (wrong >= 0) {
    const [name, least, most] = FIELDS[wrong];
    return `a ${name} from ${least} to ${most}, *, lists, ranges and steps of them`;
  }
  const [minutes] = all as [number[]];
  const gaps = minutes.map((minute, i) => (minutes[i + 1] ?? minutes[0] + 60) - minute);
  return gaps.some(gap => gap < LEAST_MINUTES) ? `at most every ${LEAST_MINUTES} minutes, as GitHub runs it` : undefined;
}

/** The values that a field stands for, in their order; undefined where it stands for none. */
function valuesOf(field: string, index: number): number[] | undefined {
  const parts = field.split(',').map(part => rangeOf(part, index));
  return parts.includes(undefined) ? undefined : [...new Set((parts as number[][]).flat())].sort((a, b) => a - b);
}

function rangeOf(part: string, index: number): number[] | undefined {
  const [, least, most] = FIELDS[index];
  const found = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
  if (!found) { return undefined; }
  const [, star, first, last, step] = found;
  const from = star ? least : numberOf(first, index);
  const to = star || (step && last === undefined) ? most : numberOf(last ?? first, index);
  if (!(from >= least && to <= most && from <= to) || step === '0') { return undefined; }
  const by = Number(step ?? 1);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, i) => from + i * by);
}

/** A number, or a word that stands for one. */
function numberOf(text: string, index: number): number {
  const word = WORDS[index].indexOf(text.toUpperCase());
  return word >= 0 ? word + FIELDS[index][1] : /^\d+$/.test(text) ? Number(text) : NaN;
}

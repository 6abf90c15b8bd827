import * as fc from 'fast-check';
import { wrongSchedule } from '../../src/options/knowledge/workflow-schedule';
import { actionlint } from '../../testing/workflows/lint';

/** What the linter of workflows says of a schedule. */
const judged = async (schedule: string): Promise<string[]> => actionlint('x.yml', [
  'on:', '  schedule:', `    - cron: '${schedule}'`, 'jobs:', '  a:', '    runs-on: ubuntu-latest', '    steps: [{ run: "true" }]',
  '',
].join('\n'));

test.each([
  '41 * * * *', '*/5 * * * *', '7,37 6-20 * * MON-FRI', '0 0 1 JAN-JUN/2 *', '0 */6 * * 0', '3-59/15 * * * *', '5/10 * * * *',
])('"%s" is taken, by actionlint too', async schedule => {
  expect(wrongSchedule(schedule)).toBeUndefined();
  expect(await judged(schedule)).toEqual([]);
});

test.each([
  ['60 * * * *', 'minute'], ['* 24 * * *', 'hour'], ['0 0 0 * *', 'day of the month'], ['0 0 * 13 *', 'month'],
  ['0 0 * * 7', 'day of the week'], ['0 0 * JUN-MAY *', 'month'], ['0-70 * * * *', 'minute'], ['*/0 * * * *', 'minute'],
  ['0 0 * * MONDAY', 'day of the week'], ['-5 * * * *', 'minute'], ['1,,2 * * * *', 'minute'], ['a * * * *', 'minute'],
])('"%s" has a wrong %s, by actionlint too', async (schedule, field) => {
  expect(wrongSchedule(schedule)).toMatch(new RegExp(`^a ${field} from `));
  expect(await judged(schedule)).not.toEqual([]);
});

test.each(['* * * * *', '*/4 * * * *', '0,3 * * * *', '58,1 * * * *'])('"%s" is more often than GitHub runs it', schedule => {
  expect(wrongSchedule(schedule)).toBe('at most every 5 minutes, as GitHub runs it');
});

test('of made up schedules the same ones are taken as actionlint takes, but for what is too often', async () => {
  const number = fc.integer({ min: 0, max: 62 });
  const part = fc.oneof(
    fc.constant('*'), number.map(String), fc.tuple(number, number).map(([a, b]) => `${a}-${b}`),
    fc.tuple(fc.constantFrom('*', '3-40'), number).map(([range, by]) => `${range}/${by}`),
  );
  const field = fc.array(part, { minLength: 1, maxLength: 3 }).map(parts => parts.join(','));
  await fc.assert(fc.asyncProperty(fc.tuple(field, field, field, field, field), async fields => {
    const schedule = fields.join(' ');
    const own = wrongSchedule(schedule);
    const said = await judged(schedule);
    const tooOften = said.some(message => message.includes('too frequently')) || own?.startsWith('at most');
    if (!tooOften) { expect([schedule, own === undefined]).toEqual([schedule, said.length === 0]); }
  }), { seed: 7, numRuns: 300 });
});

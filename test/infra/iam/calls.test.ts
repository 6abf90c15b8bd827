import { worldOf } from './deliveries';
import { decideAll, show } from './table';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp } from '../../../testing/deliveries/synth';

jest.setTimeout(180_000);
afterAll(cleanUp);

describe.each(Object.keys(DELIVERIES))('%s', name => {
  test('every call of every step is allowed, on both sides and by the key', async () => {
    const denied = (await decideAll(worldOf(name))).filter(d => !d.answer.allowed);
    expect(denied.map(({ step, request, answer }) =>
      `${step.name} (${step.source}): ${show(request)}: ${answer.reason}`)).toEqual([]);
  });

  test('every role of the templates makes calls', async () => {
    const callers = new Set((await decideAll(worldOf(name))).map(d => d.request.principal));
    expect([...worldOf(name).policies.roles.keys()].filter(role => !callers.has(role))).toEqual([]);
  });
});

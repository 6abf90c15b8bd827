import * as fs from 'node:fs';
import * as path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { FULL } from './full-options';
import { wrongFields } from './mutations';
import { VALID } from './whole-valid';
import type { DeliveryOptions } from '../../src/options/delivery';
import { checkAgainst } from '../../src/options/engine/check';
import { deliverySchema } from '../../src/options/schemas/delivery-schema';
import { projectSchema } from '../../src/options/schemas/project-schema';
import { normaliseDelivery } from '../../src/plan/normalise';
import { SageMakerCicdProject, type SageMakerCicdProjectOptions } from '../../src/project';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { projectDirectory } from '../../testing/project-directory';

jest.mock('sagemaker-cicd-projen', () => jest.requireActual<object>('../../src/options'), { virtual: true });

const ajv = new Ajv2020({ strict: false, allErrors: false });
const validate = ajv.compile(deliverySchema);
const directory = projectDirectory();
const EXAMPLES = path.resolve(__dirname, '..', '..', 'examples');

/** What an example's project writes, with the schema that it writes beside it. */
function written(
  options: SageMakerCicdProjectOptions,
): { readonly document: DeliveryOptions; readonly schema: object } {
  new SageMakerCicdProject({ ...options, outdir: directory.path }).synth();
  const parsed = (file: string): unknown => JSON.parse(directory.read(`config/${file}`));
  return { document: parsed('delivery.json') as DeliveryOptions, schema: parsed('delivery.schema.json') as object };
}

const examples = fs.readdirSync(EXAMPLES).filter(file => file.endsWith('.ts'));

test.each(examples)('what examples/%s writes fits the schema that it writes beside it', file => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { options } = require(path.join(EXAMPLES, file)) as { options: SageMakerCicdProjectOptions };
  const { document, schema } = written(options);
  expect(schema).toEqual(JSON.parse(JSON.stringify(deliverySchema)));
  const fits = new Ajv2020({ strict: false }).compile(schema);
  expect([fits(document), fits.errors]).toEqual([true, null]);
});

/** A document as it is in a file: no undefined, no NaN. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('every option of a project that is one of its delivery is handed on', () => {
  const { document } = written(FULL);
  const handed = Object.keys(deliverySchema.properties ?? {}).filter(name => name !== '$schema' && name in FULL);
  expect(handed).toEqual(expect.arrayContaining([
    'notifications', 'containerRepositories', 'promotion', 'infrastructure',
  ]));
  for (const name of handed.filter(n => !['name', 'deploymentGroups'].includes(n))) {
    expect({ [name]: document[name as keyof DeliveryOptions] }).toMatchObject({
      [name]: FULL[name as keyof typeof FULL],
    });
  }
  expect(document.deploymentGroups).toMatchObject(FULL.deploymentGroups!);
});

test('the check and a general validator of JSON schemas agree on every changed delivery', () => {
  const known = Object.keys(deliverySchema.properties ?? {});
  const full = Object.fromEntries(Object.entries(FULL).filter(([
    name,
  ]) => known.includes(name))) as unknown as DeliveryOptions;
  let agreed = { right: 0, wrong: 0 };
  for (const delivery of [...Object.values(DELIVERIES), full]) {
    const document = asJson(normaliseDelivery(delivery)) as object;
    for (const { name, options } of [
      { name: 'unchanged', options: document }, ...wrongFields('delivery', document, deliverySchema),
    ]) {
      const changed = asJson(options);
      const right = validate(changed);
      expect([name, checkAgainst(deliverySchema, changed, '').length === 0]).toEqual([name, right]);
      agreed = right ? { ...agreed, right: agreed.right + 1 } : { ...agreed, wrong: agreed.wrong + 1 };
    }
  }
  expect(agreed.right).toBeGreaterThan(Object.keys(DELIVERIES).length);
  expect(agreed.wrong).toBeGreaterThan(500);
});

test('the same holds for the options of a project, right ones and wrong ones', () => {
  const fits = ajv.compile(projectSchema);
  const all = [...VALID.map(([name, options]) => ({ name, options })), ...wrongFields('full', FULL)];
  for (const { name, options } of all) {
    const changed = asJson(options);
    expect([name, checkAgainst(projectSchema, changed, '').length === 0]).toEqual([name, fits(changed)]);
  }
});

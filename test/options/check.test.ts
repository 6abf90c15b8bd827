import Ajv2020 from 'ajv/dist/2020';
import * as fc from 'fast-check';
import { checkAgainst } from '../../src/options/engine/check';
import type { JsonSchema } from '../../src/options/engine/json-schema';
import { editDistance, nearest } from '../../src/options/engine/nearest';
import { OptionError } from '../../src/options/engine/option-error';
import { declared } from '../../src/options/schemas/declared';

const schema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
    count: { type: 'integer', minimum: 1, maximum: 3 },
    kind: { enum: ['dev', 'prod'] },
    list: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
    either: {
      anyOf: [{ type: 'null' }, { type: 'object', additionalProperties: false, properties: { x: { type: 'number' } } }],
    },
  },
};

test('a right value has no problems', () => {
  expect(checkAgainst(schema, { name: 'abc', count: 3, kind: 'dev', list: ['a'], either: { x: 1.5 } }, '')).toEqual([]);
});

test('every problem is found in one go, each with its path', () => {
  const paths = checkAgainst(schema, {
    name: 'ABC', count: 0, kind: 'prd', list: [1, 1], either: { y: 1 }, nam: 1,
  }, 'o').map(p => p.path);
  expect(paths).toEqual(['o.name', 'o.count', 'o.kind', 'o.list', 'o.list[0]', 'o.list[1]', 'o.either.y', 'o.nam']);
});

test.each([
  [{ name: 'a', kind: 'prd' }, 'Did you mean "prod"?'],
  [{ name: 'a', conut: 1 }, 'Did you mean count?'],
  [{}, 'Add o.name.'],
])('%j is answered with what to do', (value, fix) => {
  expect(checkAgainst(schema, value, 'o')[0].fix).toContain(fix);
});

test('a value of a prototype is no option', () => {
  expect(checkAgainst(schema, { name: 'a', constructor: 1 }, 'o').map(p => p.path)).toEqual(['o.constructor']);
});

test('one problem is one line, several are a list', () => {
  const [problem] = checkAgainst(schema, { name: 7 }, 'o');
  expect(new OptionError([problem]).message).toBe(
    'option o.name: 7 is not valid; allowed: a string, at most 5 characters, matching ^[a-z]+$. Change o.name.',
  );
  expect(new OptionError([problem, problem]).message).toMatch(/^2 options are invalid:\n {2}- option o\.name/);
  expect(new OptionError([problem]).stack).toBe(`OptionError: ${new OptionError([problem]).message}`);
});

describe('the checker agrees with a general JSON schema validator', () => {
  const ajv = new Ajv2020({ strict: false });
  const words = [
    'dev', 'accuracy', 'ml.m5.large', 'P30D', 'never', '>=', 's3://bucket-a/b', 'data/a.csv', '../x', 'Approved',
  ];
  const word = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom(...words));
  const leaf = fc.oneof(word, fc.integer({
    min: -5, max: 200,
  }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(),
  fc.constant(null));
  const structs = { training: declared('TrainingOptions'), qualityGate: declared('QualityGateOptions') };
  for (const [name, known] of Object.entries(structs)) {
    test(name, () => {
      const validate = ajv.compile(known);
      const fields = fc.dictionary(fc.constantFrom(...Object.keys(known.properties
        ?? {}), 'other'), fc.oneof(leaf, fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), leaf)));
      fc.assert(fc.property(fields, value => {
        expect(checkAgainst(known, value, name).length === 0).toBe(validate(value));
      }), { numRuns: 1500 });
    });
  }
});

test('the nearest name is found within two edits or a third of the word, swaps counting as one', () => {
  expect(editDistance('conut', 'count')).toBe(1);
  expect(nearest('frmework', ['framework', 'problemType'])).toBe('framework');
  expect(nearest('zzz', ['framework', 'problemType'])).toBeUndefined();
});

import * as fs from 'node:fs';
import * as path from 'node:path';
import { checkDelivery } from '../../src/plan/check';
import { EVIDENCE_KEYS } from '../../src/plan/govern/evidence-keys';
import { DELIVERIES } from '../../testing/deliveries/deliveries';

const ROOT = path.join(__dirname, '..', '..');
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');
const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name).sort();

test('every key that a registration writes is evidence, and no other', () => {
  const pipeline = read('templates/python/pipelines/pipeline.py').split('customer_metadata_properties={')[1]
    .split('return ModelStep')[0];
  const beside = read('templates/python/pipelines/recorded.py');
  const recorded = [
    ...names(beside, /\bnamed\("(\w+)", /g).flatMap(key => [key, `${key}Sha256`]),
    ...names(beside, /"(\w+Sha256)": /g),
  ];
  const versions = read('templates/python/pipelines/compiler.py').split('versions = {')[1].split('}')[0];
  const written = [...[pipeline, versions].flatMap(text => names(text, /^\s+"([A-Z]\w+)": /gm)), ...recorded];
  expect(written.sort()).toEqual([...EVIDENCE_KEYS.registration].sort());
});

test('every key that sealing writes is evidence, and no other', () => {
  expect(names(read('tools/deploy/seal.py'), /^(?:SHA256|SIZE|SOURCE_VERSION|VERSION|ADDRESS|SIGNATURE|EVALUATION) = "(\w+)"/gm))
    .toEqual([...EVIDENCE_KEYS.seal].sort());
});

describe('with the profile gxp', () => {
  const { approvers, governance, ...rest } = DELIVERIES.gxp;
  const paths = (given: object) => checkDelivery({ ...rest, governance, approvers, ...given }).map(({ path: at }) => at);

  test('the people who approve models are named', () => {
    expect(paths({})).toEqual([]);
    expect(paths({ approvers: { deployments: approvers!.deployments } })).toEqual(['approvers.models']);
  });

  test('each IAM user among them is somebody', () => {
    const models = { userArns: ['arn:aws:iam::222222222222:user/ana', 'arn:aws:iam::222222222222:user/team/zoe'] };
    expect(paths({ approvers: { ...approvers, models } })).toEqual(['approvers.models.userArns[1]']);
  });

  test('a SAML provider lets nobody into a role of another account', () => {
    const models = { samlProviderArns: ['arn:aws:iam::111111111111:saml-provider/company'] };
    expect(paths({ approvers: { ...approvers, models } })).toEqual(['approvers.models.samlProviderArns']);
  });
});

import { forEachParameter } from './parameter-rules';
import { EndpointKind } from '../endpoint';
import { nearest } from '../engine/nearest';
import type { OptionProblem } from '../engine/option-error';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';
import { ARM_FAMILIES, INSTANCE_SOURCE, INSTANCE_TYPES, type InstanceUse } from '../knowledge/instance-types';

const DOES: { readonly [use in InstanceUse]: string } = {
  training: 'trains on', processing: 'processes data on', endpoint: 'serves models from',
  transform: 'scores data in batches on',
};

/** Accelerators of AWS and Intel that a framework needs an image of its own for. */
const ACCELERATORS = /^(inf|trn|dl)\d/;

const typesOf = (use: InstanceUse): string[] => Object.entries(INSTANCE_TYPES[use]).flatMap(([family, sizes]) =>
  sizes.split(' ').map(size => `ml.${family}.${size}`));

/** What is wrong with an instance type for a use, whatever image runs on it. */
export function instanceProblems(path: string, type: string, use: InstanceUse): OptionProblem[] {
  const known = typesOf(use);
  if (known.includes(type)) { return []; }
  const near = nearest(type, known);
  return [problem(
    path, type, `an instance type that SageMaker ${DOES[use]} (as ${INSTANCE_SOURCE} lists them)`,
    near ? `Did you mean "${near}"?` : 'See the SageMaker pricing page for the instance types in your region.',
  )];
}

/** As above, for SageMaker's own images of the frameworks: in its SDK's table they are for x86 processors alone. */
function forFramework(path: string, type: string, use: InstanceUse): OptionProblem[] {
  const wrong = instanceProblems(path, type, use);
  const family = type.split('.')[1];
  if (wrong.length > 0 || !(ARM_FAMILIES.includes(family) || ACCELERATORS.test(family))) { return wrong; }
  return [problem(
    path, type, "an x86 instance type, because SageMaker's image of the framework supports only x86",
    'Choose one without Graviton, Inferentia, Trainium or Gaudi, for example "ml.m5.xlarge".',
  )];
}

type Check = typeof forFramework;

const at = (path: string, use: InstanceUse, check: Check): Rule => rule<[string?]>([path], type => (
  type === undefined ? [] : check(path, type, use)));

const useOf = (kind: EndpointKind): InstanceUse => (kind === EndpointKind.BATCH ? 'transform' : 'endpoint');

/** Models are served from other types than those that batches are scored on; a kind of an environment's own counts. */
const atEndpoint = (path: string, check: Check): Rule => rule<[string?, EndpointKind?, ...[string, EndpointKind]]>(
  [path, path.replace(/instanceType$/, 'kind'), 'endpoint.instanceType', 'endpoint.kind'],
  (own, ownKind, type, kind) => {
    const use = useOf(ownKind ?? kind);
    if (own !== undefined) { return check(path, own, use); }
    return use === useOf(kind) ? [] : check('endpoint.instanceType', type, use);
  },
);

const endpointPaths = (options: unknown): string[] => [
  'endpoint.instanceType',
  ...entryPaths(options, 'deploymentGroups').flatMap(group => entryPaths(options, `${group}.deployEnvironments`))
    .map(environment => `${environment}.endpoint.instanceType`),
];

/** What endpoints of a delivery run on; what image does, only the project knows. */
export const endpointInstanceRules: RuleFamily = options =>
  endpointPaths(options).map(path => atEndpoint(path, instanceProblems));

const PARAMETERS: { readonly [name: string]: InstanceUse } = {
  TrainingInstanceType: 'training', ProcessingInstanceType: 'processing',
};

/** What a project trains on, processes data on and serves from. */
export const projectInstanceRules: RuleFamily = options => [
  at('training.instanceType', 'training', forFramework),
  at('training.processingInstanceType', 'processing', forFramework),
  ...endpointPaths(options).map(path => atEndpoint(path, forFramework)),
  ...forEachParameter(options, (path, name) => rule<[unknown?]>([path], type => (
    typeof type === 'string' && name in PARAMETERS ? forFramework(path, type, PARAMETERS[name]) : []))),
];

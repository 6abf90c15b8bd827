import { deployPlaces, type PlacePaths } from './environments';
import { EndpointKind, type EndpointOptions, type EndpointOverrideOptions } from '../endpoint';
import type { OptionProblem } from '../engine/option-error';
import { valueAt } from '../engine/option-path';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';
import { refusals } from '../knowledge/endpoint-matrix';
import { type EndpointShape, inherited, OF_KIND, probed } from '../knowledge/endpoint-shape';
import { partitionOf } from '../knowledge/regions';
import { declaredOption } from '../schemas/declared';

const INSTANCES = ['instanceType', 'instanceCount'] as const;
const FIELDS = ['kind', ...INSTANCES, ...OF_KIND, 'api', 'monitoring'] as const;

type Fields = Pick<EndpointOverrideOptions, typeof FIELDS[number]>;

const isOwn = (path: string) => path.includes('.deployEnvironments');
const pathsIn = (struct: string) => FIELDS.map(field => `${struct}.${field}`);

/** What does not go together in the endpoint of each environment. */
export const endpointRules: RuleFamily = options => deployPlaces(options).flatMap(place => [
  shapeRule(options, place), placeRule(place),
]);

function shapeRule(options: unknown, { path, places }: PlacePaths): Rule {
  const own = isOwn(path) ? pathsIn(`${path}.endpoint`) : [];
  const reads = [...pathsIn('endpoint'), ...own, ...networkPaths(options, path, places)];
  return rule<readonly unknown[]>(reads, (...values) => {
    const project = fieldsOf(values) as Fields & Pick<EndpointOptions, 'instanceType' | 'instanceCount'>;
    const mine = own.length > 0 ? fieldsOf(values.slice(FIELDS.length)) : {};
    const shape = {
      ...inherited(project, mine),
      inVpc: values.slice(FIELDS.length + own.length).some(network => network !== undefined),
      givenInstances: INSTANCES.filter(field => valueAt(options, `${path}.endpoint.${field}`) !== undefined
        // A filled-in configuration has the defaults.
        || (mine.kind === undefined && isChosen(field, valueAt(options, `endpoint.${field}`)))),
    } as EndpointShape;
    return refusals({ ...shape, deployment: probed(shape) }).map(({ option, text, fix }) => {
      if (option.split('.')[0] in mine) { return told(`${path}.endpoint.`, option, shape, text, fix); }
      const about = own.length > 0 ? ` It applies to ${path}, which can have its own.` : '';
      return told('endpoint.', option, shape, text, `${fix}${about}`);
    });
  });
}

function fieldsOf(values: readonly unknown[]): Fields {
  return Object.fromEntries(FIELDS.map((field, i) => [field, values[i]]).filter(([, value]) => value !== undefined));
}

function isChosen(field: typeof INSTANCES[number], value: unknown): boolean {
  return value !== undefined && value !== declaredOption('EndpointOptions', field).default;
}

/** Where an environment's network is said: the project's is that of environments beside the pipelines. */
function networkPaths(options: unknown, path: string, places: readonly string[]): string[] {
  const isHere = (['account', 'region'] as const).every(field => {
    const given = places.map(place => valueAt(options, `${place}.${field}`)).find(value => value !== undefined);
    return given === valueAt(options, `tooling.${field}`);
  });
  return [...(path === 'tooling' ? [] : [`${path}.network`]), ...(isHere ? ['network'] : [])];
}

/** What does not go together with an environment's region. */
function placeRule({ path, places }: PlacePaths): Rule {
  const structs = isOwn(path) ? [`${path}.endpoint`, 'endpoint'] : ['endpoint'];
  const topics = structs.flatMap(struct => (['successTopicArn', 'errorTopicArn'] as const).map(name =>
    `${struct}.asynchronous.${name}`));
  const kinds = structs.map(struct => `${struct}.kind`);
  const regions = places.map(place => `${place}.region`);
  return rule<ReadonlyArray<string | undefined>>([...kinds, ...topics, ...regions], (...values) => {
    const region = values.slice(kinds.length + topics.length).find(value => value !== undefined);
    if (region === undefined) { return []; }
    const kindPath = kinds[values.slice(0, kinds.length).findIndex(kind => kind !== undefined)];
    const kind = values[kinds.indexOf(kindPath)];
    const apart = topics.map((topic, i) => [topic, values[kinds.length + i]] as const)
      .filter(([topic, arn]) => arn !== undefined && arn.split(':')[3] !== region
        && kind === EndpointKind.ASYNCHRONOUS && topic.startsWith(kindPath.replace(/kind$/, '')));
    return [
      ...apart.map(([topic, arn]) => problem(
        topic, arn, `a topic in ${region}, where ${path} is`,
        'Give the ARN of a topic in that region, or give each environment a topic of its own.',
      )),
      ...(kind === EndpointKind.SERVERLESS && partitionOf(region) === 'aws-cn' ? [problem(
        kindPath, kind, `"${EndpointKind.REALTIME}" or "${EndpointKind.ASYNCHRONOUS}" in ${region}, where ${path} is: `
          + 'there is no serverless inference in China (SageMaker developer guide, "Serverless Inference")',
        'Choose another kind, or another region.',
      )] : []),
    ];
  });
}

/** What does not go together in an endpoint, by the paths of its options. */
export function endpointProblems(shape: EndpointShape, prefix = ''): OptionProblem[] {
  return refusals(shape).map(({ option, text, fix }) => told(prefix, option, shape, text, fix));
}

function told(prefix: string, option: string, shape: EndpointShape, allowed: string, fix: string): OptionProblem {
  return problem(`${prefix}${option}`, valueAt(shape, option), allowed, fix);
}

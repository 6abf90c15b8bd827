import type { Delivery, DeliveryGroup, Place } from './delivery';
import { normaliseDelivery } from './normalise';
import { planDelivery, rolesOf } from './plan';
import { checkAgainst } from '../options/check';
import type { DeliveryOptions } from '../options/delivery';
import { deliverySchema } from '../options/delivery-schema';
import { type OptionProblem, showValue } from '../options/option-error';
import { SourceType } from '../options/source';

/** Everything that is wrong with a delivery: first field by field, then, when the fields are fine, how they go together. */
export function checkDelivery(options: unknown): OptionProblem[] {
  const problems = checkAgainst(deliverySchema, options, '');
  if (problems.length > 0) { return problems; }
  const delivery = normaliseDelivery(options as DeliveryOptions);
  const crossed = [
    ...checkSource(options as DeliveryOptions),
    ...checkPlaces(delivery),
    ...checkRepeats(delivery),
  ];
  return crossed.length > 0 ? crossed : checkNames(delivery);
}

function checkSource({ source }: DeliveryOptions): OptionProblem[] {
  const type = source?.type ?? SourceType.CODECOMMIT;
  if (type === SourceType.CODECOMMIT) {
    const repository = source?.repository;
    return [
      ...(source?.connectionArn === undefined ? [] : [problem('source.connectionArn', source.connectionArn, 'nothing for CodeCommit', 'Remove it, or set source.type.')]),
      ...(repository === undefined || /^[\w.-]{1,100}$/.test(repository) ? [] : [
        problem('source.repository', repository, 'for CodeCommit 1 to 100 letters, digits, ".", "_" and "-"', 'Change it, or set source.type.'),
      ]),
    ];
  }
  const named = source?.repository;
  return [
    ...(source?.connectionArn ? [] : [problem('source.connectionArn', undefined, `the ARN of a CodeConnections connection for ${type}`, 'Create the connection in the console, complete it there, and add its ARN.')]),
    ...(named !== undefined && /^[^/\s]+(\/[^/\s]+)+$/.test(named) ? [] : [problem('source.repository', named, `owner/name for ${type}`, 'Add the repository as owner/name.')]),
    ...(source?.create === undefined ? [] : [problem('source.create', source.create, `nothing for ${type}`, 'Remove it: only CodeCommit repositories are created.')]),
  ];
}

/** Pipelines across accounts and regions need keys, buses and bootstrap trust in each of them; one account and region is what is built so far. */
function checkPlaces(delivery: Delivery): OptionProblem[] {
  const given: Array<readonly [string, Place]> = [
    ['tooling', delivery.tooling],
    ...delivery.deploymentGroups.flatMap((group, i): Array<readonly [string, Place]> => [
      [`deploymentGroups[${i}].buildEnvironment`, group.buildEnvironment],
      ...group.deployEnvironments.map((e, j) => [`deploymentGroups[${i}].deployEnvironments[${j}]`, e] as const),
    ]),
  ];
  const first = given[0][1];
  return given.flatMap(([path, place]) => (['account', 'region'] as const).flatMap(field => (place[field] === first[field] ? [] : [
    problem(`${path}.${field}`, place[field], `the same as tooling.${field} (${showValue(first[field])})`, `All environments share one ${field} so far: give tooling and every environment the same, or none at all.`),
  ])));
}

function checkRepeats(delivery: Delivery): OptionProblem[] {
  const groups = delivery.deploymentGroups;
  return [
    ...repeats(groups.map(g => g.name), i => `deploymentGroups[${i}].name`, 'a name once per project'),
    ...groups.flatMap((g, i) => repeats(g.deployEnvironments.map(e => e.name), j => `deploymentGroups[${i}].deployEnvironments[${j}].name`, 'a name once per deployment group')),
    ...groups.flatMap((g, i) => checkParameters(g, `deploymentGroups[${i}].parameters`)),
  ];
}

function checkParameters(group: DeliveryGroup, path: string): OptionProblem[] {
  return Object.entries(group.parameters).filter(([, v]) => !['string', 'number', 'boolean'].includes(typeof v)).map(([name, v]) =>
    problem(`${path}.${name}`, v, 'a text, a number, true or false', 'Pipeline parameters are single values.'));
}

/** Names carry a hash wherever they could collide; this is the proof for this delivery. */
function checkNames(delivery: Delivery): OptionProblem[] {
  const plan = planDelivery(delivery);
  const names = [
    ...plan.stacks.map(s => `stack ${s.name}`),
    ...rolesOf(plan).map(r => `role ${r.name}`),
    ...plan.groups.flatMap(g => [`group ${g.build.modelPackageGroup}`, `bucket ${g.build.artifactBucket}`, `bucket ${g.pipelines.bucket}`]),
    ...plan.groups.flatMap(g => g.environments.flatMap(e => [`endpoint ${e.endpointName}`, `bucket ${e.captureBucket}`])),
  ];
  return repeats(names, () => 'deploymentGroups', 'groups and environments whose names in AWS differ');
}

function repeats(values: readonly string[], path: (index: number) => string, allowed: string): OptionProblem[] {
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [problem(path(i), value, allowed, 'Choose another name.')] : []));
}

function problem(path: string, value: unknown, allowed: string, fix: string): OptionProblem {
  return { path, value: showValue(value), allowed, fix };
}

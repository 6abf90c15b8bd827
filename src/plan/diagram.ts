import type { PlannedEnvironment } from './endpoint/model';
import { asksInAws } from './infrastructure/approver';
import type { DeliveryPlan, PlannedGroup } from './model';

/**
 * The delivery as the source of a Mermaid flowchart: from the commit to each environment, one line per deployment
 * group.
 */
export function deliveryDiagram(plan: DeliveryPlan): string {
  return ['flowchart LR', ...plan.groups.flatMap((group, i) => groupLines(plan, group, `g${i}`)), ''].join('\n');
}

function groupLines(plan: DeliveryPlan, group: PlannedGroup, id: string): string[] {
  const { source } = plan.delivery;
  const repository = `${source.type}: ${source.repository}`;
  const where = (place: { account?: string; region?: string }) =>
    [place.account, place.region].filter(Boolean).join(' ');
  return [
    `  subgraph ${id}[${quote(`deployment group ${group.name}`)}]`,
    '    direction LR',
    `    ${id}c([${quote(repository, `branch ${group.sourceBranch}`)}]) --> `
      + `${id}b[${quote(
        `${group.build.name} (${group.build.type})`, 'train, evaluate, register', where(group.build.place),
      )}]`,
    `    ${id}b --> ${id}r[(${quote('model package group', group.build.modelPackageGroup)})]`,
    ...chain(plan, group.waves, id, where),
    '  end',
  ];
}

/**
 * Approval starts the chain; each wave follows the one before it, and what is deployed to at the same time stands side
 * by side.
 */
function chain(
  plan: DeliveryPlan, waves: PlannedGroup['waves'], id: string, where: (place: PlannedEnvironment['place']) => string,
): string[] {
  const inAws = asksInAws(plan.delivery);
  const ids = new Map(waves.flatMap(wave => wave.environments).map((environment, i) => [environment, i]));
  return waves.flatMap((wave, w) => wave.environments.flatMap(environment => {
    const i = ids.get(environment) ?? 0;
    const from = w === 0 ? [`${id}r`] : waves[w - 1].environments.map(before => `${id}e${ids.get(before)}`);
    const arrow = w === 0 ? `-->|${quote('package approved')}|` : '-->';
    const { name, type, batch, endpointName, place, hostEnvironment } = environment;
    const approval = inAws ? ['manual approval'] : ['manual approval', `GitHub environment ${hostEnvironment}`];
    const serves = batch ? `score pipeline ${batch.pipelineName}` : `endpoint ${endpointName}`;
    const box = `${id}e${i}[${quote(`${name} (${type})`, serves, where(place))}]`;
    return environment.manualApproval
      ? [`    ${from.join(' & ')} ${arrow} ${id}a${i}{{${quote(...approval)}}} --> ${box}`]
      : [`    ${from.join(' & ')} ${arrow} ${box}`];
  }));
}

/** Text of a node or edge; Mermaid takes entities for what would end it. */
function quote(...lines: readonly string[]): string {
  const escaped = lines.filter(Boolean).map(line => line
    .replace(/&/g, '#amp;').replace(/"/g, '#quot;').replace(/</g, '#lt;').replace(/>/g, '#gt;'));
  return `"${escaped.join('<br/>')}"`;
}

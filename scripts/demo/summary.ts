import * as path from 'node:path';
import { ROOT } from '../../testing/harness/process';
import type { Repository } from '../../testing/harness/repository';
import { newestRun, runDirectories } from '../../testing/repository/local-run';

interface Metric { readonly value?: unknown; readonly standard_deviation?: unknown }

const SIGNS: { readonly [condition: string]: string } = {
  GreaterThan: '>', GreaterThanOrEqualTo: '>=', LessThan: '<', LessThanOrEqualTo: '<=', Equals: '=',
};

/** What the run gave, and where to look. */
export function summary(repository: Repository): string {
  const run = newestRun(repository);
  const directory = runDirectories(repository).at(-1) ?? '';
  const gate = run.steps.find(step => step.conditions.length > 0);
  const registered = run.registered?.[0];
  const lines = [
    ['run', `${run.status} in ${run.seconds.toFixed(1)} s`],
    ['metrics', metrics(repository)],
    ['quality gate', gate?.conditions.map(({ leftExpression, left, right, type, result }) =>
      `${leftExpression.replace(/^.*metrics\.|\.value$/g, '')} ${number(left)} ${SIGNS[type] ?? type} `
        + `${number(right)}: ${result ? 'passed' : 'missed'}`).join(', ')],
    ['registered', registered
      ? `${registered.modelPackageGroupName} version ${registered.modelPackageVersion}, ${registered.approvalStatus}`
      : 'nothing'],
    ['report', repository.path(directory, 'report.html')],
    ['repository', repository.directory],
  ];
  const table = lines.map(([name, value]) => `  ${(name ?? '').padEnd(13)} ${value ?? '-'}`).join('\n');
  return `\n${table}\n\nGo on there: cd ${path.relative(ROOT, repository.directory)} && npx projen pipeline:local -- `
    + '--set max_depth=6\n';
}

function metrics(repository: Repository): string {
  const output = newestRun(repository).steps.flatMap(step => step.outputs).find(({ name }) => name === 'evaluation');
  if (!output) { return '-'; }
  const report = repository.json<{ [group: string]: { [name: string]: Metric } }>(
    path.join('.local', output.path, 'evaluation.json'),
  );
  return Object.entries(Object.values(report)[0])
    .filter(([name, metric]) => typeof metric.value === 'number' && !name.includes('_rate'))
    .map(([
      name, { value, standard_deviation: deviation },
    ]) => `${name} ${number(value)}${typeof deviation === 'number' ? ` ± ${number(deviation)}` : ''}`)
    .join(', ');
}

function number(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(3))) : String(value);
}

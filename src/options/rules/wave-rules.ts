import type { EnvironmentType } from '../deployment-group';
import { showValue } from '../engine/option-error';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';

/**
 * A pipeline has at most 50 stages, a stage at most 50 actions (CodePipeline user guide, "Quotas in AWS CodePipeline").
 * Three stages come before the environments, and each environment has six actions: check, approval, check again, change
 * set, execution, smoke test.
 */
const LIMITS = { waves: 50 - 3, environments: Math.floor(50 / 6) };

/** Environments that are deployed to at the same time. */
export const waveRules: RuleFamily = options => entryPaths(options, 'deploymentGroups').flatMap(group => {
  const entries = entryPaths(options, `${group}.deployEnvironments`);
  const flags = entries.map(entry => `${entry}.parallelWithPrevious`);
  return [
    ...flags.slice(0, 1).map(path => rule<[boolean]>([path], parallel => (!parallel ? [] : [
      problem(
        path, parallel, 'false, or no value, for the first environment',
        'No environment comes before it: remove the option, or move the environment after the one that it belongs '
          + 'with.',
      ),
    ]))),
    ...entries.slice(1).map((entry, i) => rule<[boolean, EnvironmentType, EnvironmentType]>(
      [`${entry}.parallelWithPrevious`, `${entries[i]}.type`, `${entry}.type`],
      (parallel, before, type) => (
        !parallel || type === before ? [] : [problem(
          `${entry}.parallelWithPrevious`, parallel, 'an environment of the same type as the one before it '
            + `(${showValue(before)}); this one is ${showValue(type)}`,
          'A model must pass one type of environment before the next: remove the option, or give both environments '
            + 'the same type.',
        )]))),
    rule<readonly boolean[]>(flags, (...parallel) => {
      const waves = waveSizes(parallel);
      const path = `${group}.deployEnvironments`;
      const tooMany = waves.length <= LIMITS.waves ? [] : [{
        path, value: `${waves.length} environments in sequence`,
        allowed: `at most ${LIMITS.waves}, because a pipeline has at most 50 stages`,
        fix: 'Move some to other groups, or deploy to several at the same time (parallelWithPrevious).',
      }];
      const largest = Math.max(0, ...waves);
      const tooLarge = largest <= LIMITS.environments ? [] : [{
        path, value: `${largest} environments at the same time`,
        allowed: `at most ${LIMITS.environments}, because a stage of a pipeline has at most 50 actions`,
        fix: 'Split the wave: remove parallelWithPrevious from an environment in the middle.',
      }];
      return [...tooMany, ...tooLarge];
    }),
  ];
});

/** How many environments each wave has. */
function waveSizes(parallel: readonly boolean[]): number[] {
  const starts = parallel.flatMap((flag, i) => (flag && i > 0 ? [] : [i]));
  return starts.map((start, i) => (starts[i + 1] ?? parallel.length) - start);
}

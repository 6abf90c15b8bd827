import * as path from 'node:path';
import { directoryProblems, flagProblems } from './creation-check';
import { projectDelivery } from '../project-delivery';
import { columnProblems, sampleRequest, sampleRequestProblem } from './sample-request';
import { switchRules } from './switch-check';
import { Delivery } from '../../delivery/delivery';
import { checkProject, CREATION_KEY } from '../../options/check-project';
import { OptionError, type OptionProblem } from '../../options/engine/option-error';
import { problem, rule, type RuleFamily } from '../../options/engine/rule';
import { COLUMN_ROLES } from '../../options/rules/data-rules';
import { projectSchema } from '../../options/schemas/project-schema';
import { type CheckedPlan, nameRules, planOfChecked } from '../../plan/check';
import { filledProject } from '../filled-project';
import type { SageMakerCicdProjectOptions } from '../project-options';

/** The options that can be given to `projen new` and to `adopt` as a flag. */
export const WORDS = [
  'name', 'modelName', 'framework', 'problemType', 'projenrcPython', 'permissionsBoundaryName', 's3AccessLogsBucketArn',
];

/**
 * The delivery of a project whose options are right; for a new one its directory and command line are checked, too.
 *
 * @throws OptionError with every problem that was found
 */
export function checkedDelivery(
  options: SageMakerCicdProjectOptions, argv: readonly string[] = process.argv,
): Delivery {
  const { plan, problems } = projectPlan(options);
  const around = CREATION_KEY in Object(options) ? creationProblems(options, argv) : [];
  if (plan === undefined || around.length > 0) { throw new OptionError([...problems, ...around]); }
  return Delivery._of(plan);
}

function projectPlan(options: SageMakerCicdProjectOptions): CheckedPlan {
  const rules = [sampleRules(options), switchRules];
  return checkProject(options, ...rules).length === 0
    ? planOfChecked(projectDelivery(options))
    : { problems: checkProject(options, ...rules, nameRules) };
}

/**
 * What is wrong around a project that `projen new` is about to make; whether its options are right does not matter for
 * that.
 */
function creationProblems({ outdir }: SageMakerCicdProjectOptions, argv: readonly string[]): OptionProblem[] {
  const known = Object.keys(projectSchema.properties ?? {});
  return [
    ...flagProblems(argv, known, WORDS), ...directoryProblems(path.resolve(typeof outdir === 'string' ? outdir : '.')),
  ];
}

/** The data must give a request to ask the endpoint with, unless there is one among the options. */
function sampleRules(given: SageMakerCicdProjectOptions): RuleFamily {
  const options = filledProject(given);
  const reads = [
    'problemType', 'outdir',
    ...['inputDataUrl', 'separator', 'encoding', 'targetColumn', ...COLUMN_ROLES].map(name => `training.${name}`),
  ];
  return () => [rule(reads, () => columnProblems(options)), rule([...reads, 'endpoint.smokeTest'], () => {
    if (options.endpoint.smokeTest !== undefined) { return []; }
    const body = sampleRequest(options);
    if (body === undefined) { return [sampleRequestProblem(options)]; }
    return body.length > 0 && body.length <= 60_000 ? [] : [
      problem(
        'endpoint.smokeTest', undefined, 'an object with a body of 1 to 60,000 characters',
        'The data has no features, or too many for one request. Add your own request.',
      ),
    ];
  })];
}

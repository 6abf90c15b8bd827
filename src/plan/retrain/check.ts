import type { OptionProblem } from '../../options/engine/option-error';
import { problem } from '../../options/engine/rule';
import type { DeliveryPlan } from '../model';

/** A build writes to the delivery's own buckets, so new data there would train the model again and again. */
export function retrainingProblems({ delivery, groups, names }: DeliveryPlan): OptionProblem[] {
  const own = new Set(names.filter(({ kind }) => kind === 'bucket').map(({ name }) => name));
  return groups.flatMap(({ retraining }, i) => {
    const { newData, settings } = retraining ?? {};
    if (!newData || !own.has(newData.bucket)) { return []; }
    const isOwn = delivery.deploymentGroups[i].retraining !== undefined;
    return [problem(
      `${isOwn ? `deploymentGroups[${i}].` : ''}retraining.newDataUri`, settings!.newDataUri,
      'a bucket that does not belong to the delivery: a build writes to those, and would start the next one',
      'Name the bucket that your data comes to.',
    )];
  });
}

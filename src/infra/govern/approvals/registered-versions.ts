import type { IConstruct } from 'constructs';
import type { DecidedGroup } from './approval-settings';
import { from } from '../../shared/failures';
import { WAITS } from '../../shared/statuses';

/** Versions of these groups that wait for a decision, as events. */
export function registeredVersions(scope: IConstruct, groups: readonly DecidedGroup[]): object {
  return {
    'source': ['aws.sagemaker'],
    'detail-type': ['SageMaker Model Package State Change'],
    ...from(scope, ...groups.map(({ group }) => group.build.place)),
    'detail': {
      ModelPackageGroupName: [...new Set(groups.map(({ group }) => group.build.modelPackageGroup))],
      ModelApprovalStatus: [WAITS],
    },
  };
}

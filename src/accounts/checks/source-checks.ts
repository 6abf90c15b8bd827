import { HOSTS } from '../../options/knowledge/hosts';
import type { DeliveryPlan } from '../../plan/model';
import type { DeliverySource } from '../../plan/settings';
import type { PreflightCheck } from '../preflight-check';

/** Where a pipeline takes its source from; a workflow is where its source is. */
export function sourceChecks(
  { delivery: { tooling: place }, engines }: DeliveryPlan, source: DeliverySource, branch: string,
): PreflightCheck[] {
  if (engines.delivery !== 'codepipeline') { return []; }
  const { type, repository, create, connectionArn } = source;
  return [HOSTS[type].inAws
    ? {
      kind: 'repository',
      title: `CodeCommit repository ${repository}, branch ${branch}`,
      place,
      wants: { name: repository, branch, created: create ?? false },
      fix: create
        ? `Push to the branch ${branch} once the repository exists: npx sagemaker-cicd-projen bootstrap-guide prints `
          + 'the command.'
        : `Create the repository ${repository} and push to its branch ${branch}.`,
    }
    : {
      kind: 'connection',
      title: `Connection ${connectionArn!.split('/')[1]} is available`,
      place,
      wants: { arn: connectionArn! },
      fix: 'Complete the connection in the console of the tooling account: Developer Tools, Settings, Connections, '
        + '"Update pending connection".',
    }];
}

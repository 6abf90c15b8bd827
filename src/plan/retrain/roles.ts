import type { NamedRetraining } from './model';
import { RetrainingCommit } from '../../options/retraining';
import { arn } from '../arn';
import { readPackages } from '../build/registry';
import { LAMBDA, QUEUE } from '../govern/approval-functions';
import { functionLog } from '../logs';
import type { NamedGroup } from '../model';
import { KMS_READ_WRITE, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant, PlannedRole } from '../roles/role-model';
import { useRequests } from '../workflows/grants';

/** The role of the function that trains a group's model again; nothing where nothing asks for that. */
export function retrainingRoles(group: NamedGroup, busArn: string): { readonly retrainer?: PlannedRole } {
  const { retraining, roles: { retrainer } } = group;
  return retraining && retrainer ? {
    retrainer: {
      ...retrainer,
      purpose: `Starts the group's build ${group.workflows ? 'workflow' : 'pipeline'} when monitors, new data or the `
        + 'schedule ask for it; it can neither approve nor deploy.',
      assumedBy: LAMBDA,
      grants: grants(group, retraining, busArn),
    },
  } : {};
}

function grants({ build, pipelines, workflows }: NamedGroup, retraining: NamedRetraining, busArn: string): Grant[] {
  const { place, settings, environments, function: name } = retraining;
  return [
    writeLogs(place, [functionLog(name)], "Writes the function's log."),
    useOwnKey(KMS_READ_WRITE, 'Decrypts what waits in the queue and what is remembered.'),
    QUEUE,
    {
      sid: 'Memory',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      resources: ['{table}'],
      why: 'Remembers when models were trained again, and what was held back.',
    },
    workflows ? useRequests(
      'Build', place, workflows, 'askOnce', ['build'], 'Asks for a build, unless the last one is still running.',
    ) : {
      sid: 'Build',
      actions: ['codepipeline:GetPipelineExecution', 'codepipeline:StartPipelineExecution'],
      resources: [arn(place, 'codepipeline', pipelines.buildPipeline)],
      why: 'Starts a build, unless the last one is still running.',
    },
    ...(settings.commit === RetrainingCommit.LIVE || environments.length > 0 ? [readPackages(
      build,
      'Packages',
      ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
      'Reads which commit an approved version was built from, and whether the newest one waits for its approval.',
    )] : []),
    {
      sid: 'Tell', actions: ['events:PutEvents'], resources: [busArn],
      why: 'Reports what was started, and what was held back.',
    },
  ];
}

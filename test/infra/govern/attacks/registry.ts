import { acts, type Act, type Case } from './acts';
import type { Cast } from './cast';
import { EVIDENCE_KEYS } from '../../../../src/plan/govern/evidence-keys';
import type { Context } from '../../../../testing/iam/request';

export const UPDATE = 'sagemaker:UpdateModelPackage';
const CREATE = 'sagemaker:CreateModelPackage';

export const status = (to: string, more: Context = {}): Context => ({ 'sagemaker:ModelApprovalStatus': to, ...more });
export const current = (stage: string): Context => ({ 'sagemaker:CurrentModelLifeCycleStage': stage });
const sealed: Context = { 'sagemaker:CurrentCustomerMetadataProperties/ArtifactSha256': 'a'.repeat(64) };

export function move(from: string | undefined, to: string, stageStatus: string, more: Context = {}): Context {
  return {
    'sagemaker:ModelLifeCycle:Stage': to, 'sagemaker:ModelLifeCycle:StageStatus': stageStatus,
    ...(from === undefined ? {} : current(from)), ...more,
  };
}

/** What each role may do to a version: the only updates that there are. */
export function updates(cast: Cast): ReadonlyArray<readonly [string, Act]> {
  const { dev, main, role, version } = cast;
  const one = (name: string, principal: string, group: typeof main, context: Context): readonly [string, Act] =>
    [name, { principal, action: UPDATE, resource: version(group), context }];
  const { approver, jiraApprover, refuser, sealer, toPreProduction, toProduction } = main.roles;
  return [
    one('a person approves', role(approver), main, status('Approved', current('Development'))),
    one('a person has a version wait', role(approver), main, status('PendingManualApproval')),
    one('a person rejects', role(approver), main, status('Rejected', current('Production'))),
    one('a person withdraws a version', role(approver), main, move('PreProduction', 'Archived', 'Rejected')),
    one('a person resumes a version', role(approver), main, move('Archived', 'Development', 'InProgress')),
    one('the rule approves', role(dev.roles.ruleApprover), dev, status('Approved', current('Development'))),
    one('Jira approves', role(jiraApprover), main, status('Approved', current('Development'))),
    one('Jira rejects', role(jiraApprover), main, status('Rejected', current('Development'))),
    one('the recorder takes an approval back', role(refuser), main, status('PendingManualApproval')),
    one('sealing records', role(sealer), main, {}),
    one('sealing begins the life cycle', role(sealer), main, move(undefined, 'Development', 'InProgress', sealed)),
    one('a proof in development', role(dev.roles.toQa), dev, move('Development', 'QA', 'Approved')),
    one('a return in development', role(dev.roles.toQa), dev, move('QA', 'Development', 'Rejected')),
    one('a proof in staging', role(toPreProduction), main, move('Development', 'PreProduction', 'Approved')),
    one('a return in staging', role(toPreProduction), main, move('PreProduction', 'Development', 'Rejected')),
    one('a proof in production', role(toProduction), main, move('PreProduction', 'Production', 'Approved')),
    one('a return in production', role(toProduction), main, move('Production', 'PreProduction', 'Rejected')),
    one('a replacement in production', role(toProduction), main, move('Production', 'Archived', 'Retired')),
    one('a restoration in production', role(toProduction), main, move('Archived', 'Production', 'Approved')),
  ];
}

const EVIDENCE = Object.values(EVIDENCE_KEYS).flat();

/** What each of these updates must not bring along. */
export function evidenceAttacks(cast: Cast): Case[] {
  return updates(cast).flatMap(([name, act]): Case[] => {
    const with_ = (more: Context): Act => ({ ...act, context: { ...act.context, ...more } });
    const seals = name === 'sealing records';
    return [
      ...(seals ? [] : EVIDENCE.map((key): Case => ({
        name: `${name} and changes ${key}`, acts: [with_({ [`sagemaker:CustomerMetadataProperties/${key}`]: 'other' })],
      }))),
      {
        name: `${name} and removes metadata`,
        acts: [with_({ 'sagemaker:CustomerMetadataPropertiesToRemove': ['GitCommit'] })],
      },
    ];
  });
}

/** Approving, moving, sealing and registering as somebody whose business it is not. */
export function registryAttacks(cast: Cast): Case[] {
  const { dev, main, role, version, groupOf, all, allBut, administrator } = cast;
  const {
    approver, jiraApprover, refuser, sealer, build, pipeline, processing, training, toPreProduction, toProduction,
    buildRunner, deployRunner, releaser, gate,
  } = main.roles;
  const on = version(main);
  const deciders = [role(approver), role(jiraApprover)];
  const case_ = (name: string, ...list: Act[][]): Case => ({ name, acts: list.flat() });
  const as = (who: Parameters<Cast['role']>[0], context: Context, resource = on, how?: Act['as']) =>
    acts(role(who), UPDATE, resource, context, how);
  return [
    // Approve.
    ...Object.entries({ build, pipeline, processing, training, buildRunner, deployRunner, releaser, gate, sealer, refuser })
      .map(([name, who]) => case_(`approve as ${name}`, as(who, status('Approved')))),
    case_('approve as anybody else of the delivery', acts(allBut(...deciders), UPDATE, on, status('Approved'))),
    case_('reject as anybody else', acts(allBut(...deciders), UPDATE, on, status('Rejected'))),
    case_('approve as a mover', as(toProduction, status('Approved')), as(toPreProduction, status('Approved'))),
    case_('approve and move at once', as(approver, {
      ...status('Approved'), ...move('Development', 'Production', 'Approved'),
    }), as(toProduction, { ...status('Approved'), ...move('PreProduction', 'Production', 'Approved') })),
    case_('approve a version of another group', as(dev.roles.approver, status('Approved'))),
    case_('reject by rule', as(dev.roles.ruleApprover, status('Rejected'), version(dev))),
    case_('approve by rule what has left development', ...['QA', 'PreProduction', 'Production', 'Archived'].map(stage =>
      as(dev.roles.ruleApprover, status('Approved', current(stage)), version(dev)))),
    case_('approve an archived version as a person', as(approver, status('Approved', current('Archived')))),
    case_('approve an archived version by Jira', as(jiraApprover, status('Approved', current('Archived')))),
    case_('take an approval back by Jira', as(jiraApprover, status('PendingManualApproval'))),
    case_('register as approved', acts([role(pipeline), role(build)], CREATE, [on, groupOf(main)], status('Approved'))),
    case_('register as rejected', acts(role(pipeline), CREATE, [on, groupOf(main)], status('Rejected'))),
    case_('register in another group', acts(role(dev.roles.pipeline), CREATE, [on, groupOf(main)])),
    case_('register as anybody else', acts(allBut(role(pipeline)), CREATE, [on, groupOf(main)])),
    case_('approve as a builder whose role was widened', ...[build, pipeline].map(who =>
      as(who, status('Approved'), on, 'widened'))),
    case_('register as approved by a widened role', acts(
      [role(build), role(pipeline)], CREATE, on, status('Approved'), 'widened',
    )),
    case_('approve as the widened role that seals', as(sealer, status('Approved'), on, 'widened')),
    // Stages.
    case_('skip from development to production', as(toProduction, move('Development', 'Production', 'Approved'))),
    case_('skip the first stage', as(toProduction, move(undefined, 'Production', 'Approved'))),
    case_('skip from QA to production', as(toProduction, move('QA', 'Production', 'Approved'))),
    case_('prove for production in staging', as(toPreProduction, move('PreProduction', 'Production', 'Approved'))),
    case_('bring an archived version back to staging', as(toPreProduction, move('Archived', 'PreProduction', 'Approved'))),
    case_('prove without saying so', as(toProduction, move('PreProduction', 'Production', 'InProgress'))),
    case_('return as if it were well', as(toProduction, move('Production', 'PreProduction', 'Approved'))),
    case_('archive as if it were approved', as(toProduction, move('Production', 'Archived', 'Approved'))),
    case_('move a version of another group', as(dev.roles.toQa, move('Development', 'QA', 'Approved'))),
    case_('move to production as a person', as(approver, move('PreProduction', 'Production', 'Approved'))),
    case_('archive what is in production as a person', as(approver, move('Production', 'Archived', 'Rejected'))),
    case_('restore to production as a person', as(approver, move('Archived', 'Production', 'Approved'))),
    case_('resume a version that is not archived', as(approver, move('PreProduction', 'Development', 'InProgress'))),
    case_('withdraw with another status', as(approver, move('QA', 'Archived', 'Retired'))),
    case_('resume with another status', as(approver, move('Archived', 'Development', 'Approved'))),
    case_('begin in production by sealing', as(sealer, move(undefined, 'Production', 'Approved'))),
    case_('begin with another status by sealing', as(sealer, move(undefined, 'Development', 'Approved', sealed))),
    case_('begin again by sealing', as(sealer, move('PreProduction', 'Development', 'InProgress', sealed))),
    case_('move as whoever only assumes the roles', as(deployRunner, move('PreProduction', 'Production', 'Approved'))),
    case_('register in production', acts(role(pipeline), CREATE, on, move(undefined, 'Production', 'Approved'))),
    case_('move as a builder whose role was widened', ...[build, pipeline].map(who =>
      as(who, move('PreProduction', 'Production', 'Approved'), on, 'widened'))),
    case_('move as anybody else', acts(
      allBut(role(toProduction)), UPDATE, on, move('PreProduction', 'Production', 'Approved'),
    )),
    // Seals.
    case_('seal again', as(sealer, sealed)),
    case_('seal and begin at once', as(sealer, {
      ...sealed, ...move(undefined, 'Development', 'InProgress', {
        'sagemaker:CustomerMetadataProperties/ArtifactSha256': 'b'.repeat(64),
      }),
    })),
    case_('seal as anybody else', acts(allBut(role(sealer)), UPDATE, on, {
      'sagemaker:CustomerMetadataProperties/ArtifactSha256': 'b'.repeat(64),
    })),
    // Deletion.
    case_('delete a version in production', acts(all, 'sagemaker:DeleteModelPackage', on, current('Production'))),
    case_('delete any version', acts(all, 'sagemaker:DeleteModelPackage', [on, version(dev)])),
    case_('delete a registry', acts(all, 'sagemaker:DeleteModelPackageGroup', groupOf(main))),
    case_('change who reaches a registry', acts(all, 'sagemaker:PutModelPackageGroupPolicy', groupOf(main))),
    // Administrators, where the organization has the policies.
    ...([
      ['approve', UPDATE, status('Approved')], ['move', UPDATE, move('PreProduction', 'Production', 'Approved')],
      ['change evidence', UPDATE, { 'sagemaker:CustomerMetadataProperties/ArtifactSha256': 'b' }],
      ['register', CREATE, status('Approved')],
      ['delete a version in production', 'sagemaker:DeleteModelPackage', current('Production')],
    ] as const).map(([what, action, context]) => case_(
      `${what} as an administrator`,
      acts(administrator('222222222222'), action, [on, version(dev)], context, 'governed administrator'),
    )),
    case_('delete or open a registry as an administrator', acts(
      administrator('222222222222'), ['sagemaker:DeleteModelPackageGroup', 'sagemaker:PutModelPackageGroupPolicy',
        'sagemaker:DeleteModelPackageGroupPolicy'], groupOf(main), undefined, 'governed administrator',
    )),
    case_('approve from the account that deploys', acts(
      [administrator('333333333333'), administrator('111111111111'), administrator('888888888888')], UPDATE, on,
      status('Approved'), 'administrator',
    )),
  ];
}

import type { IConstruct } from 'constructs';
import type { DeployWords } from './deploy-words';
import type { Failure } from './failure-watch';
import { about, COMMON, from, type Subject, WHERE } from './failures';
import type { Place } from '../../plan/place';

/** What the deploy tools report with an event of their own (`tools/deploy/tell.py`). */
interface Told {
  readonly kind: string;
  readonly description: string;
  readonly detailType: string;
  /** What of the event's detail is in the message, beside the environment. */
  readonly details: readonly string[];
  /** The first line of the message. */
  readonly title: string;
  /** What is to be done about it. */
  readonly advice: readonly string[];
}

/** Makes a failure of what the deploy tools report about an environment of a group. */
type DeployFailure = (
  scope: IConstruct, subject: Required<Subject>, place: Place, bus: string, words: DeployWords,
) => Failure;

function told(of: (subject: Required<Subject>, words: DeployWords) => Told): DeployFailure {
  return (scope, subject, place, bus, words) => {
    const { kind, description, detailType, details, title, advice } = of(subject, words);
    return {
      kind,
      bus,
      description: description.slice(0, 512),
      pattern: {
        ...from(scope, place),
        'source': ['sagemaker-cicd-projen'],
        'detail-type': [detailType],
        'detail': { project: [subject.project], group: [subject.group] },
      },
      parts: {
        ...COMMON, ...Object.fromEntries([...details, 'environment'].map(name => [name, `$.detail.${name}`])),
      },
      message: [
        title,
        `${about(subject)}, environment: <environment>`,
        ...advice,
        WHERE,
        `Look at ${words.look}`,
      ],
    };
  };
}

/** The live package was rejected, and no other version is approved. */
export const rejectedStillLive = told(({ project, group }) => ({
  kind: 'live',
  description: `A rejected model of ${project}, group ${group}, is still live`,
  detailType: 'Rejected Model Package Still Live',
  details: ['package', 'approval'],
  title: 'STILL LIVE: <package> is <approval>',
  advice: [
    'No other version of the group is approved, so the endpoint keeps this model. Approve another version, or take '
      + 'the endpoint down.',
  ],
}));

/** A model was rejected, and its endpoint stack cannot be changed to give it up. */
export const brokenStack = told(({ project, group }, { goOn }) => ({
  kind: 'broken',
  description: `A model was rejected, but an endpoint stack of ${project}, group ${group}, is broken`,
  detailType: 'Endpoint Stack Broken',
  details: ['stack', 'status'],
  title: 'BROKEN: endpoint stack <stack> is <status>',
  advice: [
    'A model was rejected. Other environments that served it get another version; this environment does not '
      + 'change, and may still serve the rejected model.',
    'Fix the stack: continue a rollback that failed, delete what a failed creation left, or wait for a change that is '
      + `in progress. ${goOn}`,
  ],
}));

/**
 * An endpoint serves something else than its stack says, because SageMaker returned it to an old configuration or
 * someone changed it manually.
 */
export const astrayEndpoint = told(({ project, group }, { choose }) => ({
  kind: 'astray',
  description: `An endpoint of ${project}, group ${group}, does not serve what was deployed`,
  detailType: 'Endpoint Not As Deployed',
  details: ['endpoint', 'served', 'deployed'],
  title: 'ASTRAY: endpoint <endpoint> serves <served>; <deployed> was deployed',
  advice: [
    'SageMaker returned the endpoint to an old configuration, or someone changed it manually. What it serves counts '
      + 'as live.',
    `Look at the log group /aws/sagemaker/Endpoints/<endpoint>, ${choose}`,
  ],
}));

/** A version failed in an environment, or a person returned to the one before. */
export const rolledBack = told(({ project, group }, { retry, rollBack }) => ({
  kind: 'rolledback',
  description: `A version of ${project}, group ${group}, was rolled back`,
  detailType: 'Version Rolled Back',
  details: ['package', 'version', 'reason', 'serves'],
  title: 'ROLLED BACK: version <version> in <environment>',
  advice: [
    'Why: <reason>',
    '<environment> serves: <serves>. It waits for a decision: until then no execution deploys version <version> there '
      + 'by itself.',
    'Register and approve a fixed version. If the cause is gone, have this one tried again:',
    retry,
    'If the endpoint serves it still, return to the version before at once:',
    rollBack,
  ],
}));

/** An alarm fires soon after a deployment, and nothing was returned. */
export const firingAlarm = told(({ project, group }, { rollBack }) => ({
  kind: 'firing',
  description: `A rollback alarm of ${project}, group ${group}, fires after a deployment`,
  detailType: 'Rollback Alarm After Deployment',
  details: ['alarm', 'version', 'reason'],
  title: 'ALARM: <alarm> fires in <environment>',
  advice: [
    'Version <version> stays: <reason>.',
    'Look at the alarm. If there is an earlier version that you want at once all the same:',
    rollBack,
  ],
}));

/** A deployment is good, but models or endpoint configurations that it replaced could not be removed. */
export const leftOver = told(({ project, group }) => ({
  kind: 'leftover',
  description: `Replaced models of ${project}, group ${group}, could not be removed`,
  detailType: 'Replaced Models Not Removed',
  details: ['endpoint'],
  title: 'LEFT OVER: replaced models of the endpoint <endpoint> were not removed',
  advice: [
    'The deployment itself succeeded. The log of its smoke test has the reason; the next deployment tries '
      + 'again.',
  ],
}));

/** A deployment or a return is good, but monitors do not know of it. */
export const unrecorded = told(({ project, group }, { redeploy }) => ({
  kind: 'unrecorded',
  description: `Monitors of ${project}, group ${group}, do not know of a deployment`,
  detailType: 'Deployment Not Recorded',
  details: ['package', 'problem'],
  title: 'NOT RECORDED: monitors of <environment> do not know since when <package> answers',
  advice: [
    'Why: <problem>',
    'The deployment, or the return, itself succeeded. Until it is recorded, rows that name no version count as those '
      + 'of the version before, or as none.',
    ...redeploy,
  ],
}));

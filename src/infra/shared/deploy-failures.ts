import type { IConstruct } from 'constructs';
import { consoleUrl } from './console-url';
import type { Failure } from './failure-watch';
import { about, COMMON, from, type Subject, WHERE } from './failures';
import type { Place } from '../../plan/place';

/**
 * The deploy tools' own event (`tools/deploy/prepare.py`): the live package was rejected, and no other
 * version is approved.
 */
export function rejectedStillLive(
  scope: IConstruct, subject: Required<Subject>, place: Place, bus: string, pipeline: string,
): Failure {
  return {
    kind: 'live',
    bus,
    description: `A rejected model of ${subject.project}, group ${subject.group}, is still live`.slice(0, 512),
    pattern: {
      ...from(scope, place),
      'source': ['sagemaker-cicd-projen'],
      'detail-type': ['Rejected Model Package Still Live'],
      'detail': { project: [subject.project], group: [subject.group] },
    },
    parts: {
      ...COMMON,
      package: '$.detail.package',
      environment: '$.detail.environment',
      approval: '$.detail.approval',
    },
    message: [
      'STILL LIVE: <package> is <approval>',
      `${about(subject)}, environment: <environment>`,
      'No other version of the group is approved, so the endpoint keeps this model. Approve another version, or take '
        + 'the endpoint down.',
      WHERE,
      `Look at ${consoleUrl(scope, `codesuite/codepipeline/pipelines/${pipeline}/view?region=<region>`)}`,
    ],
  };
}

/**
 * The deploy tools' own event (`tools/deploy/prepare.py`): a model was rejected, and its endpoint stack
 * cannot be changed to give it up.
 */
export function brokenStack(
  scope: IConstruct, subject: Required<Subject>, place: Place, bus: string, pipeline: string,
): Failure {
  return {
    kind: 'broken',
    bus,
    description: (`An endpoint stack of ${subject.project}, group ${subject.group}, is broken while a model was `
      + 'rejected').slice(0, 512),
    pattern: {
      ...from(scope, place),
      'source': ['sagemaker-cicd-projen'],
      'detail-type': ['Endpoint Stack Broken'],
      'detail': { project: [subject.project], group: [subject.group] },
    },
    parts: { ...COMMON, stack: '$.detail.stack', environment: '$.detail.environment', status: '$.detail.status' },
    message: [
      'BROKEN: endpoint stack <stack> is <status>',
      `${about(subject)}, environment: <environment>`,
      'A model was rejected. Wherever else it is live it gives way to another version; this environment is left alone, '
        + 'and may still have the rejected model.',
      'Mend the stack: continue a rollback that failed, delete what a failed creation left, wait for a change that is '
        + 'under way. Then start the pipeline again with the rejected package.',
      WHERE,
      `Look at ${consoleUrl(scope, `codesuite/codepipeline/pipelines/${pipeline}/view?region=<region>`)}`,
    ],
  };
}

/**
 * The deploy tools' own event (`tools/deploy/prepare.py`): an endpoint serves something else than its stack says,
 * because SageMaker returned it to an old configuration or somebody changed it by hand.
 */
export function astrayEndpoint(
  scope: IConstruct, subject: Required<Subject>, place: Place, bus: string, pipeline: string,
): Failure {
  return {
    kind: 'astray',
    bus,
    description: `An endpoint of ${subject.project}, group ${subject.group}, does not serve what was deployed`
      .slice(0, 512),
    pattern: {
      ...from(scope, place),
      'source': ['sagemaker-cicd-projen'],
      'detail-type': ['Endpoint Not As Deployed'],
      'detail': { project: [subject.project], group: [subject.group] },
    },
    parts: {
      ...COMMON,
      endpoint: '$.detail.endpoint',
      served: '$.detail.served',
      deployed: '$.detail.deployed',
      environment: '$.detail.environment',
    },
    message: [
      'ASTRAY: endpoint <endpoint> serves <served>; <deployed> was deployed',
      `${about(subject)}, environment: <environment>`,
      'SageMaker returned the endpoint to an old configuration, or somebody changed it by hand. What it serves counts '
        + 'as live.',
      'Look at the log group /aws/sagemaker/Endpoints/<endpoint>, then start the pipeline with the package that is '
        + 'wanted.',
      WHERE,
      `Look at ${consoleUrl(scope, `codesuite/codepipeline/pipelines/${pipeline}/view?region=<region>`)}`,
    ],
  };
}

/**
 * The deploy tools' own event (`tools/deploy/smoke_test.py`): a deployment is good, but models or endpoint
 * configurations that it replaced could not be removed.
 */
export function leftOver(
  scope: IConstruct, subject: Required<Subject>, place: Place, bus: string, pipeline: string,
): Failure {
  return {
    kind: 'leftover',
    bus,
    description: `Replaced models of ${subject.project}, group ${subject.group}, could not be removed`.slice(0, 512),
    pattern: {
      ...from(scope, place),
      'source': ['sagemaker-cicd-projen'],
      'detail-type': ['Replaced Models Not Removed'],
      'detail': { project: [subject.project], group: [subject.group] },
    },
    parts: { ...COMMON, endpoint: '$.detail.endpoint', environment: '$.detail.environment' },
    message: [
      'LEFT OVER: replaced models of the endpoint <endpoint> were not removed',
      `${about(subject)}, environment: <environment>`,
      'The deployment itself is good. The log of its smoke test says what was in the way; the next deployment tries '
        + 'again.',
      WHERE,
      `Look at ${consoleUrl(scope, `codesuite/codepipeline/pipelines/${pipeline}/view?region=<region>`)}`,
    ],
  };
}

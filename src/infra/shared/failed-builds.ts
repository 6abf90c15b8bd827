import type { IConstruct } from 'constructs';
import type { Failure } from './failure-watch';
import { about, COMMON, from, type Subject, WHERE } from './failures';
import { STATUSES } from './statuses';
import type { PlannedBuild } from '../../plan/build/model';

/** Builds that look for newer versions (CodeBuild user guide, "Build notifications input format reference"). */
export function failedProject(subject: Subject, project: string): Failure {
  return {
    kind: 'upgrade',
    description: `Failed builds of ${project}`,
    pattern: {
      'source': ['aws.codebuild'],
      'detail-type': ['CodeBuild Build State Change'],
      'detail': { 'build-status': STATUSES.build.told, 'project-name': [project] },
    },
    parts: {
      ...COMMON,
      project: '$.detail.project-name',
      build: '$.detail.build-id',
      status: '$.detail.build-status',
      log: '$.detail.additional-information.logs.deep-link',
    },
    message: ['<status>: upgrade by <project>', about(subject), 'Build: <build>', WHERE, 'Look at <log>'],
  };
}

/** Versions that could not be sealed, forwarded from the build account (see `failedProject`). */
export function failedSealing(scope: IConstruct, subject: Subject, build: PlannedBuild, bus: string): Failure {
  return {
    kind: 'seal',
    bus,
    description: `Failed builds of ${build.sealProject}`,
    pattern: {
      ...from(scope, build.place),
      'source': ['aws.codebuild'],
      'detail-type': ['CodeBuild Build State Change'],
      'detail': { 'build-status': STATUSES.build.told, 'project-name': [build.sealProject] },
    },
    parts: {
      ...COMMON, build: '$.detail.build-id', status: '$.detail.build-status',
      log: '$.detail.additional-information.logs.deep-link',
    },
    message: [
      `<status>: a version of ${build.modelPackageGroup} was not sealed, so it will not be deployed`,
      about(subject),
      'Build: <build>',
      WHERE,
      'The end of its log says which version, and why: look at <log>',
    ],
  };
}

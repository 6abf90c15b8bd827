import type { IConstruct } from 'constructs';
import type { Failure } from './failure-watch';
import { about, COMMON, from, type Subject, WHERE } from './failures';
import { STATUSES } from './statuses';
import type { PlannedBuild } from '../../plan/build/model';

/** Builds of a project that end badly (CodeBuild user guide, "Build notifications input format reference"). */
export function failedBuilds(project: string) {
  return {
    'source': ['aws.codebuild'],
    'detail-type': ['CodeBuild Build State Change'],
    'detail': { 'build-status': STATUSES.build.told, 'project-name': [project] },
  };
}

/** What a message says of such a build. */
const PARTS = {
  ...COMMON,
  build: '$.detail.build-id',
  status: '$.detail.build-status',
  log: '$.detail.additional-information.logs.deep-link',
};

/** Builds that look for newer versions. */
export function failedProject(subject: Subject, project: string): Failure {
  return {
    kind: 'upgrade',
    description: `Failed builds of ${project}`,
    pattern: failedBuilds(project),
    parts: { ...PARTS, project: '$.detail.project-name' },
    message: ['<status>: upgrade by <project>', about(subject), 'Build: <build>', WHERE, 'Look at <log>'],
  };
}

/** Failed deployments that could not be recorded. */
export function failedRecording(subject: Subject, project: string): Failure {
  return {
    kind: 'record',
    description: `Failed builds of ${project}`,
    pattern: failedBuilds(project),
    parts: PARTS,
    message: [
      '<status>: a deployment failed, and it was not recorded whether its version was rolled back',
      about(subject),
      'Build: <build>',
      WHERE,
      'Until it is, a later execution may deploy the version again. Look at <log>',
    ],
  };
}

/** Versions that could not be sealed, forwarded from the build account. */
export function failedSealing(scope: IConstruct, subject: Subject, build: PlannedBuild, bus: string): Failure {
  return {
    kind: 'seal',
    bus,
    description: `Failed builds of ${build.sealProject}`,
    pattern: { ...from(scope, build.place), ...failedBuilds(build.sealProject) },
    parts: PARTS,
    message: [
      `<status>: a version of ${build.modelPackageGroup} was not sealed, so it will not be deployed`,
      about(subject),
      'Build: <build>',
      WHERE,
      'The end of its log names the version and the reason: <log>',
    ],
  };
}

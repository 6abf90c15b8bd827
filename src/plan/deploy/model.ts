import type { NamedEnvironment, PlannedEnvironment } from '../endpoint/model';
import type { Place } from '../place';
import type { PlannedRole } from '../roles/role-model';

/** A group's pipelines, or workflows, and what is around them in the tooling account. */
export interface NamedPipelines {
  readonly place: Place;
  readonly stack: string;
  readonly keyAlias: string;
  /** What goes from action to action of CodePipeline. */
  readonly bucket?: string;
  /** What each execution deploys, and which version was rolled back where; kept for ever. */
  readonly records: string;
  /** The pipeline that builds, or the workflow. */
  readonly buildPipeline: string;
  readonly buildProject?: string;
  readonly commitRule?: string;
  /** State machine that looks at the changed paths of a commit; only for CodeCommit. */
  readonly commitGate?: string;
  readonly approvalRule: string;
  /** The approval gate. */
  readonly stateMachine: string;
  /** Whether the gate can ask the registry: SDK integrations work in their own region alone. */
  readonly asksRegistry: boolean;
  /** The pipeline that deploys, or the workflow. */
  readonly deployPipeline: string;
  readonly prepareProject?: string;
  readonly verifyProject?: string;
  /** Returns an endpoint to the version before. */
  readonly rollBackProject: string;
  /** Records versions whose deployment failed, or whose endpoint went back later, and the rules that start it. */
  readonly recordProject: string;
  readonly recordRule: string;
  readonly servingRule: string;
  readonly watchRule: string;
  /** Prefix of rules and alarms about failures. */
  readonly failures: string;
}

/** The pipelines with who is let in. */
export interface PlannedPipelines extends NamedPipelines {
  /** Roles of other accounts that read the pipeline's artifacts. */
  readonly artifactReaders: readonly string[];
}

/** A stage of the deploy pipeline. */
export interface NamedWave {
  readonly stage: string;
  /** They are deployed to at the same time. */
  readonly environments: readonly NamedEnvironment[];
}

/** The same with the roles of its environments. */
export interface PlannedWave extends NamedWave {
  readonly environments: readonly PlannedEnvironment[];
}

/** Key and bucket for actions of the deploy pipeline in another region. */
export interface NamedReplica {
  readonly place: Place;
  readonly stack: string;
  readonly keyAlias: string;
  readonly bucket: string;
}

/** The same with who is let in. */
export interface PlannedReplica extends NamedReplica {
  /** Roles of other accounts that read from it. */
  readonly artifactReaders: readonly string[];
}

/** The roles of a group's pipelines, in the tooling account. */
export interface PipelineRoles {
  /** CodePipeline's for the build pipeline. */
  readonly buildPipeline?: PlannedRole;
  /** EventBridge's, hands commits to the commit gate; only for CodeCommit. */
  readonly buildTrigger?: PlannedRole;
  /** The commit gate's own; only for CodeCommit. */
  readonly commitGate?: PlannedRole;
  /** CodeBuild's for the build project, or the workflow's that builds. */
  readonly buildRunner: PlannedRole;
  /** EventBridge's, hands registry events to the approval gate. */
  readonly gateTrigger: PlannedRole;
  /** The approval gate's own. */
  readonly gate: PlannedRole;
  /** CodePipeline's for the deploy pipeline. */
  readonly deployPipeline?: PlannedRole;
  /** CodeBuild's for preparing, checking, testing, rolling back and recording deployments. */
  readonly deployRunner: PlannedRole;
  /** The deploy workflow's job that synthesizes; it runs code of the repository. */
  readonly assembler?: PlannedRole;
  /** The deploy workflow's jobs that decide, check and tell. */
  readonly preparer?: PlannedRole;
  /** Of the function that starts workflows through a GitHub App. */
  readonly starter?: PlannedRole;
  /** EventBridge's, has failed deployments recorded, and endpoints that went back. */
  readonly recordTrigger: PlannedRole;
  /** Assumed by people who approve deployments, and have versions rolled back or tried again. */
  readonly releaser: PlannedRole;
  /** Of the function that trains the model again; only where something asks for that. */
  readonly retrainer?: PlannedRole;
}

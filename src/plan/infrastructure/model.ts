import type { EnvironmentType } from '../../options/deployment-group';
import type { Place } from '../place';
import type { PlannedRole, RoleIds } from '../roles/role-model';
import type { PlannedTier } from '../stacks/stack';

/**
 * What a delivery has once in the tooling account: the bus and the topic, and the pipeline that deploys the
 * infrastructure.
 */
export interface NamedInfrastructure {
  readonly place: Place;
  readonly stack: string;
  readonly keyAlias: string;
  /** Bus that events of all build environments arrive at, and its ARN. */
  readonly bus: string;
  readonly busArn: string;
  /** Id of the statement that lets other accounts put events on the bus. */
  readonly busStatement: string;
  readonly archive: string;
  /** Prefix of rules and alarms about failures of the infrastructure pipeline. */
  readonly failures: string;
  /** Name of the topic that is made; undefined when there is one already. */
  readonly topic?: string;
  /** ARN of the topic, created by the delivery or not. */
  readonly topicArn: string;
  /** Topic of messages for chat applications, and the configurations of channels; only where there are channels. */
  readonly chat?: { readonly topic: string; readonly slack?: string; readonly teams?: string };
  readonly chatTopicArn?: string;
  /** The pipeline; undefined when the infrastructure is deployed manually, or by a workflow. */
  readonly pipeline?: NamedInfrastructurePipeline;
  /** The workflow that deploys the infrastructure, where GitHub Actions runs the delivery. */
  readonly workflow?: NamedInfrastructureWorkflow;
  readonly roles: RoleIds<InfrastructureRoles>;
}

/** The same with the stages of the pipeline, and roles. */
export interface PlannedInfrastructure extends NamedInfrastructure {
  readonly pipeline?: PlannedInfrastructurePipeline;
  readonly workflow?: PlannedInfrastructureWorkflow;
  readonly roles: InfrastructureRoles;
}

/** The pipeline that deploys the infrastructure, by its names. */
export interface NamedInfrastructurePipeline {
  readonly name: string;
  /** Its stack, which comes after all others. */
  readonly stack: string;
  readonly keyAlias: string;
  readonly bucket: string;
  readonly synthProject: string;
  /** For each type of account, the project that deploys to exactly those. */
  readonly deployers: readonly NamedDeployer[];
  readonly commitRule: string;
  /** State machine that looks at the changed paths of a commit; only for CodeCommit. */
  readonly commitGate: string;
}

/** The same with what it deploys. */
export interface PlannedInfrastructurePipeline extends NamedInfrastructurePipeline {
  /** The first of its stages: the pipeline brings itself up to date, with what it cannot work without. */
  readonly self: PlannedTier;
  /** The stages after that. */
  readonly tiers: readonly PlannedTier[];
}

/** The workflow that deploys the infrastructure, by its names. */
export interface NamedInfrastructureWorkflow {
  /** Its file in `.github/workflows`, without its ending. */
  readonly name: string;
  /** The stack with its roles and tools, which comes after all others. */
  readonly stack: string;
  /** Key of what is in that stack. */
  readonly keyAlias: string;
  /** Parameter that says where the tools are. */
  readonly toolsParameter: string;
  /** Table of approvals; only where people approve in AWS and their decisions are not recorded. */
  readonly approvals?: string;
  /** State machine that people start to decide about a change; only where decisions are recorded. */
  readonly decisions?: string;
  /** For each type of account, the places that are deployed to. */
  readonly deployers: readonly Omit<NamedDeployer, 'project'>[];
  /** The environment of the host for each stage, by the key of the stage. */
  readonly hostEnvironments: { readonly [stage: string]: string };
}

/** The same with what it deploys. */
export interface PlannedInfrastructureWorkflow extends NamedInfrastructureWorkflow {
  /** The first of its stages: its own roles and tools, with what it cannot work without. */
  readonly self: PlannedTier;
  /** The stages after that. */
  readonly tiers: readonly PlannedTier[];
}

/** Key of the stage in which the infrastructure's pipeline or workflow deploys what it stands on. */
export const SELF = 'self';

/** What deploys to the accounts of one type. */
export interface NamedDeployer {
  readonly type: EnvironmentType;
  readonly project: string;
  readonly places: readonly Place[];
}

/** The roles of the infrastructure pipeline, of which there are none if it is deployed manually, and of channels. */
export interface InfrastructureRoles {
  /** Amazon Q Developer's in chat applications; it may do nothing. */
  readonly chat?: PlannedRole;
  /** CodePipeline's. */
  readonly pipeline?: PlannedRole;
  /** CodeBuild's for the synth: it sees the code and nothing else. */
  readonly synth?: PlannedRole;
  /** The workflow's for showing what would change: it may only read. */
  readonly differ?: PlannedRole;
  /** CodeBuild's, or the workflow's, for deployments to accounts of one type: assumes the roles of the CDK bootstrap there. */
  readonly deployerDev?: PlannedRole;
  readonly deployerPreprod?: PlannedRole;
  readonly deployerProd?: PlannedRole;
  /** EventBridge's, hands commits to the commit gate; only for CodeCommit. */
  readonly trigger?: PlannedRole;
  /** The commit gate's own; only for CodeCommit. */
  readonly commitGate?: PlannedRole;
  /** Assumed by people who approve what changes; only where a stage waits for one. */
  readonly approver?: PlannedRole;
}

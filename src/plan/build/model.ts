import type { EnvironmentType } from '../../options/deployment-group';
import type { NetworkOptions } from '../../options/network';
import type { Place } from '../place';
import type { PlannedRole } from '../roles/role-model';

/** Where a group's model is built and registered, by its names. */
export interface NamedBuild {
  readonly name: string;
  readonly type: EnvironmentType;
  readonly place: Place;
  readonly network?: NetworkOptions;
  readonly s3AccessLogsBucketArn?: string;
  /** Keys that the training data is encrypted with. */
  readonly inputDataKeyArns: readonly string[];
  readonly stack: string;
  readonly keyAlias: string;
  readonly artifactBucket: string;
  readonly modelPackageGroup: string;
  /** Whether the group is there already. */
  readonly existingModelPackageGroup: boolean;
  /** Key that is there already; `keyAlias` is given to it. */
  readonly kmsKeyArn?: string;
  readonly pipelineName: string;
  /** Rule that forwards approvals and rejections to the delivery's bus in the tooling account. */
  readonly approvalRule: string;
  /** Rule that forwards the calls that decide, as CloudTrail saw them; only with approval records. */
  readonly decisionRule?: string;
  /** Rule that forwards failures to it. */
  readonly failureRule: string;
  /** Rule that has each registered package sealed. */
  readonly sealRule: string;
  /** Project that seals. */
  readonly sealProject: string;
  /** Queue of events that could not be forwarded, and the alarm on it. */
  readonly undelivered: string;
  readonly repositories: readonly PlannedRepository[];
}

/** A build environment with who is let in. */
export interface PlannedBuild extends NamedBuild {
  /** Other accounts that look at the model package group, sorted, each once. */
  readonly readerAccounts: readonly string[];
  /** Roles of other accounts that read the artifacts. */
  readonly artifactReaders: readonly string[];
  /** Roles of other accounts that pull images of the group's own repositories. */
  readonly imageReaders: readonly string[];
}

/** A repository for container images in a build environment. */
export interface PlannedRepository {
  /** The option's name. */
  readonly name: string;
  /** Name in ECR, or the prefix of what is fetched from another registry. */
  readonly repository: string;
  readonly upstream?: { readonly registryUrl: string; readonly credentialArn?: string };
}

/** The roles of a build environment. */
export interface BuildRoles {
  /** Assumed by the build project: uploads code, updates and starts the SageMaker pipeline. */
  readonly build: PlannedRole;
  /** The SageMaker pipeline's own: starts jobs, registers the model. */
  readonly pipeline: PlannedRole;
  /** Processing jobs. */
  readonly processing: PlannedRole;
  /** Training jobs. */
  readonly training: PlannedRole;
  /** Seals registered packages; no code of the repository runs with it. */
  readonly sealer: PlannedRole;
  /** EventBridge's, starts the sealing of a package. */
  readonly sealTrigger: PlannedRole;
  /** EventBridge's, forwards events to the bus in the tooling account. */
  readonly forwarder: PlannedRole;
  /** Assumed by people who approve or reject model packages. */
  readonly approver: PlannedRole;
  /** Approves by rule; assumed by the function that checks the rules. */
  readonly ruleApprover?: PlannedRole;
  /** Sets what was decided in Jira; assumed by the function that follows the issues. */
  readonly jiraApprover?: PlannedRole;
  /** Takes a refused approval back: it can set no status but the one that waits. */
  readonly refuser?: PlannedRole;
  /** Move versions between stages of their life cycle, each after deployments to environments of one type. */
  readonly toQa?: PlannedRole;
  readonly toPreProduction?: PlannedRole;
  readonly toProduction?: PlannedRole;
  /** ECR's, makes repositories for images that it fetches from other registries; only where it does. */
  readonly repositories?: PlannedRole;
}

import type { DeliveryGovernance } from './govern/settings';
import type { Place } from './place';
import type { DeliveryOptions } from '../options/delivery';
import type { EngineOptions } from '../options/delivery-engine';
import type {
  BuildEnvironmentOptions, DeployEnvironmentOptions, DeploymentGroupOptions,
} from '../options/deployment-group';
import type { EndpointOptions, EndpointOverrideOptions } from '../options/endpoint';
import type { GithubActionsOptions } from '../options/github-actions';
import type { GitlabCiOptions } from '../options/gitlab-ci';
import type { InfrastructureOptions } from '../options/infrastructure';
import type { NotificationOptions } from '../options/notifications';
import type { Filled } from '../options/schemas/filled';
import type { SmokeTestOptions } from '../options/smoke-test';
import type { SourceOptions } from '../options/source';
import type { UpgradeOptions } from '../options/upgrade';

/**
 * The delivery with every default filled in; the content of `config/delivery.json`.
 *
 * Fixed defaults come from the declarations; what is written out here has a default that follows from other options.
 */
export type DeliverySettings = Omit<
  Filled<'DeliveryOptions', DeliveryOptions>,
  'source' | 'deploymentGroups' | 'endpoint' | 'infrastructure' | 'tooling' | 'upgrade' | 'notifications' | 'governance'
  | 'engine'
> & {
  readonly source: DeliverySource;
  readonly engine: DeliveryEngineSettings;
  readonly tooling: Place;
  readonly deploymentGroups: readonly DeliveryGroup[];
  readonly endpoint: DeliveryEndpoint;
  readonly infrastructure: DeliveryInfrastructure;
  readonly upgrade: Filled<'UpgradeOptions', UpgradeOptions>;
  readonly notifications: Filled<'NotificationOptions', NotificationOptions>;
  readonly governance: DeliveryGovernance;
};

/** `github` only where workflows of GitHub run the delivery, `gitlab` only where pipelines of GitLab do. */
export type DeliveryEngineSettings = Omit<Filled<'EngineOptions', EngineOptions>, 'github' | 'gitlab'> & {
  readonly github?: Filled<'GithubActionsOptions', GithubActionsOptions>;
  readonly gitlab?: Filled<'GitlabCiOptions', GitlabCiOptions>;
};

/** `create` only for CodeCommit, `connectionArn` only for everything else. */
export type DeliverySource = Filled<'SourceOptions', SourceOptions> & { readonly repository: string };

export type DeliveryGroup = Omit<
  Filled<'DeploymentGroupOptions', DeploymentGroupOptions>, 'buildEnvironment' | 'deployEnvironments'
> & {
  readonly sourceBranch: string;
  readonly buildEnvironment: DeliveryBuildEnvironment;
  readonly deployEnvironments: readonly DeliveryDeployEnvironment[];
};

/** `existingModelPackageGroup` is true, or not given. */
export type DeliveryBuildEnvironment = Omit<
  Filled<'BuildEnvironmentOptions', BuildEnvironmentOptions>, 'existingModelPackageGroup'
> & { readonly existingModelPackageGroup?: boolean };

/** Of environments that are deployed to `kmsKeyArn` is in `endpoint`. */
export type DeliveryDeployEnvironment = Omit<
  Filled<'DeployEnvironmentOptions', DeployEnvironmentOptions>, 'existingModelPackageGroup'
> & {
  readonly existingModelPackageGroup?: boolean; readonly manualApproval: boolean;
  readonly endpoint: EndpointOverrideOptions;
};

export type DeliveryEnvironment = DeliveryBuildEnvironment | DeliveryDeployEnvironment;

export type DeliveryEndpoint = Omit<Filled<'EndpointOptions', EndpointOptions>, 'smokeTest'> & {
  readonly smokeTest: DeliverySmokeTest;
};

export type DeliverySmokeTest = Filled<'SmokeTestOptions', SmokeTestOptions>;

export type DeliveryInfrastructure = Omit<Filled<'InfrastructureOptions', InfrastructureOptions>, 'source'> & {
  readonly source: DeliverySource; readonly sourceBranch: string; readonly diffApproval: boolean;
  readonly bootstrapQualifier: string;
};

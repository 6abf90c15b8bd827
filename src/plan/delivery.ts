import type { Place } from './place';
import type { ContainerRepositoryOptions } from '../options/container-repository';
import type { EnvironmentType } from '../options/deployment-group';
import type { EndpointKind, EndpointOverrideOptions } from '../options/endpoint';
import type { NetworkOptions } from '../options/network';
import type { PromotionOptions } from '../options/promotion';
import type { SourceType } from '../options/source';

/** The delivery with every default filled in; the content of `config/delivery.json`. */
export interface Delivery {
  readonly name: string;
  readonly source: DeliverySource;
  readonly tooling: Place;
  readonly deploymentGroups: readonly DeliveryGroup[];
  readonly endpoint: DeliveryEndpoint;
  readonly infrastructure: DeliveryInfrastructure;
  readonly network?: NetworkOptions;
  readonly permissionsBoundaryName?: string;
  readonly s3AccessLogsBucketArn?: string;
  readonly tags: { readonly [key: string]: string };
  readonly upgrade: DeliveryUpgrade;
  readonly notifications: DeliveryNotifications;
  readonly containerRepositories: readonly ContainerRepositoryOptions[];
  readonly promotion?: PromotionOptions;
}

export interface DeliveryNotifications {
  readonly emailAddresses: readonly string[];
  readonly topicArn?: string;
}

export interface DeliveryUpgrade {
  readonly schedule: string;
  readonly pullRequests: boolean;
}

export interface DeliverySource {
  readonly type: SourceType;
  readonly repository: string;
  /** Only for CodeCommit. */
  readonly create?: boolean;
  /** For everything but CodeCommit. */
  readonly connectionArn?: string;
  readonly ignoredPaths: readonly string[];
}

export interface DeliveryGroup {
  readonly name: string;
  readonly sourceBranch: string;
  readonly parameters: { readonly [name: string]: unknown };
  readonly buildEnvironment: DeliveryBuildEnvironment;
  readonly deployEnvironments: readonly DeliveryDeployEnvironment[];
}

export interface DeliveryEnvironment extends Place {
  readonly name: string;
  readonly type: EnvironmentType;
  readonly network?: NetworkOptions;
  readonly s3AccessLogsBucketArn?: string;
  /** Only of build environments; those that are deployed to have it in `endpoint`. */
  readonly kmsKeyArn?: string;
  /** True, or not given. */
  readonly existingModelPackageGroup?: boolean;
}

export interface DeliveryBuildEnvironment extends DeliveryEnvironment {
  readonly inputDataKeyArns?: readonly string[];
}

export interface DeliveryDeployEnvironment extends DeliveryEnvironment {
  readonly manualApproval: boolean;
  readonly parallelWithPrevious: boolean;
  readonly endpoint: EndpointOverrideOptions;
}

export interface DeliveryEndpoint {
  readonly kind: EndpointKind;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly dataCapturePercentage: number;
  readonly dataCaptureRetentionDays: number;
  readonly kmsKeyArn?: string;
  readonly smokeTest: DeliverySmokeTest;
}

export interface DeliverySmokeTest {
  readonly body: string;
  readonly contentType: string;
  readonly accept: string;
  readonly maxLatencySeconds: number;
}

export interface DeliveryInfrastructure {
  readonly pipeline: boolean;
  readonly source: DeliverySource;
  readonly sourceBranch: string;
  readonly bootstrapQualifier: string;
  readonly diffApproval: boolean;
  readonly installCommands: readonly string[];
  readonly synthCommand: string;
  readonly files: readonly string[];
}

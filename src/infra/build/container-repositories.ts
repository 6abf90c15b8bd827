import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { PlannedRepository } from '../../plan/build/model';
import type { PlannedGroup } from '../../plan/model';
import type { DeliveryGroupProps } from '../group-props';
import { letIn } from '../shared/foreign-roles';
import { groupOf, planOf } from '../shared/plan';
import { makeRole } from '../shared/planned-role';

/** Properties of a group's repositories. */
export interface ContainerRepositoriesProps extends DeliveryGroupProps {
  /** Encrypts the images, in the build environment's account and region. */
  readonly key: IKey;
}

/** Days after which an image without a tag is removed: long enough for a build that is still running to tag it. */
const UNTAGGED_DAYS = 14;

const UNTAGGED = `Images without a tag expire after ${UNTAGGED_DAYS} days`;

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/**
 * The ECR repositories of a deployment group's build environment: private, encrypted, scanned at each push, tags
 * immutable, retained when the stack is deleted. From other accounts, only the roles of the group's models pull.
 *
 * A repository with `pullThroughCache` is a prefix: on the first pull of an image, ECR creates a repository for it
 * below the prefix, in the build account. The tags of these repositories are mutable, because a tag that moves in the
 * upstream registry must move here too (ECR user guide, "Pull through cache").
 *
 * @throws OptionError when the delivery is invalid or has no such group
 */
export class ContainerRepositories extends Construct {
  /** Repositories that images are pushed to, by the names in the options. */
  public readonly repositories: { [name: string]: ecr.Repository } = {};
  /** Pull-through caches of upstream registries, by the names in the options. */
  public readonly caches: { [name: string]: ecr.CfnPullThroughCacheRule } = {};

  public constructor(scope: Construct, id: string, props: ContainerRepositoriesProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const group = groupOf(plan, props.group);
    const role = group.roles.repositories && makeRole(
      this,
      'Role',
      group.roles.repositories,
      { key: props.key.keyArn },
    );
    for (const planned of group.build.repositories) {
      if (planned.upstream && role) {
        this.caches[planned.name] = this.makeCache(planned, group, props.key, role, plan.delivery.tags);
      } else {
        this.repositories[planned.name] = this.makeRepository(planned, group, props.key);
      }
    }
  }

  private makeRepository(planned: PlannedRepository, group: PlannedGroup, key: IKey): ecr.Repository {
    const repository = new ecr.Repository(this, planned.name, {
      repositoryName: planned.repository,
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: ecr.RepositoryEncryption.KMS,
      encryptionKey: key,
      lifecycleRules: [{
        description: UNTAGGED,
        tagStatus: ecr.TagStatus.UNTAGGED,
        maxImageAge: Duration.days(UNTAGGED_DAYS),
      }],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.pullers(group, PULL).forEach(statement => repository.addToResourcePolicy(statement));
    return repository;
  }

  private makeCache(
    planned: PlannedRepository, group: PlannedGroup, key: IKey, role: iam.Role,
    tags: { readonly [key: string]: string },
  ): ecr.CfnPullThroughCacheRule {
    const pullers = this.pullers(group, [...PULL, 'ecr:BatchImportUpstreamImage']);
    const template = new ecr.CfnRepositoryCreationTemplate(this, `${planned.name}Template`, {
      prefix: planned.repository,
      appliedFor: ['PULL_THROUGH_CACHE'],
      description: `Images of ${planned.upstream!.registryUrl}`,
      imageTagMutability: 'MUTABLE',
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: key.keyArn },
      lifecyclePolicy: JSON.stringify({
        rules: [{
          rulePriority: 1,
          description: UNTAGGED,
          selection: {
            tagStatus: 'untagged',
            countType: 'sinceImagePushed',
            countUnit: 'days',
            countNumber: UNTAGGED_DAYS,
          },
          action: { type: 'expire' },
        }],
      }),
      repositoryPolicy: pullers.length > 0
        ? Stack.of(this).toJsonString(new iam.PolicyDocument({ statements: pullers }).toJSON())
        : undefined,
      resourceTags: Object.entries(tags).map(([name, value]) => ({ key: name, value })),
      // With a key or tags ECR needs a role of the account's own (ECR user guide, "Create an IAM role for repository
      // creation templates").
      customRoleArn: role.roleArn,
    });
    const rule = new ecr.CfnPullThroughCacheRule(this, planned.name, {
      ecrRepositoryPrefix: planned.repository,
      upstreamRegistryUrl: planned.upstream!.registryUrl,
      credentialArn: planned.upstream!.credentialArn,
    });
    // The first image that is asked for must find its template.
    rule.addResourceDependency(template);
    return rule;
  }

  private pullers({ build }: PlannedGroup, actions: readonly string[]): iam.PolicyStatement[] {
    return build.imageReaders.length > 0 ? [letIn(this, { sid: 'Pull', roles: build.imageReaders, actions })] : [];
  }
}

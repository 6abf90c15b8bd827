import type { PlannedRole } from '../../../../src/plan/roles/role-model';
import type { AwsResource } from '../../../../testing/iam/policies';
import type { World } from '../../iam/calls/world';

/** Who and what is in the table, of the delivery with every control. */
export function castOf(world: World) {
  const { plan } = world;
  const [dev, main] = plan.groups;
  const [staging, prod] = main.environments;
  const role = (planned: PlannedRole | undefined): string => {
    if (!planned) { throw new Error('the delivery has no such role'); }
    return world.role(planned);
  };
  const resources = (type: string): AwsResource[] => world.resourcesOf(type);
  const version = (group: typeof main, n = 1) =>
    world.arn(group.build.place, 'sagemaker', `model-package/${group.build.modelPackageGroup}/${n}`);
  const groupOf = (group: typeof main) =>
    world.arn(group.build.place, 'sagemaker', `model-package-group/${group.build.modelPackageGroup}`);
  const audit = plan.governance.audit!;
  const administrator = (account: string) => `arn:aws:iam::${account}:role/administrator`;
  const all = [...world.policies.roles.keys()];
  return {
    dev, main, staging, prod, role, resources, version, groupOf, administrator,
    all, allBut: (...but: readonly string[]) => all.filter(arn => !but.includes(arn)),
    accounts: [...new Set(world.policies.stacks.map(stack => stack.account))],
    evidence: world.bucket(audit.evidenceBucket!, audit.place),
    trailBucket: world.bucket(audit.trailBucket!, audit.place),
    records: world.bucket(main.pipelines.records, main.pipelines.place),
    trails: audit.trails.flatMap(({ place, trail }) => (
      trail ? [world.arn(place, 'cloudtrail', `trail/${trail.name}`)] : [])),
    keys: resources('AWS::KMS::Key').map(key => key.arn),
    endpoint: (environment: typeof prod) => world.arn(environment.place, 'sagemaker', `endpoint/${environment.endpointName}`),
    config: world.arn(prod.place, 'sagemaker', 'endpoint-config/EndpointConfigA1B2'),
    approval: (stage: string) =>
      world.arn(main.pipelines.place, 'codepipeline', `${main.pipelines.deployPipeline}/${stage}`),
    infrastructureApproval: world.arn(
      plan.infrastructure.place, 'codepipeline', `${plan.infrastructure.pipeline!.name}/Deploy-prod/Approve`,
    ),
    artifacts: (group: typeof main) => world.bucket(group.build.artifactBucket, group.build.place),
    bus: world.fill(plan.infrastructure.busArn, plan.infrastructure.place),
  };
}

export type Cast = ReturnType<typeof castOf>;

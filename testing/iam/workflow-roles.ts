import type { IamRole, Policies } from './policies';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';
import type { PlannedRole } from '../../src/plan/roles/role-model';
import { DELIVERIES } from '../deliveries/deliveries';

/** What a token says of the job that it is for, as `Origin` of the simulator takes it. */
export interface Origin {
  readonly owner: string;
  readonly owner_id: number;
  readonly name: string;
  readonly repository_id: number;
  readonly file: string;
  readonly ref: string;
  readonly environment: string;
  readonly event: string;
}

/** A role that jobs of workflows take on, with the jobs that are meant to. */
export interface RoleOfJobs {
  readonly role: PlannedRole;
  /** Jobs that differ in nothing but what they do are one. */
  readonly origins: readonly Origin[];
}

/** The roles of a delivery's workflows, each with the jobs of which it is. */
export function rolesOfJobs(name: string): RoleOfJobs[] {
  const plan = planDelivery(normaliseDelivery(DELIVERIES[name]));
  const { source, engine: { github }, infrastructure: { sourceBranch } } = plan.delivery;
  const [owner, repository] = source.repository.split('/');
  const from = (file: string, branch: string, event: string, environment = ''): Origin => ({
    owner, owner_id: Number(github!.ownerId), name: repository, repository_id: Number(github!.repositoryId), file,
    ref: `refs/heads/${branch}`, environment, event,
  });
  const { workflow, roles: { differ, deployerDev, deployerPreprod, deployerProd } } = plan.infrastructure;
  const changes = (...stages: string[]) => stages.map(stage =>
    from(`${workflow!.name}.yml`, sourceBranch, 'push', `infrastructure-${stage}`));
  return [
    ...plan.groups.flatMap(({ name: group, sourceBranch: branch, roles, environments }): RoleOfJobs[] => {
      const deploys = (environment?: string) => [
        from(`deploy-${group}.yml`, github!.defaultBranch, 'workflow_dispatch', environment),
      ];
      return [
        { role: roles.buildRunner, origins: [from(`build-${group}.yml`, branch, 'push')] },
        { role: roles.assembler!, origins: deploys() }, { role: roles.preparer!, origins: deploys() },
        ...environments.map(e => ({ role: e.roles.shipper!, origins: deploys(`${group}-${e.name}`) })),
      ];
    }),
    { role: differ!, origins: [from(`${workflow!.name}.yml`, sourceBranch, 'push')] },
    ...(deployerDev ? [{ role: deployerDev, origins: changes('dev') }] : []),
    ...(deployerPreprod ? [{ role: deployerPreprod, origins: changes('preprod') }] : []),
    { role: deployerProd!, origins: changes('self', 'prod') },
  ];
}

/** Roles of templates that trust GitHub. */
export function trustingGithub({ roles }: Policies): IamRole[] {
  return [...roles.values()].filter(({ trust }) => trust.Statement.some(({ Principal: principal }) =>
    JSON.stringify(principal).includes('token.actions.githubusercontent.com')));
}

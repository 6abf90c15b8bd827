import type { Call, Step, World } from './world';
import type { EnvironmentType } from '../../../../src/options/deployment-group';
import { STAGE_ROLES } from '../../../../src/plan/build/stage-roles';
import { deploymentMoves, type Move } from '../../../../src/plan/govern/stages';
import type { PlannedGroup } from '../../../../src/plan/model';

/** A move of a version's life cycle. */
export function moved(version: string, { from, to, status }: Move): Call {
  return {
    action: 'sagemaker:UpdateModelPackage', resource: version, context: {
      'sagemaker:ModelLifeCycle:Stage': to, 'sagemaker:ModelLifeCycle:StageStatus': status,
      ...(from ? { 'sagemaker:CurrentModelLifeCycleStage': from } : {}),
    },
  };
}

/** What the roles that move versions call, after deployments to environments of each type. */
export function stageSteps(world: World, { build, environments, roles }: PlannedGroup): Step[] {
  const version = world.arn(build.place, 'sagemaker', `model-package/${build.modelPackageGroup}/1`);
  const all = deploymentMoves(environments.map(({ type }) => type));
  return Object.entries(STAGE_ROLES).flatMap(([type, key]): Step[] => {
    const [role, moves] = [roles[key], all[type as EnvironmentType]];
    return role && moves ? [{
      principal: world.role(role),
      name: `stages after deployments to ${type}`,
      source: 'tools/deploy/life_cycle.py',
      calls: Object.values<Move>({ ...moves }).map(move => moved(version, move)),
    }] : [];
  });
}

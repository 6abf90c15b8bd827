import type { BuildRoles } from './model';
import { EnvironmentType } from '../../options/deployment-group';
import { moveStage } from '../govern/decision-grants';
import { deploymentMoves } from '../govern/stages';
import type { NamedGroup } from '../model';
import type { Grant, PlannedRole } from '../roles/role-model';

/** Which role moves versions after a deployment to an environment of a type. */
export const STAGE_ROLES = {
  [EnvironmentType.DEV]: 'toQa',
  [EnvironmentType.PREPROD]: 'toPreProduction',
  [EnvironmentType.PROD]: 'toProduction',
} as const;

/**
 * The roles that move versions from stage to stage, one for each type of environment: none can leave a stage out, though
 * deployments assume all of them.
 */
export function stageRoles(
  { build, environments, roles }: NamedGroup,
): Pick<BuildRoles, typeof STAGE_ROLES[EnvironmentType]> {
  const movers = (type: string) => [roles.deployRunner.arn, ...environments.filter(e => e.type === type)
    .flatMap(e => e.roles.shipper?.arn ?? [])];
  const all = deploymentMoves(environments.map(({ type }) => type));
  return Object.fromEntries(Object.entries(STAGE_ROLES).flatMap(([type, key]): Array<[string, PlannedRole]> => {
    const [id, moves] = [roles[key], all[type as EnvironmentType]];
    if (!id || !moves) { return []; }
    const { proven, returned, replaced, restored } = moves;
    const grants: Grant[] = [
      moveStage(build, 'Proven', [proven], `Moves a proven version from ${proven.from} to ${proven.to}.`),
      moveStage(build, 'Returned', [returned], 'Returns a version that was rolled back to the stage before.'),
      ...(replaced ? [moveStage(build, 'Replaced', [replaced], 'Archives the version that was replaced.')] : []),
      ...(restored ? [moveStage(build, 'Restored', [restored], 'Restores a version after a rollback to it.')] : []),
    ];
    return [[key, {
      ...id,
      purpose: `Assumed after deployments to environments of type ${type}: moves versions to the stage ${proven.to}.`,
      assumedBy: { roles: movers(type) },
      grants,
    }]];
  }));
}

import { EnvironmentType } from '../../options/deployment-group';
import { ENVIRONMENT_TYPES } from '../../options/knowledge/environment-types';

/** Where a version is in its life; SageMaker takes any name for a stage and its status (API, ModelLifeCycle). */
export type Stage = 'Development' | 'QA' | 'PreProduction' | 'Production' | 'Archived';

/** How a version came to be in its stage. */
export type StageStatus = 'InProgress' | 'Approved' | 'Rejected' | 'Retired';

/** One move of a version; `from` is undefined where it has no stage yet. */
export interface Move {
  readonly from?: Stage;
  readonly to: Stage;
  readonly status: StageStatus;
}

/** The stage of a version that was proven in an environment of a type. */
export const STAGE_OF: { readonly [T in EnvironmentType]: Stage } = {
  [EnvironmentType.DEV]: 'QA',
  [EnvironmentType.PREPROD]: 'PreProduction',
  [EnvironmentType.PROD]: 'Production',
};

/** What a version is when it is registered; sealing says so, since all code of a build is the repository's. */
export const REGISTERED: Move = { to: 'Development', status: 'InProgress' };

/**
 * What people move: a version that nobody wants goes, and comes back to the beginning. Never one in production. The
 * status tells it from one that was replaced there, to which a rollback may return.
 */
export const BY_PEOPLE = {
  withdrawn: ['Development', 'QA', 'PreProduction'].map((from): Move => ({
    from: from as Stage, to: 'Archived', status: 'Rejected',
  })),
  resumed: [{ from: 'Archived', to: 'Development', status: 'InProgress' }] as readonly Move[],
};

/** What deployments to environments of one type move. */
export interface DeploymentMoves {
  /** It was deployed, and the smoke test found it well. */
  readonly proven: Move;
  /** It was rolled back, or its deployment failed after it had been proven. */
  readonly returned: Move;
  /** Another version took its place in production. */
  readonly replaced?: Move;
  /** It is in production again after a rollback. */
  readonly restored?: Move;
}

/**
 * The moves of a group's versions by the type of the environment whose proof makes them. A group without environments of
 * a type has not its stage; none of those that it has is left out.
 */
export function deploymentMoves(
  types: readonly EnvironmentType[],
): { readonly [T in EnvironmentType]?: DeploymentMoves } {
  const own = ENVIRONMENT_TYPES.filter(type => types.includes(type));
  return Object.fromEntries(own.map((type, i): [EnvironmentType, DeploymentMoves] => {
    const before = i === 0 ? REGISTERED.to : STAGE_OF[own[i - 1]];
    const to = STAGE_OF[type];
    return [type, {
      proven: { from: before, to, status: 'Approved' },
      returned: { from: to, to: before, status: 'Rejected' },
      ...(type === EnvironmentType.PROD ? {
        replaced: { from: to, to: 'Archived', status: 'Retired' },
        restored: { from: 'Archived', to, status: 'Approved' },
      } : {}),
    }];
  }));
}

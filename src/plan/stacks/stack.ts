import type { EnvironmentType } from '../../options/deployment-group';
import type { Place } from '../place';

/** A kind of stack; what makes it one is said by its entry in `kinds.ts`, and in `src/infra/stack-builders.ts`. */
export type StackKind =
  | 'source' | 'infrastructure' | 'promotion' | 'build' | 'environment' | 'replica' | 'delivery' | 'pipeline'
  | 'endpoint' | 'audit' | 'trail' | 'governance';

/** What an entry says about each stack of its kind. */
export interface StackOfKind {
  readonly name: string;
  readonly place: Place;
  /** What the environment is for that it belongs to; undefined in the tooling account. */
  readonly type?: EnvironmentType;
  /** Names of the stacks that must be there first. */
  readonly needs: readonly string[];
  /** Deployment group, and environment of it, that the stack belongs to. */
  readonly group?: string;
  readonly environment?: string;
}

/** A CloudFormation stack of the delivery. */
export interface PlannedStack extends StackOfKind {
  readonly kind: StackKind;
  /** Who deploys it: `cdk deploy` and the infrastructure pipeline, or the group's deploy pipeline. */
  readonly deployedBy: 'infrastructure' | 'deploy-pipeline';
}

/** A stage of the infrastructure pipeline. */
export interface PlannedTier {
  /** Name of the stage. */
  readonly name: string;
  /** The highest type of the accounts that it deploys to; the tooling account counts as production. */
  readonly type: EnvironmentType;
  /** Whether a person must approve what would change first. */
  readonly manualApproval: boolean;
  /** Names of the stacks: those of an entry are deployed side by side, after those of the entries before. */
  readonly waves: ReadonlyArray<readonly string[]>;
}

import type { Assembly } from '../../testing/journey/assembly';

/** A fault in the delivery that the journey must notice, and by what. */
export interface Mutation {
  readonly name: string;
  readonly change: (assembly: Assembly) => void;
  /** The deployment group that is looked at; "main" unless given. */
  readonly group?: string;
  /** The scenes in which it must show. */
  readonly scenes: readonly string[];
  /** What the journey has to say. */
  readonly noticed: RegExp;
}

import type { Grant } from '../../roles/role-model';
import type { NamedEnvironment } from '../model';

/**
 * The plan's side of a kind of endpoint: what it asks of the roles around it, beside what every model needs, and what
 * proves a deployment. Its resources are in `src/infra/endpoint/kinds`, what has to be there before it in
 * `src/accounts/endpoint-kinds.ts`; the compiler asks for all three.
 */
export interface PlannedEndpointKind {
  /** CloudFormation's role: its resources beside the model. */
  readonly made: (environment: NamedEnvironment) => readonly Grant[];
  /** CloudFormation's role: the environment's key, for what it runs on. */
  readonly encrypted: (environment: NamedEnvironment) => readonly Grant[];
  /** The running model's role: what the service writes in its name. */
  readonly written: (environment: NamedEnvironment) => readonly Grant[];
  /** The role of checks and smoke test: what is looked at, and asked. */
  readonly asked: (environment: NamedEnvironment) => readonly Grant[];
  /** The tool of `tools/deploy` that proves a deployment. */
  readonly smokeTest: string;
}

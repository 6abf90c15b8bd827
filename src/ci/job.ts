import type { BuildRoles } from '../plan/build/model';
import type { PipelineRoles } from '../plan/deploy/model';
import type { InfrastructureRoles } from '../plan/infrastructure/model';
import type { PromotionRoles } from '../plan/promotion/model';
import type { UpgradeRoles } from '../plan/upgrade/model';

/** What an engine calls things; a command that needs such a word is made with it. */
export interface EngineWords {
  /** Where the log of this run is, as a word of the shell. */
  readonly log: string;
  /** The file whose Markdown is shown with this run, as a word of the shell; where there is one. */
  readonly summary?: string;
  /** The folder of one of the job's further inputs, as a word of the shell. */
  folderOf(input: string): string;
}

/** A command of bash. */
export type Command = string | ((engine: EngineWords) => string);

/** One step of a job. Its commands share a shell; the next step may have another one. */
export interface Step {
  readonly name:
    | 'install' | 'test' | 'compile' | 'upload' | 'upsert' | 'start'
    | 'synth' | 'prepare' | 'verify' | 'rollBack' | 'record' | 'change' | 'seal' | 'promote' | 'upgrade' | 'keep'
    | 'take' | 'finish' | 'tell' | 'offer' | 'lint' | 'compare';
  /** What it is for the engine: bringing tools in, testing, or the work itself. Steps stand in this order. */
  readonly kind: 'install' | 'test' | 'work';
  readonly commands: readonly Command[];
}

/** A variable that the commands of a job read. */
export interface Variable {
  readonly name: string;
  /** Whether it is the same in each run, from the plan, or each run is given its own. */
  readonly from: 'plan' | 'run';
  /** Given only in some deliveries, or in some ways of running the job. */
  readonly optional?: true;
}

/** The role that a job runs with, by its place in the plan. */
export type JobRole =
  | `group.${keyof (BuildRoles & PipelineRoles)}`
  | `infrastructure.${keyof InfrastructureRoles}`
  | `upgrade.${keyof UpgradeRoles}`
  | `promotion.${keyof PromotionRoles}`
  | `environment.${'shipper'}`;

/** What a job leaves for others. */
export interface Outputs {
  /** Folder that it passes on, with everything in it; otherwise the files are those of the working directory. */
  readonly folder?: string;
  readonly files?: readonly string[];
  /** Variables of its last step's shell that later jobs and approvals read. */
  readonly variables?: readonly string[];
}

/**
 * What runs in one go, in a fresh shell with the rights of one role, the same whatever engine runs it. The first
 * command that fails ends it.
 */
export interface Job {
  readonly name: string;
  /** None for a job that calls nothing of AWS. */
  readonly role?: JobRole;
  /** Versions of languages, by the names that engines have for them. */
  readonly tools: { readonly python?: string; readonly nodejs?: string };
  /** What it gets; the first one is its working directory. */
  readonly inputs: readonly string[];
  readonly variables: readonly Variable[];
  readonly steps: readonly Step[];
  readonly outputs?: Outputs;
  /** The ways in which it is run, with the variables that make the difference; one way unless given. */
  readonly ways?: { readonly [name: string]: { readonly [variable: string]: string } };
  /** Whether it pushes to the repository that it works on. */
  readonly pushes?: true;
}

/** A job that calls nothing of AWS: it works with the rights that its repository's host gives it. */
export type HostJob = Job & { readonly role?: undefined };

/** Variables that are all from one place. */
export function variables(from: Variable['from'], ...names: readonly string[]): Variable[] {
  return names.map(name => ({ name, from }));
}

/** The same for those that are not always there. */
export function optional(from: Variable['from'], ...names: readonly string[]): Variable[] {
  return names.map(name => ({ name, from, optional: true }));
}

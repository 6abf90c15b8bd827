/**
 * What a delivery does whatever engine runs it: once made from the plan, and once read back from what was rendered for
 * an engine. Both must be the same.
 */
export interface NeutralDelivery {
  readonly groups: { readonly [name: string]: { readonly build: NeutralRun; readonly deploy: NeutralRun } };
  readonly infrastructure?: NeutralRun;
}

/** Everything that one pipeline, or one workflow, does. */
export interface NeutralRun {
  /** Branch whose pushes start it. */
  readonly branch?: string;
  /** What happens where it is started while it runs. */
  readonly overlap: string;
  /** One after the other. */
  readonly stages: readonly NeutralStage[];
  /** What happens after something of a stage has failed, by the stage. */
  readonly afterFailure: { readonly [stage: string]: readonly string[] };
  /** What a reader has not understood; there must be nothing. */
  readonly strange: readonly string[];
}

export interface NeutralStage {
  readonly name: string;
  /** Whether nothing but checks happens before all checks of the stage are over. */
  readonly checksFirst: boolean;
  /** What happens side by side, by the environment. */
  readonly lanes: { readonly [environment: string]: readonly NeutralAction[] };
}

export interface NeutralAction {
  readonly does: string;
  /** Name of the role that it has. */
  readonly role?: string;
  /** Variables, and where each has its value from. */
  readonly variables: { readonly [name: string]: string };
  /** What it works on, and where that is from. */
  readonly takes: readonly string[];
  /** Who lets what comes after it in. */
  readonly asks?: string;
  /** Whether it runs at the same time as the action before it. */
  readonly beside?: true;
  /** What must hold; it is left out otherwise. */
  readonly onlyIf: readonly string[];
  /** Environment of the host whose reviewers let it in. */
  readonly behind?: string;
  /** What the host lets its job do. */
  readonly host?: readonly string[];
  /** Commands that run code of the repository. */
  readonly runs?: readonly string[];
}

/** A value that stands in the plan. */
export const literal = (text: string): string => `"${anywhere(text)}"`;

/** The execution or run, by which tools tell one from another. */
export const THE_RUN = 'the run';
/** The commit that is built. */
export const COMMIT = 'the commit';
/** Who is asked by a job that waits in AWS; which role those people need is said by the template. */
export const PEOPLE_IN_AWS = 'whoever may put an approval into the table';

/** Variables without those that say where tools are, or which. */
export function without(variables: NeutralAction['variables'], ...names: readonly string[]): NeutralAction['variables'] {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}

/** What says where tools are that a job fetches itself. */
export const LOCATED = ['TOOLS_BUCKET', 'TOOLS_KEY', 'TOOLS_OWNER'] as const;

/** An ARN in whichever partition. */
export function anywhere(text: string): string {
  return text.replace(/\barn:[^:]+:/g, 'arn:partition:');
}

/** What engines do each in their own way: fetching, taking up and telling; and the look before a diff. */
const OF_THE_ENGINE = ['take', 'sweep', 'fetch', 'finish', 'tell', 'roll_back', 'look'];

/** The stages, their order and their gates alone, which no engine may change. */
export function withoutEngine({ groups, infrastructure }: NeutralDelivery): object {
  return {
    groups: Object.fromEntries(Object.entries(groups).map(([name, { build, deploy }]) => [
      name, { build: orderOf(build), deploy: orderOf(deploy) },
    ])),
    infrastructure: infrastructure && orderOf(infrastructure),
  };
}

function orderOf({ stages }: NeutralRun): object {
  const lane = (actions: readonly NeutralAction[]) => actions.filter(({ does }) => !OF_THE_ENGINE.includes(does))
    .map(({ does, beside, runs }) => ({ does, ...(beside ? { beside } : {}), ...(runs ? { runs } : {}) }));
  return stages.map(({ name, checksFirst, lanes }) => ({
    name, checksFirst, lanes: Object.fromEntries(Object.entries(lanes).map(([key, actions]) => [key, lane(actions)])),
  })).filter(({ lanes }) => Object.values(lanes).some(actions => actions.length > 0));
}

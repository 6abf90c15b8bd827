import type { Project } from 'projen';
import type { ModelSettings } from '../../options/model-settings';
import { taskRunner } from '../commands';
import { packageText } from '../package-files';
import { SyncedFile } from '../sync/synced-file';

/** What the documents of a generated repository say about it. */
export interface Described {
  readonly settings: ModelSettings;
  /** The delivery as the source of a Mermaid flowchart. */
  readonly diagram: string;
  readonly rcFile: string;
  /** Whether workflows of the repository's host build and deploy. */
  readonly workflows: boolean;
  /** Whether it scores data in batches. */
  readonly scores: boolean;
}

/**
 * The documents of a generated repository, with its own names, commands and stages: `README.md` for people, `AGENTS.md`
 * for coding agents. Both are synced, so that a team's own lines stay. projen's `AiInstructions` would write a
 * read-only `AGENTS.md` and put the team's lines aside.
 */
export function addDocuments(project: Project, described: Described): void {
  const values = valuesOf(project, described);
  for (const name of ['README.md', 'AGENTS.md']) {
    const text = chosen(packageText('templates', 'docs', name), {
      ejected: project.ejected, scores: described.scores, workflows: described.workflows,
    });
    new SyncedFile(project, name, { content: fill(text, values) });
  }
}

function valuesOf(project: Project, { settings, diagram, rcFile, workflows }: Described): { readonly [name: string]: string } {
  const { metric, comparison, threshold } = settings.qualityGate;
  const python = rcFile.endsWith('.py');
  return {
    name: project.name,
    run: taskRunner(project),
    model: settings.model.name,
    framework: settings.model.framework,
    problemType: settings.model.problemType,
    data: settings.data.inputDataUrl,
    target: settings.data.targetColumn,
    gate: `${metric} ${comparison} ${threshold ?? 'baseline and approved version'}`,
    setting: exampleSetting(settings),
    fit: settings.tuning ? 'Tune' : 'Train',
    diagram,
    engine: workflows ? 'workflow' : 'pipeline',
    retry: workflows ? `\`${taskRunner(project)} deployment:retry\`` : '`--retry <version>`',
    rcFile,
    appFile: python ? 'infra/app.py' : 'infra/app.ts',
    dataOption: python ? 'input_data_url' : 'inputDataUrl',
    dropOption: python ? 'drop_columns' : 'dropColumns',
    targetOption: python ? 'target_column' : 'targetColumn',
    npmNote: python ? '' : ' (npm packages are named in `devDeps`)',
    ownedOption: python ? 'user_owned' : 'userOwned',
    metricsOption: python ? 'custom_metrics' : 'customMetrics',
    gateOption: python ? 'quality_gate' : 'qualityGate',
    wheelNote: python ? ', whose wheel brings projen along as a dependency of its own' : '',
  };
}

/** A hyperparameter of each framework with a value that makes sense, for the command that sets one. */
const EXAMPLES: { readonly [name: string]: number } = { max_depth: 6, max_leaf_nodes: 31 };

function exampleSetting({ training: { hyperparameters }, tuning }: ModelSettings): string {
  // A hyperparameter that is tuned is no parameter.
  const tuned = tuning?.ranges.map(({ name }) => name) ?? [];
  const name = Object.keys(EXAMPLES).find(known => known in hyperparameters && !tuned.includes(known));
  return name ? `${name}=${EXAMPLES[name]}` : 'TrainingInstanceCount=1';
}

/**
 * The text without the lines of the other case: `{{#ejected}}` ... `{{/ejected}}`, or with `^` those of a repository
 * that projen keeps.
 */
function chosen(text: string, cases: { readonly [name: string]: boolean }): string {
  const block = /^\{\{([#^])(\w+)\}\}\n([^]*?)^\{\{\/\2\}\}\n/gm;
  return text.replace(block, (_, kind: string, name: string, lines: string) => (
    (kind === '#') === cases[name] ? lines : ''));
}

function fill(text: string, values: { readonly [name: string]: string }): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    if (values[name] === undefined) {
      throw new Error(`a template of the documents uses {{${name}}}, which is unknown`);
    }
    return values[name];
  });
}

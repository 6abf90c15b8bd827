import * as fs from 'node:fs';
import * as path from 'node:path';
import { Component, type Project } from 'projen';
import { taskCommand } from '../commands';

/** What the steps say about the repository. */
export interface NextStepsOptions {
  readonly rcFile: string;
  /** Where the data is that the pipeline is run on. */
  readonly data: string;
}

/**
 * Five lines at the end of a synth that say what to do next, as long as nothing has been run here: after `projen new`,
 * and in a fresh clone. A build machine gets none.
 *
 * @internal
 */
export class NextSteps extends Component {
  private readonly described: NextStepsOptions;

  public constructor(project: Project, options: NextStepsOptions) {
    super(project);
    this.described = options;
  }

  /** Prints the steps. */
  public override postSynthesize(): void {
    const { project, described: { rcFile, data } } = this;
    if (project.ejected || process.env.CI || fs.existsSync(path.join(project.outdir, '.local', 'runs'))) { return; }
    const steps = [
      [taskCommand(project, 'setup'), 'install the Python environments that uv.lock lists'],
      [taskCommand(project, 'pipeline:local'), `train, measure and register a model here, on ${data}`],
      [taskCommand(project, 'pipeline:serve'), 'serve it on this machine, with a page to try a row'],
      [`edit ${rcFile}, model/features.py`, 'your data and options, your features; then npx projen and pipeline:local'],
      ['read README.md', 'the data, the quality gate, the delivery and the first deployment'],
    ];
    const width = Math.max(...steps.map(([what]) => what.length));
    for (const [what, why] of steps) { project.logger.info(`${what.padEnd(width)}  ${why}`); }
  }
}

import { Component, type Project, type Task } from 'projen';
import type { PythonEnvironment } from './python-environment';

/** The commands that compare data with what a version was trained on. */
export class Monitoring extends Component {
  /** Describes the training rows of a version. */
  public readonly baselineTask: Task;
  /** Compares rows with a version's baseline. */
  public readonly runTask: Task;
  /** Makes drifted data, and shows what is found of it. */
  public readonly simulateTask: Task;

  /**
   * @param project the project that gets the commands
   * @param python the environment that the model's scripts run in
   */
  public constructor(project: Project, python: PythonEnvironment) {
    super(project);
    const add = (name: string, description: string) =>
      python.addTask(`monitor:${name}`, description, [python.command(`python -m pipelines.local monitor ${name}`)]);
    this.baselineTask = add('baseline', 'Show statistics and constraints of the training rows of the newest registered '
      + 'version, or --model VERSION');
    this.runTask = add('run', 'Compare rows (files, folders, records of an endpoint) with the baseline of a version; '
      + 'fails if there are violations');
    this.simulateTask = add('simulate', 'Drift the sample in a chosen way: what is found, after how many rows, and how '
      + 'many false alarms');
  }
}

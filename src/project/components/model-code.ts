import { Component, type Project } from 'projen';
import { checkModelPart } from '../checks/check-parts';
import { packagePath } from '../package-files';
import { addTemplates, isPipelineTest } from './templates';
import { PROBLEM_TYPES } from '../../options/knowledge/frameworks';
import { filled } from '../../options/schemas/filled';
import { SyncedFile } from '../sync/synced-file';

/** What the model code is for. */
export interface ModelCodeOptions {
  /**
   * Problem type; it decides which sample data set is written: binary, multiclass or regression.
   * @default "binary"
   */
  readonly problemType?: string;
}

/**
 * The scripts that prepare data, train, evaluate and answer requests, their tests, and a real data set to start with.
 *
 * They are the same for every framework and problem type and read what differs from their arguments. Works in any
 * projen project.
 */
export class ModelCode extends Component {
  /** Path of the sample data, relative to the project's directory. */
  public readonly sampleDataPath: string;

  /**
   * @param project the project that gets the code
   * @param options what it is for
   * @throws OptionError when there is no such problem type
   */
  public constructor(project: Project, options: ModelCodeOptions = {}) {
    super(project);
    checkModelPart({ problemType: options.problemType });
    const sample = PROBLEM_TYPES[filled('RepositoryOptions', options).problemType].sample;
    this.sampleDataPath = `data/sample/${sample}`;
    addTemplates(project, file => file.startsWith('model/') || (file.startsWith('tests/') && !isPipelineTest(file)));
    new SyncedFile(project, this.sampleDataPath, {
      sourcePath: packagePath('templates', 'data', sample), writtenOnce: true,
    });
  }
}

import { Component, JsonFile, type Project, type Task } from 'projen';
import type { PythonEnvironment } from './python-environment';
import type { Delivery } from '../../delivery/delivery';
import { EndpointKind } from '../../options/endpoint';
import { OptionError } from '../../options/engine/option-error';
import { problem } from '../../options/engine/rule';
import { scoreDefinition } from '../../plan/endpoint/batch/definition';
import type { NamedBatch } from '../../plan/endpoint/batch/model';
import { transformOf } from '../../plan/endpoint/batch/transform';
import type { DeliveryEndpoint } from '../../plan/settings';
import { taskCommand } from '../commands';

/** Environments that score in batches; the first of them says how the repository does. */
function batchesIn({ _plan: { groups } }: Delivery): Array<{ endpoint: DeliveryEndpoint; batch: NamedBatch }> {
  return groups.flatMap(({ environments }) => environments.flatMap(({ endpoint, batch }) => (
    batch ? [{ endpoint, batch }] : [])));
}

/** Which pipeline is written, and what runs it on this machine. */
export interface ScorePipelineOptions {
  /** The delivery, with an environment whose endpoint is of the kind "batch". */
  readonly delivery: Delivery;
  /** The environment that has the model's libraries. */
  readonly python: PythonEnvironment;
}

/**
 * The pipeline that scores data in batches, `config/score.json`, and the task that runs it on this machine with a
 * version of the local registry.
 *
 * Environments of the kind "batch" run the same definition; what differs there are the defaults of its parameters and
 * the keys. Works in any projen project that has the local runner of `PipelineCode`.
 */
export class ScorePipeline extends Component {
  /** Where a delivery scores in batches. */
  public static of(project: Project, options: ScorePipelineOptions): ScorePipeline | undefined {
    return batchesIn(options.delivery).length > 0 ? new ScorePipeline(project, options) : undefined;
  }

  /** The generated definition. */
  public readonly file: JsonFile;
  /** Scores a file or a folder on this machine. */
  public readonly task: Task;

  /**
   * @param project the project that gets the pipeline
   * @param options which one
   * @throws OptionError when no environment of the delivery scores in batches
   */
  public constructor(project: Project, options: ScorePipelineOptions) {
    super(project);
    const { name, endpoint: { kind } } = options.delivery._plan.delivery;
    const [found] = batchesIn(options.delivery);
    if (!found) {
      throw new OptionError([problem(
        'endpoint.kind', kind, `"${EndpointKind.BATCH}" in the delivery or in one of its environments`,
        'Set it, or leave the score pipeline out.',
      )]);
    }
    const { endpoint, batch } = found;
    this.file = new JsonFile(project, 'config/score.json', {
      marker: false,
      obj: scoreDefinition({
        transform: transformOf(batch.settings), outputUrl: `s3://scores/${name}`,
        instanceType: endpoint.instanceType, instanceCount: endpoint.instanceCount,
      }),
    });
    this.task = options.python.addTask('pipeline:score', 'Score a file or folder on this machine; --model VERSION '
      + 'takes another than the newest version', [options.python.command('python -m pipelines.local score')]);
    this.task.env('PIPELINE_LOCAL_COMMAND', `${taskCommand(project, 'pipeline:local')} --`);
  }
}

import { Component, type IResolver, type Project, YamlFile } from 'projen';
import { mergeRequestChecks, type MergeRequestPipelineOptions } from './merge-request-pipeline';
import { buildPipeline } from '../../ci/gitlab/build-pipeline';
import { deployPipeline } from '../../ci/gitlab/deploy-pipeline';
import { infrastructurePipeline } from '../../ci/gitlab/infrastructure-pipeline';
import { NONE, type Pipeline } from '../../ci/gitlab/pipeline';
import type { Delivery } from '../../delivery/delivery';
import { WorkflowJob } from '../../options/github-actions';

/** How builds behave that GitLab CI/CD runs, and what checks merge requests. */
export interface GitlabDeliveryOptions extends MergeRequestPipelineOptions {
  /**
   * Version of Python.
   * @default "3.11"
   */
  readonly pythonVersion?: string;
  /**
   * Version of Node.js.
   * @default "22"
   */
  readonly nodeVersion?: string;
  /**
   * Wait for the started pipeline, and fail the build if it fails; you pay for the runner that waits.
   * @default false
   */
  readonly waitForPipeline?: boolean;
  /**
   * Whether merge requests are checked.
   * @default true
   */
  readonly checks?: boolean;
}

/** Ids of requests, as `tools/deploy/workflow_requests.py` makes them; the text stands in a script. */
const REQUEST_ID = String.raw`\A(none|[0-9TZ:.-]{24,30}[A-Za-z0-9-]{1,64})\z`;

/** Where the files of pipelines are. */
const FOLDER = '.gitlab/ci';

/**
 * The pipelines of GitLab CI/CD that run a delivery: `.gitlab-ci.yml`, which includes for each group
 * `.gitlab/ci/build-<group>.yml` and `.gitlab/ci/deploy-<group>.yml`, and `.gitlab/ci/infrastructure.yml`. They are made
 * from the same plan as the stacks, whose roles they take on.
 *
 * Works in any projen project with a delivery whose engine is `gitlab-ci`.
 */
export class GitlabDelivery extends Component {
  /** The managed files by the names of what they hold, for escape hatches; `main` is `.gitlab-ci.yml`. */
  public readonly files: { [name: string]: YamlFile } = {};

  /**
   * @param project the project that gets the pipelines
   * @param delivery what is delivered, from where and to where
   * @param options how builds behave
   * @throws when another engine runs the delivery
   */
  public constructor(project: Project, delivery: Delivery, options: GitlabDeliveryOptions = {}) {
    super(project);
    const plan = delivery._plan;
    const pipelines = [
      ...plan.groups.flatMap(group => [buildPipeline(plan, group, options), deployPipeline(plan, group)]),
      ...(plan.infrastructure.workflow ? [infrastructurePipeline(plan)] : []),
    ];
    const { extraSteps, tags, image } = plan.delivery.engine.gitlab!;
    const checks = options.checks === false ? {} : mergeRequestChecks(options, {
      own: extraSteps.filter(({ job }) => job === WorkflowJob.PULL_REQUEST),
      runners: { tags, ...(image === undefined ? {} : { image }) },
    });
    this.files.main = new PipelineFile(project, '.gitlab-ci.yml', {
      notes: NOTES, inputs: inputsOf(pipelines), obj: { ...mainOf(pipelines), ...checks },
    });
    for (const { name, notes, jobs } of pipelines) {
      this.files[name] = new PipelineFile(project, `${FOLDER}/${name}.yml`, {
        notes, inputs: { run: { default: NONE }, request: { default: NONE } }, obj: jobs,
      });
    }
  }
}

const NOTES = [
  'What runs on a push, for a merge request, on a schedule, and where somebody starts a pipeline: then the input "run" '
    + 'says which part of it. No variable of a pipeline decides anything here.',
];

/** The inputs of pipelines. GitLab refuses others, and other values, before it makes a job. */
function inputsOf(pipelines: readonly Pipeline[]): object {
  return {
    run: {
      description: 'What this pipeline does', default: NONE, options: [NONE, ...pipelines.map(({ name }) => name)],
    },
    request: {
      description: 'What is taken of that which waits; the oldest unless given', default: NONE, regex: REQUEST_ID,
    },
  };
}

function mainOf(pipelines: readonly Pipeline[]): object {
  return {
    // A newer commit ends checks of a merge request, but no delivery.
    workflow: {
      auto_cancel: { on_new_commit: 'none' },
      rules: [
        { if: '$CI_PIPELINE_SOURCE == "merge_request_event"', auto_cancel: { on_new_commit: 'interruptible' } },
        { when: 'always' },
      ],
    },
    include: pipelines.map(({ name }) => ({
      local: `${FOLDER}/${name}.yml`, inputs: { run: '$[[ inputs.run ]]', request: '$[[ inputs.request ]]' },
    })),
  };
}

/** What a file of GitLab's is. */
interface PipelineFileOptions {
  readonly obj: object;
  readonly inputs: object;
  /** One comment each. */
  readonly notes: readonly string[];
}

/**
 * A file of GitLab's. Its header is a document of its own, for which YAML objects have no word, and neither have they for
 * comments (GitLab documentation, "CI/CD inputs").
 */
class PipelineFile extends YamlFile {
  private readonly notes: string;

  public constructor(project: Project, file: string, { obj, inputs, notes }: PipelineFileOptions) {
    super(project, file, { obj: { spec: { inputs }, ...obj } });
    this.notes = notes.map(note => `# ${note}\n`).join('');
  }

  protected override synthesizeContent(resolver: IResolver): string | undefined {
    const text = super.synthesizeContent(resolver);
    return text?.replace(/^spec:\n(?: .*\n)+/m, header => `${this.notes}${header}---\n`);
  }
}

import { type IResolver, type Project, YamlFile } from 'projen';
import { withVersions } from '../../ci/github/actions';
import { withReasons } from '../../ci/github/permissions';

/** What a workflow is, and what people are told at its beginning. */
export interface WorkflowFileOptions {
  readonly obj: object;
  /** One comment each. */
  readonly notes: readonly string[];
}

/**
 * A workflow of GitHub Actions as a managed file. YAML objects hold no comments, so they are added to the text.
 *
 * @internal
 */
export class WorkflowFile extends YamlFile {
  private readonly notes: string;

  public constructor(project: Project, name: string, { obj, notes }: WorkflowFileOptions) {
    super(project, `.github/workflows/${name}.yml`, { obj });
    this.notes = notes.map(note => `# ${note}\n`).join('');
  }

  protected override synthesizeContent(resolver: IResolver): string | undefined {
    const text = super.synthesizeContent(resolver);
    return text && withReasons(withVersions(text)).replace(/^name: /m, `${this.notes}name: `);
  }
}

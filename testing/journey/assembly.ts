import * as fs from 'node:fs';
import * as path from 'node:path';
import { Rendered } from './rendered';
import type { Json } from '../iam/assembly';

/**
 * A copy of a cloud assembly that can be spoilt. Each change must find what it changes, so that no mutation changes
 * nothing.
 */
export class Assembly {
  /** Directory of the files of the repository on GitHub, where its workflows run the delivery. */
  public readonly repository?: string;

  public constructor(original: string, public readonly directory: string, repository?: string) {
    fs.cpSync(original, directory, { recursive: true });
    if (repository) {
      this.repository = `${directory}-repository`;
      fs.cpSync(repository, this.repository, { recursive: true });
    }
  }

  /** A workflow of the repository. */
  public workflow(file: string): Rendered {
    if (!this.repository) { throw new Error('no workflow runs this delivery'); }
    return new Rendered(path.join(this.repository, '.github', 'workflows', file));
  }

  /** Changes every resource of a type that the test accepts. */
  public resources(
    type: string, accept: (properties: Json, id: string) => boolean, change: (resource: Json) => void,
  ): void {
    let found = 0;
    for (const file of this.templates()) {
      const template = JSON.parse(fs.readFileSync(file, 'utf-8')) as Json;
      for (const [id, resource] of Object.entries<Json>(template.Resources)) {
        if (resource.Type !== type || !accept(resource.Properties ?? {}, id)) { continue; }
        found += 1;
        const before = JSON.stringify(resource);
        change(resource);
        if (JSON.stringify(resource) === before) { throw new Error(`nothing was changed in ${id}`); }
      }
      fs.writeFileSync(file, JSON.stringify(template));
    }
    if (found === 0) { throw new Error(`the assembly has no such ${type}`); }
  }

  /** Changes the policy of a role. */
  public role(name: string, change: (statements: Json[]) => Json[]): void {
    this.resources('AWS::IAM::Role', p => p.RoleName === name, ({ Properties: { Policies: policies } }) => {
      policies.forEach((policy: Json) => {
        policy.PolicyDocument.Statement = change(policy.PolicyDocument.Statement);
      });
    });
  }

  /** Takes a statement out of a role's policy. */
  public withoutGrant(name: string, sid: string): void {
    this.role(name, statements => statements.filter(s => s.Sid !== sid));
  }

  /** Takes an action out of a role's policy. */
  public withoutAction(name: string, action: string): void {
    this.role(name, statements => statements
      .map(s => ({ ...s, Action: [s.Action].flat().filter((a: string) => a !== action) }))
      .filter(s => s.Action.length > 0));
  }

  /** Takes a statement out of the policies that resources of a type have. */
  public withoutStatement(type: string, property: string, accept: (properties: Json) => boolean, sid: string): void {
    this.resources(type, p => accept(p)
      && (p[property]?.Statement ?? []).some((s: Json) => s.Sid === sid), ({ Properties: p }) => {
      p[property].Statement = p[property].Statement.filter((s: Json) => s.Sid !== sid);
    });
  }

  /** Changes the definition of a state machine, given as text. */
  public definition(name: string, change: (text: string) => string): void {
    this.resources('AWS::StepFunctions::StateMachine', p => p.StateMachineName === name, ({ Properties: p }) => {
      const key = p.DefinitionString === undefined ? 'Definition' : 'DefinitionString';
      p[key] = JSON.parse(change(JSON.stringify(p[key]))) as Json;
    });
  }

  /** Changes the stages of a pipeline. */
  public stages(name: string, change: (stages: Json[]) => Json[]): void {
    this.resources('AWS::CodePipeline::Pipeline', p => p.Name === name, ({ Properties: p }) => {
      p.Stages = change(p.Stages);
    });
  }

  /** Changes what the manifest says about a stack. */
  public stack(name: string, change: (artifact: Json) => void): void {
    const file = path.join(this.directory, 'manifest.json');
    const manifest = JSON.parse(fs.readFileSync(file, 'utf-8')) as Json;
    const found = Object.values<Json>(manifest.artifacts).filter(a => a.properties?.stackName === name);
    if (found.length !== 1) { throw new Error(`the assembly has ${found.length} stacks ${name}`); }
    change(found[0]);
    fs.writeFileSync(file, JSON.stringify(manifest));
  }

  /**
   * Changes a tool in every asset that has it, or in those that have another file beside it; the text must be there.
   */
  public tool(name: string, text: string | RegExp, replacement: string, beside = name): void {
    const files = this.files(this.directory).filter(f => path.basename(f) === name
      && path.relative(this.directory, f).split(path.sep).some(part => part.startsWith('asset.'))
      && fs.existsSync(path.join(path.dirname(f), beside)));
    if (files.length === 0) { throw new Error(`no asset has ${name}`); }
    for (const file of files) {
      const before = fs.readFileSync(file, 'utf-8');
      const after = before.replace(text, replacement);
      if (after === before) { throw new Error(`${name} has no ${text}`); }
      fs.writeFileSync(file, after);
    }
  }

  private templates(): string[] {
    return this.files(this.directory).filter(f => f.endsWith('.template.json'));
  }

  private files(folder: string): string[] {
    return fs.readdirSync(folder, { recursive: true, encoding: 'utf-8' }).map(f =>
      path.join(folder, f)).filter(f => fs.statSync(f).isFile());
  }
}

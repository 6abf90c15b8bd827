import { parse } from 'yaml';
import {
  anywhere, COMMIT, literal, LOCATED, type NeutralAction, type NeutralDelivery, type NeutralRun, THE_RUN, without,
} from './neutral';

/** Part of a template. */

type Json = any;

/** The templates of a delivery, by the names of their stacks. */
export type Templates = { readonly [stack: string]: { readonly Resources: { readonly [id: string]: Json } } };

/** Names of the pipelines of each group, and of that of the infrastructure. */
export interface PipelineNames {
  readonly groups: { readonly [name: string]: { readonly build: string; readonly deploy: string } };
  readonly infrastructure?: string;
}

/** Reads back what the pipelines of a delivery do; `buildspec` is the text of the repository's `buildspec.yml`. */
export function readCodePipelines(templates: Templates, names: PipelineNames, buildspec: string): NeutralDelivery {
  const read = (name: string): NeutralRun => {
    for (const template of Object.values(templates)) {
      for (const part of Object.values(template.Resources)) {
        if (part.Type === 'AWS::CodePipeline::Pipeline' && part.Properties.Name === name) {
          return new PipelineReader(template.Resources, part.Properties, buildspec).run;
        }
      }
    }
    throw new Error(`No template has the pipeline ${name}.`);
  };
  return {
    groups: Object.fromEntries(Object.entries(names.groups).map(([group, { build, deploy }]) => [
      group, { build: read(build), deploy: read(deploy) },
    ])),
    ...(names.infrastructure ? { infrastructure: read(names.infrastructure) } : {}),
  };
}

interface Read { readonly action: NeutralAction; readonly stage: string; readonly lane: string; readonly order: number }

const OVERLAPS: { readonly [mode: string]: string } = {
  PARALLEL: 'side by side', QUEUED: 'all follow', SUPERSEDED: 'the newest of those that wait follows',
};

/** More than a stage may have. */
const MOST_ACTIONS = 1000;

class PipelineReader {
  public readonly run: NeutralRun;
  private readonly strange: string[] = [];
  private branch: string | undefined;
  /** What each artifact is, and each namespace. */
  private readonly artifacts: { [name: string]: string } = {};
  private readonly namespaces: { [name: string]: string } = {};
  private readonly lanesByStack: { [stack: string]: string } = {};

  public constructor(
    private readonly resources: { readonly [id: string]: Json }, private readonly pipeline: Json,
    private readonly buildspec: string,
  ) {
    const read = (pipeline.Stages as Json[]).flatMap((stage, index) => this.stage(stage, index));
    const names = [...new Set(read.map(({ stage }) => stage))];
    const stages = names.map(name => {
      const ofStage = read.filter(({ stage }) => stage === name).sort((a, b) => a.order - b.order);
      const lanes = [...new Set(ofStage.map(({ lane }) => lane))];
      const checks = ofStage.filter(({ action: { does, takes } }) => does === 'check' && takes.length > 0);
      const first = lanes.map(lane => checks.find(check => check.lane === lane)?.order ?? 0);
      const others = ofStage.filter(({ action }) => action.does !== 'check').map(({ order }) => order);
      return {
        name, checksFirst: checks.length === 0 || Math.max(...first) < Math.min(...others),
        lanes: Object.fromEntries(lanes.map(lane => [lane, besides(ofStage.filter(each => each.lane === lane))])),
      };
    });
    this.run = {
      ...(this.branch === undefined ? {} : { branch: this.branch }),
      overlap: OVERLAPS[pipeline.ExecutionMode] ?? pipeline.ExecutionMode,
      stages, afterFailure: Object.fromEntries(names.map(name => [name, []])), strange: this.strange,
    };
  }

  private stage(stage: Json, index: number): Read[] {
    const { Name: name, Actions: actions, BeforeEntry: entry, ...rest } = stage;
    this.strange.push(...Object.keys(rest).map(key => `${key} of the stage ${name}`));
    const [rule, ...others] = (entry?.Conditions ?? []).flatMap((condition: Json) => (
      condition.Rules.map((each: Json) => ({ ...each.Configuration, result: condition.Result }))));
    if (others.length > 0 || (rule && rule.result !== 'SKIP')) { this.strange.push(`conditions of the stage ${name}`); }
    const onlyIf = rule
      ? [`${this.originOf(rule.Variable)} is ${rule.Operator === 'NE' ? 'not ' : ''}"${rule.Value}"`] : [];
    const [, wave] = /^ACTION_(\d+) of /.exec(onlyIf[0] ?? '') ?? [];
    return [...actions].sort((a: Json, b: Json) => a.RunOrder - b.RunOrder).flatMap((action: Json): Read[] => {
      const made = this.action(action).map(each => ({ ...each, onlyIf }));
      const lane = this.laneOf(action, made[0]);
      for (const each of made) { this.name(action, each, lane); }
      return made.map(each => ({
        action: each, lane, order: index * MOST_ACTIONS + action.RunOrder,
        stage: wave ? `wave ${wave}` : lane || (name as string).toLowerCase(),
      }));
    });
  }

  /** What later actions call what this one leaves. */
  private name(action: Json, { does }: NeutralAction, lane: string): void {
    const is = `${does}${lane ? ` ${lane}` : ''}`;
    if (action.Namespace) { this.namespaces[action.Namespace] = is; }
    for (const { Name: name } of action.OutputArtifacts ?? []) {
      this.artifacts[name] = `${(name as string).replace(/_.*/, '')} of ${is}`;
    }
  }

  private action(action: Json): NeutralAction[] {
    const { Configuration: given } = action;
    const takes = (action.InputArtifacts ?? []).map(({ Name: name }: Json) => this.artifacts[name] ?? `${name}, unknown`);
    switch (action.ActionTypeId.Provider) {
      case 'S3':
        this.artifacts[action.OutputArtifacts[0].Name] = `${action.Name} as deployed`;
        if (given.PollForSourceChanges !== 'false') { this.strange.push(`${action.Name} polls`); }
        return [];
      case 'CodeCommit': case 'CodeStarSourceConnection':
        this.branch = given.BranchName;
        this.artifacts[action.OutputArtifacts[0].Name] = `Source at ${COMMIT}`;
        return [];
      case 'Manual': return [this.approval(action)];
      case 'CloudFormation': return [{
        does: { CHANGE_SET_REPLACE: 'changeSet', CHANGE_SET_EXECUTE: 'execute' }[given.ActionMode as string] ?? given.ActionMode,
        takes, onlyIf: [], role: roleName(action.RoleArn), variables: {
          EXECUTION_ID: this.originOf((given.ChangeSetName as string).replace(/^deploy-/, '')),
          CLOUD_FORMATION: roleName(given.RoleArn),
        },
      }];
      case 'CodeBuild': return this.build(action, takes);
      default:
        this.strange.push(`action ${action.Name}`);
        return [];
    }
  }

  private approval({ Configuration: given, Name: name }: Json): NeutralAction {
    const text = JSON.stringify(given);
    const variables = [...text.matchAll(/#\{([\w-]+)\.(SUMMARY|DIGEST)\}/g)].map(([whole, , variable]) => (
      [variable, this.originOf(whole)]));
    const answers = Object.values(this.resources).filter(part => part.Type === 'AWS::IAM::Role'
      && (part.Properties.Policies ?? []).some((policy: Json) => policy.PolicyDocument.Statement.some((statement: Json) => (
        [statement.Action].flat().includes('codepipeline:PutApprovalResult')
        && [statement.Resource].flat().some(each => textOf(each).endsWith(`:${this.pipeline.Name}/${this.stageOf(name)}/${name}`))
      )))).map(part => part.Properties.RoleName);
    return { does: 'approve', onlyIf: [], takes: [], asks: answers.join(), variables: Object.fromEntries(variables) };
  }

  private stageOf(action: string): string {
    return this.pipeline.Stages.find((stage: Json) => stage.Actions.some((each: Json) => each.Name === action
      && each.ActionTypeId.Provider === 'Manual'))?.Name;
  }

  private build({ Configuration: given }: Json, takes: string[]): NeutralAction[] {
    const { Properties: project } = this.resources[given.ProjectName.Ref];
    const spec = parse(project.Source.BuildSpec === 'buildspec.yml' ? this.buildspec : project.Source.BuildSpec);
    const phases = Object.entries(spec.phases as { [name: string]: Json });
    if (phases.some(([, phase]) => phase['on-failure'] !== 'ABORT')) { this.strange.push(`phases of ${project.Name}`); }
    const commands = phases.flatMap(([, phase]) => phase.commands ?? []) as string[];
    const values: Array<[string, string]> = [
      ...project.Environment.EnvironmentVariables.map(({ Name, Value }: Json) => [Name, textOf(Value)]),
      ...JSON.parse(given.EnvironmentVariables ?? '[]').map(({ name, value }: Json) => [name, value]),
    ];
    const tool = values.find(([name]) => name === 'TOOL')?.[1];
    const variables = without(
      Object.fromEntries(values.map(([name, value]) => [name, this.originOf(value)])), 'TOOL', ...LOCATED,
    );
    const common = {
      takes, onlyIf: [], variables, role: this.resources[project.ServiceRole['Fn::GetAtt'][0]].Properties.RoleName as string,
    };
    return toolsOf(commands, tool, 'KEEP' in variables).map(each => ({ ...common, ...each }));
  }

  private laneOf({ Configuration: given, ActionTypeId: { Provider: provider }, Name: name }: Json, made?: NeutralAction): string {
    const { STAGE: stage, ENVIRONMENT: environment } = made?.variables ?? {};
    if (stage ?? environment) { return (stage ?? environment).replaceAll('"', ''); }
    if (provider === 'CloudFormation') {
      const [, named] = /^Deployment::(.*)\/template\.json$/.exec(given.TemplatePath ?? '') ?? [];
      if (named) { this.lanesByStack[given.StackName] = named; }
      return this.lanesByStack[given.StackName] ?? name;
    }
    const [, of] = / of \w+ (.*)$/.exec(Object.values(made?.variables ?? {}).find(value => / of \w+ /.test(value)) ?? '') ?? [];
    return of ?? '';
  }

  private originOf(value: string): string {
    if (value === '#{codepipeline.PipelineExecutionId}') { return THE_RUN; }
    if (value === '#{Source.CommitId}') { return COMMIT; }
    if (value === '#{Source.BranchName}') { return 'the branch'; }
    const [, namespace, variable] = /^#\{([\w-]+)\.(\w+)\}$/.exec(value) ?? [];
    if (namespace === undefined) { return literal(value); }
    if (namespace !== 'variables') { return `${variable} of ${this.namespaces[namespace] ?? namespace}`; }
    const declared = this.pipeline.Variables?.find((each: Json) => each.Name === variable);
    return `${variable} asked, or "${declared?.DefaultValue}"`;
  }
}

/** What the commands of a build do. */
function toolsOf(commands: string[], tool: string | undefined, looks: boolean): Array<Pick<NeutralAction, 'does' | 'runs'>> {
  const line = (part: string) => commands.findIndex(command => command.includes(part));
  if (line('/prepare.py"') >= 0) {
    return [{ does: 'synth', runs: commands.slice(0, line('/prepare.py"')) }, { does: 'prepare' }];
  }
  if (line('python3 "tools/$TOOL.py"') >= 0) { return [{ does: tool ?? 'no tool' }]; }
  if (line('roll_back.py') >= 0) { return [{ does: 'roll_back' }]; }
  if (line('"$tools/diff.py"') >= 0) { return [{ does: tool === 'diff' && looks ? 'look' : tool ?? 'no tool' }]; }
  return [{ does: line('pipelines start') >= 0 ? 'build' : 'synth', runs: commands }];
}

/** Actions of one lane, of which those with the same order run at the same time. */
function besides(lane: readonly Read[]): NeutralAction[] {
  return lane.map(({ action, order }, index) => (
    index > 0 && lane[index - 1].order === order && action.does !== 'prepare' ? { ...action, beside: true } : action));
}

function textOf(value: Json): string {
  if (typeof value === 'string') { return anywhere(value); }
  const { Ref: ref, 'Fn::Join': join, 'Fn::Sub': sub } = value ?? {};
  const named: { readonly [name: string]: string } = {
    'AWS::Partition': '{partition}', 'AWS::AccountId': '{account}', 'AWS::Region': '{region}',
  };
  if (join) { return anywhere(join[1].map(textOf).join(join[0])); }
  if (sub) { return anywhere((sub as string).replace(/\$\{([\w:]+)\}/g, (whole, name: string) => named[name] ?? whole)); }
  return named[ref] ?? JSON.stringify(value);
}

function roleName(arn: Json): string {
  return textOf(arn).replace(/^.*:role\//, '');
}

import type { Flavour } from '../../testing/harness/repository';

/** One changed option: what a person writes into the rc file, and where it shows after the next synth. */
export interface OptionLink {
  readonly what: string;
  /** The links without which this one would change, or show, something else. */
  readonly after?: readonly string[];
  /** Replacements in the rc file. */
  readonly edits: ReadonlyArray<readonly [from: RegExp, to: string]>;
  /** Text that files hold afterwards. */
  readonly shows: ReadonlyArray<readonly [file: string, text: RegExp]>;
  /** Files that are not there afterwards. */
  readonly gone?: readonly string[];
}

const PARAMETERS = 'config/parameters.json';
const DELIVERY = 'config/delivery.json';
const WORKFLOW = '.github/workflows/upgrade.yml';

const NAME = / {2}name: "churn",\n/;
const add = (option: string): readonly [RegExp, string] => [NAME, `$&  ${option},\n`];
const training = (option: string): readonly [RegExp, string] => [/training: \{\n/, `$&    ${option},\n`];
const CONNECTION = 'arn:aws:codeconnections:eu-west-1:111111111111:connection/01234567-89ab-cdef-0123-456789abcdef';
const GROUPS = `deploymentGroups: [
    { name: "dev", sourceBranch: "develop", deployEnvironments: [{ name: "try" }] },
    { name: "main", deployEnvironments: [{ name: "staging" }, { name: "prod", type: EnvironmentType.PROD }] },
  ]`;
const SOURCE = `source: { type: SourceType.GITHUB, repository: "example-org/churn", connectionArn: "${CONNECTION}" }`;

const NETWORK = `{
    vpcId: "vpc-0123456789abcdef0",
    subnetIds: ["subnet-0123456789abcdef0"],
    securityGroupIds: ["sg-0123456789abcdef0"],
  }`;

const TYPESCRIPT: readonly OptionLink[] = [
  {
    what: 'a larger training instance',
    edits: [add('training: {\n    instanceType: "ml.m5.2xlarge",\n  }')],
    shows: [[PARAMETERS, /"instanceType": "ml\.m5\.2xlarge"/]],
  },
  {
    what: 'a hyperparameter',
    after: ['a larger training instance'],
    edits: [training('hyperparameters: { max_depth: 5 }')],
    shows: [[PARAMETERS, /"max_depth": 5,/]],
  },
  {
    what: 'spot instances',
    after: ['a larger training instance'],
    edits: [training('useSpotInstances: true')],
    shows: [[PARAMETERS, /"useSpotInstances": true/]],
  },
  {
    what: 'another seed',
    after: ['a larger training instance'],
    edits: [training('seed: 7')],
    shows: [[PARAMETERS, /"seed": 7\n/]],
  },
  {
    what: 'no reuse of results',
    after: ['a larger training instance'],
    edits: [training('cacheExpireAfter: "never"')],
    shows: [[PARAMETERS, /"enabled": false/]],
  },
  {
    what: 'a higher threshold',
    edits: [add('qualityGate: { threshold: 0.9 }')],
    shows: [[PARAMETERS, /"threshold": 0\.9\n/], ['README.md', /accuracy >= 0\.9"/]],
  },
  {
    what: 'another metric',
    after: ['a higher threshold'],
    edits: [[/qualityGate: \{/, '$& metric: "auc",']],
    shows: [[PARAMETERS, /"metric": "auc"/], ['README.md', /auc >= 0\.9"/]],
  },
  {
    what: 'a larger endpoint',
    edits: [add('endpoint: { instanceType: "ml.m5.4xlarge" }')],
    shows: [[DELIVERY, /"instanceType": "ml\.m5\.4xlarge"/]],
  },
  {
    what: 'some captured requests',
    after: ['a larger endpoint'],
    edits: [[/endpoint: \{/, '$& dataCapturePercentage: 20,']],
    shows: [[DELIVERY, /"dataCapturePercentage": 20/]],
  },
  {
    what: 'a tag',
    edits: [add('tags: { team: "growth" }')],
    shows: [[DELIVERY, /"team": "growth"/]],
  },
  {
    what: 'upgrades once a month',
    edits: [add('upgrade: { schedule: "monthly" }')],
    shows: [[DELIVERY, /"schedule": "monthly"/]],
  },
  {
    what: 'the README as the user\'s own',
    after: ['another metric'],
    edits: [add('userOwned: ["README.md"]')],
    shows: [['README.md', /auc >= 0\.9"/]],
  },
  {
    what: 'a second group',
    after: ['the README as the user\'s own'],
    edits: [add(GROUPS), [/SageMakerCicdProject \}/, 'EnvironmentType, $&']],
    shows: [[DELIVERY, /"sourceBranch": "develop"/], ['README.md', /^(?!.*develop)/s]],
  },
  {
    what: 'a renamed environment',
    after: ['a second group'],
    edits: [[/"staging"/, '"preprod"']],
    shows: [[DELIVERY, /"preprod"/]],
  },
  {
    what: 'one more stage',
    after: ['a renamed environment'],
    edits: [[/\{ name: "preprod" \},/, '$& { name: "shadow" },']],
    shows: [[DELIVERY, /"shadow"/]],
  },
  {
    what: 'a network',
    edits: [add(`network: ${NETWORK}`)],
    shows: [[DELIVERY, /"vpc-0123456789abcdef0"/]],
  },
  {
    what: 'another way to install the CDK app',
    edits: [add('infrastructure: { installCommands: ["npm ci --no-audit"] }')],
    shows: [[DELIVERY, /"npm ci --no-audit"/]],
  },
  {
    what: 'a source on GitHub',
    edits: [add(SOURCE), [/SageMakerCicdProject \}/, 'SageMakerCicdProject, SourceType }']],
    shows: [[DELIVERY, /"github"/], [WORKFLOW, /schedule/]],
  },
  {
    what: 'a source on CodeCommit again',
    after: ['a source on GitHub'],
    edits: [[/ {2}source: .*\n/, ''], [/, SourceType \}/, ' }']],
    shows: [[DELIVERY, /^(?!.*"github")/s]],
    gone: [WORKFLOW],
  },
  {
    what: 'the README handed back',
    after: ['a renamed environment'],
    edits: [[/ {2}userOwned: .*\n/, '']],
    shows: [['README.md', /develop[^]*preprod/]],
  },
];

const PYTHON_NAME = / {4}name="churn",\n/;
const addPython = (option: string): readonly [RegExp, string] => [PYTHON_NAME, `$&    ${option},\n`];
const PYTHON_GROUPS = `deployment_groups=[
        DeploymentGroupOptions(
            name="dev", source_branch="develop", deploy_environments=[DeployEnvironmentOptions(name="try")],
        ),
        DeploymentGroupOptions(
            name="main",
            deploy_environments=[DeployEnvironmentOptions(name="preprod"), DeployEnvironmentOptions(name="prod")],
        ),
    ]`;

const PYTHON: readonly OptionLink[] = [
  {
    what: 'a larger training instance',
    edits: [addPython('training={"instance_type": "ml.m5.2xlarge"}')],
    shows: [[PARAMETERS, /"instanceType": "ml\.m5\.2xlarge"/]],
  },
  {
    what: 'a higher threshold',
    edits: [addPython('quality_gate={"threshold": 0.9}')],
    shows: [[PARAMETERS, /"threshold": 0\.9\n/], ['README.md', /accuracy >= 0\.9"/]],
  },
  {
    what: 'a larger endpoint',
    edits: [addPython('endpoint={"instance_type": "ml.m5.4xlarge"}')],
    shows: [[DELIVERY, /"instanceType": "ml\.m5\.4xlarge"/]],
  },
  {
    what: 'a tag',
    edits: [addPython('tags={"team": "growth"}')],
    shows: [[DELIVERY, /"team": "growth"/]],
  },
  {
    what: 'a second group',
    edits: [
      addPython(PYTHON_GROUPS),
      [/import SageMakerCicdProject/, 'import DeployEnvironmentOptions, DeploymentGroupOptions, SageMakerCicdProject'],
    ],
    shows: [[DELIVERY, /"sourceBranch": "develop"/], ['README.md', /develop[^]*preprod/]],
  },
];

/** Option changes that are made one after the other. */
export const OPTION_LINKS: { readonly [F in Flavour]: readonly OptionLink[] } = {
  typescript: TYPESCRIPT,
  python: PYTHON,
};

/** These links and what they come after, in their own order. */
export function withThoseBefore(links: readonly OptionLink[], all: readonly OptionLink[]): readonly OptionLink[] {
  const wanted = new Set<string>();
  const want = (what: string): void => {
    wanted.add(what);
    all.find(link => link.what === what)!.after?.forEach(want);
  };
  links.forEach(link => want(link.what));
  return all.filter(link => wanted.has(link.what));
}

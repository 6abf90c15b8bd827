import type { Flavour } from '../../testing/harness/repository';

/** One changed option: what a person writes into the rc file, and where it shows after the next synth. */
export interface OptionLink {
  readonly what: string;
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

const TYPESCRIPT: readonly OptionLink[] = [
  { what: 'a larger training instance', edits: [add('training: {\n    instanceType: "ml.m5.2xlarge",\n  }')], shows: [[PARAMETERS, /"instanceType": "ml\.m5\.2xlarge"/]] },
  { what: 'a hyperparameter', edits: [training('hyperparameters: { max_depth: 5 }')], shows: [[PARAMETERS, /"max_depth": 5,/]] },
  { what: 'spot instances', edits: [training('useSpotInstances: true')], shows: [[PARAMETERS, /"useSpotInstances": true/]] },
  { what: 'another seed', edits: [training('seed: 7')], shows: [[PARAMETERS, /"seed": 7\n/]] },
  { what: 'no reuse of results', edits: [training('cacheExpireAfter: "never"')], shows: [[PARAMETERS, /"enabled": false/]] },
  { what: 'a higher threshold', edits: [add('qualityGate: { threshold: 0.9 }')], shows: [[PARAMETERS, /"threshold": 0\.9\n/], ['README.md', /accuracy >= 0\.9"/]] },
  { what: 'another metric', edits: [[/qualityGate: \{/, '$& metric: "auc",']], shows: [[PARAMETERS, /"metric": "auc"/], ['README.md', /auc >= 0\.9"/]] },
  { what: 'a larger endpoint', edits: [add('endpoint: { instanceType: "ml.m5.4xlarge" }')], shows: [[DELIVERY, /"instanceType": "ml\.m5\.4xlarge"/]] },
  { what: 'fewer captured requests', edits: [[/endpoint: \{/, '$& dataCapturePercentage: 20,']], shows: [[DELIVERY, /"dataCapturePercentage": 20/]] },
  { what: 'a tag', edits: [add('tags: { team: "growth" }')], shows: [[DELIVERY, /"team": "growth"/]] },
  { what: 'upgrades once a month', edits: [add('upgrade: { schedule: "monthly" }')], shows: [[DELIVERY, /"schedule": "monthly"/]] },
  { what: 'the README as the user\'s own', edits: [add('userOwned: ["README.md"]')], shows: [['README.md', /auc >= 0\.9"/]] },
  { what: 'a second group', edits: [add(GROUPS), [/SageMakerCicdProject \}/, 'EnvironmentType, $&']], shows: [[DELIVERY, /"sourceBranch": "develop"/], ['README.md', /^(?!.*develop)/s]] },
  { what: 'a renamed environment', edits: [[/"staging"/, '"preprod"']], shows: [[DELIVERY, /"preprod"/]] },
  { what: 'one more stage', edits: [[/\{ name: "preprod" \},/, '$& { name: "shadow" },']], shows: [[DELIVERY, /"shadow"/]] },
  {
    what: 'a network',
    edits: [add('network: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"], securityGroupIds: ["sg-0123456789abcdef0"] }')],
    shows: [[DELIVERY, /"vpc-0123456789abcdef0"/]],
  },
  { what: 'another way to install the CDK app', edits: [add('infrastructure: { installCommands: ["npm ci --no-audit"] }')], shows: [[DELIVERY, /"npm ci --no-audit"/]] },
  { what: 'a source on GitHub', edits: [add(SOURCE), [/SageMakerCicdProject \}/, 'SageMakerCicdProject, SourceType }']], shows: [[DELIVERY, /"github"/], [WORKFLOW, /schedule/]] },
  { what: 'a source on CodeCommit again', edits: [[/ {2}source: .*\n/, ''], [/, SourceType \}/, ' }']], shows: [[DELIVERY, /^(?!.*"github")/s]], gone: [WORKFLOW] },
  { what: 'the README handed back', edits: [[/ {2}userOwned: .*\n/, '']], shows: [['README.md', /develop[^]*preprod/]] },
];

const PYTHON_NAME = / {4}name="churn",\n/;
const addPython = (option: string): readonly [RegExp, string] => [PYTHON_NAME, `$&    ${option},\n`];
const PYTHON_GROUPS = `deployment_groups=[
        DeploymentGroupOptions(name="dev", source_branch="develop", deploy_environments=[DeployEnvironmentOptions(name="try")]),
        DeploymentGroupOptions(name="main", deploy_environments=[DeployEnvironmentOptions(name="preprod"), DeployEnvironmentOptions(name="prod")]),
    ]`;

const PYTHON: readonly OptionLink[] = [
  { what: 'a larger training instance', edits: [addPython('training={"instance_type": "ml.m5.2xlarge"}')], shows: [[PARAMETERS, /"instanceType": "ml\.m5\.2xlarge"/]] },
  { what: 'a higher threshold', edits: [addPython('quality_gate={"threshold": 0.9}')], shows: [[PARAMETERS, /"threshold": 0\.9\n/], ['README.md', /accuracy >= 0\.9"/]] },
  { what: 'a larger endpoint', edits: [addPython('endpoint={"instance_type": "ml.m5.4xlarge"}')], shows: [[DELIVERY, /"instanceType": "ml\.m5\.4xlarge"/]] },
  { what: 'a tag', edits: [addPython('tags={"team": "growth"}')], shows: [[DELIVERY, /"team": "growth"/]] },
  {
    what: 'a second group',
    edits: [addPython(PYTHON_GROUPS), [/import SageMakerCicdProject/, 'import DeployEnvironmentOptions, DeploymentGroupOptions, SageMakerCicdProject']],
    shows: [[DELIVERY, /"sourceBranch": "develop"/], ['README.md', /develop[^]*preprod/]],
  },
];

/** Option changes that are made one after the other. */
export const OPTION_LINKS: { readonly [F in Flavour]: readonly OptionLink[] } = { typescript: TYPESCRIPT, python: PYTHON };

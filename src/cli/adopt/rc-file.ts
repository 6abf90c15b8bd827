import { PACKAGE } from '../shared/repository';

/** Options that were given as flags, by their names in the rc file. */
export type GivenOptions = { readonly [option: string]: string | boolean };

/** Options as adopt writes them. */
export interface RcOptions {
  readonly name: string;
  readonly given: GivenOptions;
  readonly userOwned: readonly string[];
}

const OWNED = [
  'Files that existed before and belong entirely to you. To let the project write one, remove it from this list and',
  'run "npx projen" (generated files) or "npx projen sync:restore <path>" (all others). git keeps your version.',
];

/** Name of the file that holds the options. */
export function rcFileName(given: GivenOptions): string {
  return given.projenrcPython === true ? '.projenrc.py' : '.projenrc.ts';
}

/** The file that holds the options, as `projen new` writes it. */
export function rcFileText(options: RcOptions): string {
  return options.given.projenrcPython === true ? python(options) : typescript(options);
}

function typescript({ name, given, userOwned }: RcOptions): string {
  const words = sorted({ ...given, name });
  return [
    `import { SageMakerCicdProject } from "${PACKAGE}";`,
    'const project = new SageMakerCicdProject({',
    `  devDeps: ["${PACKAGE}"],`,
    ...words.map(([option, value]) => `  ${option}: ${JSON.stringify(value)},`),
    ...(userOwned.length > 0
      ? [
        ...OWNED.map(line => `  // ${line}`),
        '  userOwned: [',
        ...userOwned.map(file => `    ${JSON.stringify(file)},`),
        '  ],',
      ]
      : []),
    '});',
    'project.synth();',
    '',
  ].join('\n');
}

function python({ name, given, userOwned }: RcOptions): string {
  const words = sorted({ ...given, name });
  return [
    'from sagemaker_cicd_projen import SageMakerCicdProject',
    '',
    'project = SageMakerCicdProject(',
    `    dev_deps=["${PACKAGE}"],`,
    ...words.map(
      ([option, value]) =>
        `    ${snake(option)}=${typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value)},`,
    ),
    ...(userOwned.length > 0
      ? [
        ...OWNED.map(line => `    # ${line}`),
        '    user_owned=[',
        ...userOwned.map(file => `        ${JSON.stringify(file)},`),
        '    ],',
      ]
      : []),
    ')',
    '',
    'project.synth()',
    '',
  ].join('\n');
}

function sorted(words: GivenOptions): Array<[string, string | boolean]> {
  return Object.entries(words).filter(([, value]) => value !== false).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** As jsii spells an option in Python. */
function snake(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, c => `_${c}`).toLowerCase();
}

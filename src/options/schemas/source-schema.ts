import { text } from './schema-parts';
import type { JsonSchema } from '../engine/json-schema';
import { BRANCH_PATTERN } from '../knowledge/branch';
import { SourceType } from '../source';

/** A segment of a path without wildcards, and not one that leaves its folder. */
const SEGMENT = '(?!\\.{1,2}(/|$))[^/*?\\[\\]{}!\\\\\\s]+';

/**
 * Paths as a trigger's filter and the commit gate both read them: a path, a folder with all below it, a name in any
 * folder.
 */
const PATH_PATTERN = `^(?=.{1,255}$)(${SEGMENT}(/${SEGMENT})*(/\\*\\*)?|\\*\\*/${SEGMENT})$`;

/**
 * A filter takes at most 8 patterns of at most 255 characters (CodePipeline API reference, GitFilePathFilterCriteria).
 */
const ignoredPaths: JsonSchema = {
  type: 'array', maxItems: 8, uniqueItems: true,
  description: 'Commits that change nothing but these paths build no model.',
  items: text('A path, a folder or a file name.', {
    'pattern': PATH_PATTERN,
    'x-allowed': 'a path ("docs/index.md"), a folder with everything below it ("docs/**") or a file name in any folder '
      + '("**/README.md"), without other wildcards',
    'x-fix': 'Write it in one of these three ways; a "*" stands nowhere else.',
  }),
};

/** Schema of a repository. */
export const sourceSchema: JsonSchema = {
  type: 'object',
  description: 'The repository whose commits are built.',
  additionalProperties: false,
  properties: {
    type: {
      type: 'string', enum: Object.values(SourceType), description: 'Where it is hosted.',
      default: SourceType.CODECOMMIT,
    },
    repository: text('Its name for CodeCommit, owner/name otherwise.', { minLength: 1, maxLength: 255 }),
    create: { type: 'boolean', description: 'Whether the CodeCommit repository is created.', default: true },
    connectionArn: text('The CodeConnections connection.', {
      'pattern': '^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\\d{12}:connection/[a-f0-9-]+$',
      'x-allowed': 'the ARN of a CodeConnections connection '
        + '(arn:aws:codeconnections:<region>:<account>:connection/<id>)',
    }),
    ignoredPaths,
  },
};

/** Schema of how the infrastructure is made and deployed. */
export const infrastructureSchema: JsonSchema = {
  type: 'object',
  description: 'How the infrastructure is made and deployed.',
  additionalProperties: false,
  properties: {
    pipeline: {
      type: 'boolean', description: 'Whether a pipeline deploys the infrastructure after each commit to it.',
      default: true,
    },
    source: {
      ...sourceSchema,
      description: 'The repository with the infrastructure code; the one whose commits are built unless given.',
    },
    sourceBranch: text('Branch that the infrastructure is deployed from.', {
      'pattern': BRANCH_PATTERN, 'x-allowed': 'the name of a git branch',
    }),
    // The bootstrap template itself takes 1 to 10 characters of [A-Za-z0-9_-] (CDK, bootstrap-template.yaml); "_" is
    // none in the name of its bucket.
    bootstrapQualifier: text('Qualifier of the CDK bootstrap in every account and region.', {
      'pattern': '^[a-z0-9]{1,10}$', 'default': 'hnb659fds',
      'x-allowed': '1 to 10 lower-case letters and digits, as given to cdk bootstrap --qualifier',
    }),
    diffApproval: {
      type: 'boolean',
      description: 'Whether a person approves what would change in the tooling account and in production.',
    },
    installCommands: {
      type: 'array', items: text('A command.', { minLength: 1 }),
      description: 'Commands that install what the CDK app needs.',
    },
    synthCommand: text('Command that synthesizes the CDK app into cdk.out.', { minLength: 1 }),
    files: {
      type: 'array', minItems: 1, uniqueItems: true,
      description: 'Files and folders (with a "/" at the end) that the CDK app is made of.',
      // With "**" behind a folder's name it still fits into a trigger's filter.
      items: text('A path.', {
        'pattern': '^(?!/)(?!.*\\.\\.)[\\w.@/*-]+$', 'maxLength': 253,
        'x-allowed': 'a path below the repository\'s root, folders with a "/" at the end',
      }),
    },
  },
};

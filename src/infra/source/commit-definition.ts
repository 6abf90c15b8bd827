import { createHash } from 'node:crypto';
import { type ChangedPaths, toStringMatches } from './changed-paths';
import { keepPush, type KeptPushes } from './kept-pushes';

/** The names that a commit gate works with. */
export interface CommitDefinitionInput {
  readonly partition: string;
  readonly repository: string;
  readonly pipeline: string;
  readonly paths: ChangedPaths;
  /** Where the push is kept first; not kept without. */
  readonly evidence?: KeptPushes;
}

/** Tries again while a service is busy; 3 tries, 2 to 8 seconds apart. */
const RETRY = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }];

/**
 * Differences asked for at a time. A state holds 256 KiB (Step Functions guide, "Quotas"), which is 2.6 KB for each:
 * two paths, two hashes.
 */
const PAGE = 100;

/**
 * Pages that are looked at. Each difference takes 6 events of the 25,000 that a history holds (same place), so 30 pages
 * stay below it.
 */
const MAX_PAGES = 30;

/**
 * What GetDifferences says about a commit that is not there, for example after a forced push. It will not be there at
 * the next try either.
 */
const NO_COMMIT = [
  'CodeCommit.CommitDoesNotExistException',
  'CodeCommit.InvalidCommitException',
  'CodeCommit.InvalidCommitIdException',
];

/**
 * The commit gate in Amazon States Language.
 *
 * Asks CodeCommit for the differences between the branch before and after a push, page by page, and starts the pipeline
 * for exactly that commit as soon as one of them counts. Where the differences cannot be known (a new branch, an old
 * commit that is gone, too many of them, a service that keeps failing) it starts the pipeline: a run too many costs
 * less than a commit that nobody builds. No result path is null: CloudFormation refuses null anywhere in a template.
 */
export function commitDefinition(input: CommitDefinitionInput): object {
  const call = (service: string) => `arn:${input.partition}:states:::${service}`;
  const ask = (token: object) => ({
    Type: 'Task',
    Resource: call('aws-sdk:codecommit:getDifferences'),
    Parameters: {
      'RepositoryName': input.repository,
      'BeforeCommitSpecifier.$': '$.detail.oldCommitId',
      'AfterCommitSpecifier.$': '$.detail.commitId',
      'MaxResults': PAGE,
      ...token,
    },
    ResultPath: '$.page',
    Retry: [{ ErrorEquals: NO_COMMIT, MaxAttempts: 0 }, ...RETRY],
    // Too much for one state must be caught by its name (Step Functions guide, "Error names").
    Catch: [{
      ErrorEquals: ['States.DataLimitExceeded'],
      ResultPath: '$.error',
      Next: 'ChangesUnknown',
    }, { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'ChangesUnknown' }],
    Next: 'HasChanges',
  });
  return {
    Comment: `Starts ${input.pipeline} for commits that change `
      + `${input.paths.only ? 'what it deploys' : 'anything but the ignored paths'}`,
    StartAt: input.evidence ? 'KeepPush' : 'IsUpdate',
    TimeoutSeconds: 900,
    States: {
      ...(input.evidence ? keepPush(input.evidence, input.repository, call, 'IsUpdate', RETRY) : {}),
      IsUpdate: {
        Type: 'Choice',
        Choices: [{
          And: [{
            Variable: '$.detail.event',
            StringEquals: 'referenceUpdated',
          }, { Variable: '$.detail.oldCommitId', IsPresent: true }],
          Next: 'FirstPage',
        }],
        Default: 'NewBranch',
      },
      NewBranch: { Type: 'Pass', Comment: 'There is no earlier commit to compare with', Next: 'StartPipeline' },
      FirstPage: { Type: 'Pass', Result: 1, ResultPath: '$.pages', Next: 'AskChanges' },
      AskChanges: ask({}),
      AskMore: ask({ 'NextToken.$': '$.page.NextToken' }),
      HasChanges: {
        Type: 'Choice',
        Choices: [{ Variable: '$.page.Differences', IsPresent: true, Next: 'LookAtChanges' }],
        Default: 'NothingForUs',
      },
      LookAtChanges: {
        Type: 'Map',
        ItemsPath: '$.page.Differences',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'Counts',
          States: {
            Counts: { Type: 'Choice', Choices: [{ ...counts(input.paths), Next: 'Ours' }], Default: 'NotOurs' },
            Ours: { Type: 'Pass', Result: 'ours', End: true },
            NotOurs: { Type: 'Pass', Result: 'not ours', End: true },
          },
        },
        ResultSelector: { 'ours.$': "States.ArrayContains($, 'ours')" },
        ResultPath: '$.looked',
        Next: 'IsForUs',
      },
      IsForUs: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.looked.ours', BooleanEquals: true, Next: 'StartPipeline' },
          { Not: { Variable: '$.page.NextToken', IsPresent: true }, Next: 'NothingForUs' },
          { Variable: '$.pages', NumericGreaterThanEquals: MAX_PAGES, Next: 'TooManyChanges' },
        ],
        Default: 'NextPage',
      },
      NextPage: {
        Type: 'Pass',
        Parameters: { 'number.$': 'States.MathAdd($.pages, 1)' },
        ResultPath: '$.next',
        Next: 'CountPage',
      },
      CountPage: { Type: 'Pass', InputPath: '$.next.number', ResultPath: '$.pages', Next: 'AskMore' },
      ChangesUnknown: { Type: 'Pass', Comment: 'The differences could not be read', Next: 'StartPipeline' },
      TooManyChanges: {
        Type: 'Pass',
        Comment: `None of the first ${MAX_PAGES * PAGE} changes is relevant, and there are more`,
        Next: 'StartPipeline',
      },
      StartPipeline: {
        Type: 'Task',
        Resource: call('aws-sdk:codepipeline:startPipelineExecution'),
        Parameters: {
          'Name': input.pipeline,
          // One push starts several pipelines, and a token that was used is not used again.
          'ClientRequestToken.$': `States.Format('{}-${tokenOf(input.pipeline)}', $.id)`,
          'SourceRevisions': [{
            'ActionName': 'Source',
            'RevisionType': 'COMMIT_ID',
            'RevisionValue.$': '$.detail.commitId',
          }],
        },
        ResultPath: '$.execution',
        Retry: RETRY,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'NotStarted' }],
        Next: 'Started',
      },
      Started: { Type: 'Succeed' },
      NothingForUs: { Type: 'Succeed', Comment: 'The commit changes nothing relevant' },
      NotStarted: { Type: 'Fail', Error: 'PipelineNotStarted', CausePath: 'States.JsonToString($.error)' },
    },
  };
}

/**
 * What keeps the tokens of pipelines apart: a token has at most 128 letters, digits and hyphens, fewer than an event's
 * id and any pipeline's name.
 */
function tokenOf(pipeline: string): string {
  return createHash('sha256').update(pipeline).digest('hex').slice(0, 8);
}

/**
 * Whether a difference counts. A file that was added has no path before, one that was removed none after; a renamed one
 * is one of each.
 */
function counts({ ignored, only }: ChangedPaths): object {
  const patterns = (only ?? ignored ?? []).map(toStringMatches);
  const paths = ['$.BeforeBlob.Path', '$.AfterBlob.Path'];
  const matches = (path: string) => ({ Or: patterns.map(pattern => ({ Variable: path, StringMatches: pattern })) });
  const test = (path: string): object[] => {
    if (only) { return [matches(path)]; }
    return patterns.length > 0 ? [{ Not: matches(path) }] : [];
  };
  return { Or: paths.map(path => ({ And: [{ Variable: path, IsPresent: true }, ...test(path)] })) };
}

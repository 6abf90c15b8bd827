import { DeliveryEngine } from '../delivery-engine';
import type { OptionProblem } from '../engine/option-error';
import { valueAt } from '../engine/option-path';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';
import { HOSTS } from '../knowledge/hosts';
import { triggerPatterns, TRIGGER_PATTERNS } from '../knowledge/infrastructure-paths';
import { createsRepository, defaultRepository, INFRASTRUCTURE_SUFFIX } from '../knowledge/repository-name';
import type { Filled } from '../schemas/filled';
import type { SourceOptions, SourceType } from '../source';

type Source = Filled<'SourceOptions', SourceOptions>;

/** A CodeCommit repository is ours to create; every other one is reached through a connection. */
function repositoryRules(at: string): Rule[] {
  return [
    rule<[DeliveryEngine, SourceType, string?]>([
      'engine.type', `${at}.type`, `${at}.connectionArn`,
    ], (engine, type, connection) => {
      if (HOSTS[type].inAws) {
        return connection === undefined ? [] : [
          problem(`${at}.connectionArn`, connection, 'no value for CodeCommit', `Remove it, or set ${at}.type.`),
        ];
      }
      if (engine !== DeliveryEngine.CODEPIPELINE) {
        return connection === undefined ? [] : [problem(
          `${at}.connectionArn`, connection, `no value with engine.type "${engine}"`,
          'Remove it: workflows check the commit out themselves.',
        )];
      }
      // Any region and account: a connection is used by its ARN (CodePipeline user guide, CodeStarSourceConnection,
      // "ConnectionArn").
      return connection !== undefined ? [] : [
        problem(
          `${at}.connectionArn`, undefined, `the ARN of a CodeConnections connection for ${type}`,
          'Create and complete the connection in the console, then set its ARN.',
        ),
      ];
    }),
    rule<[SourceType, string?]>([`${at}.type`, `${at}.repository`], (type, repository) => {
      if (HOSTS[type].inAws) {
        return repository === undefined || (/^[\w.-]{1,100}$/.test(repository) && !repository.endsWith('.git')) ? [] : [
          problem(
            `${at}.repository`, repository,
            'for CodeCommit, 1 to 100 letters, digits, ".", "_" and "-", without ".git" at the end',
            `Change it, or set ${at}.type.`,
          ),
        ];
      }
      const parts = repository?.split('/') ?? [];
      const { depth: most } = HOSTS[type];
      return parts.length >= 2 && parts.length <= most && parts.every(part => /^[^\s]+$/.test(part)) ? [] : [
        problem(
          `${at}.repository`, repository,
          `owner/name for ${type}${most === 2 ? '' : `, with at most ${most - 2} subgroups in between`}`,
          'Write the repository as owner/name.',
        ),
      ];
    }),
    rule<[SourceType, boolean?]>([`${at}.type`, `${at}.create`], (type, create) => (
      HOSTS[type].inAws || create === undefined ? [] : [
        problem(
          `${at}.create`, create, `no value for ${type}`, 'Remove it: only CodeCommit repositories can be created.',
        ),
      ])),
  ];
}

/** The repository of the model, and that of the infrastructure where it has one of its own. */
export const sourceRules: RuleFamily = options => [
  ...repositoryRules('source'),
  ...(valueAt(options, 'infrastructure.source') === undefined ? [] : repositoryRules('infrastructure.source')),
];

/** Model and infrastructure may share a repository; whether it is created can then have one answer only. */
export const sharedRepositoryRules: RuleFamily = () => [
  rule<[string | undefined, string | undefined, Source, Source?]>([
    'name', 'modelName', 'source', 'infrastructure.source',
  ], (
    name = '', word = name, model, infrastructure,
  ) => {
    const isCodeCommit = ({ type }: Source) => HOSTS[type].inAws;
    if (!infrastructure || !isCodeCommit(model) || !isCodeCommit(infrastructure)) { return []; }
    const repository = model.repository ?? defaultRepository(word);
    const isShared = (infrastructure.repository ?? defaultRepository(word, INFRASTRUCTURE_SUFFIX)) === repository;
    const creates = createsRepository(model);
    return !isShared || createsRepository(infrastructure) === creates ? [] : [problem(
      'infrastructure.source.create', infrastructure.create,
      `${creates} as for source, because both name the repository ${repository}`,
      'Set the same value in both, or name another repository.',
    )];
  }),
];

/** The filter of a trigger takes few patterns; the commit gate, for CodeCommit, any number. */
function tooManyPatterns(path: string, value: string, patterns: readonly string[], fix: string): OptionProblem[] {
  const count = triggerPatterns(patterns).length;
  return count <= TRIGGER_PATTERNS.count ? [] : [{
    path, value, fix,
    allowed: `a list of at most ${TRIGGER_PATTERNS.count} patterns of ${TRIGGER_PATTERNS.length} characters, `
      + `because a pipeline's trigger has no room for more (this list needs ${count})`,
  }];
}

/** What a connection's trigger compares with the changed paths of a commit; a workflow's takes any number. */
export const triggerPathRules: RuleFamily = () => [
  rule<[DeliveryEngine, SourceType, readonly string[]]>([
    'engine.type', 'source.type', 'source.ignoredPaths',
  ], (engine, type, ignored) => (
    HOSTS[type].inAws || engine !== DeliveryEngine.CODEPIPELINE ? [] : tooManyPatterns(
      'source.ignoredPaths', `${ignored.length} paths`, ignored, 'Ignore folders instead of the files in them.',
    ))),
  rule<[DeliveryEngine, boolean, Source, Source | undefined, readonly string[]]>([
    'engine.type', 'infrastructure.pipeline', 'source', 'infrastructure.source', 'infrastructure.files',
  ], (
    engine, pipeline, model, own = model, files,
  ) => {
    return !pipeline || engine !== DeliveryEngine.CODEPIPELINE || HOSTS[own.type].inAws ? [] : tooManyPatterns(
      'infrastructure.files', `${files.length} files and folders`, files, 'Name folders instead of the files in them.',
    );
  }),
];

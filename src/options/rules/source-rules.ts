import { problem, rule, type RuleFamily } from '../rule';
import { SourceType } from '../source';

/** A CodeCommit repository is ours to create; every other one is reached through a connection. */
export const sourceRules: RuleFamily = () => [
  rule<[SourceType?, string?]>(['source.type', 'source.connectionArn'], (type = SourceType.CODECOMMIT, connection) => {
    if (type === SourceType.CODECOMMIT) {
      return connection === undefined ? [] : [problem('source.connectionArn', connection, 'nothing for CodeCommit', 'Remove it, or set source.type.')];
    }
    return connection !== undefined ? [] : [
      problem('source.connectionArn', undefined, `the ARN of a CodeConnections connection for ${type}`, 'Create the connection in the console, complete it there, and add its ARN.'),
    ];
  }),
  rule<[SourceType?, string?]>(['source.type', 'source.repository'], (type = SourceType.CODECOMMIT, repository) => {
    if (type === SourceType.CODECOMMIT) {
      return repository === undefined || /^[\w.-]{1,100}$/.test(repository) ? [] : [
        problem('source.repository', repository, 'for CodeCommit 1 to 100 letters, digits, ".", "_" and "-"', 'Change it, or set source.type.'),
      ];
    }
    return repository !== undefined && /^[^/\s]+(\/[^/\s]+)+$/.test(repository) ? [] : [
      problem('source.repository', repository, `owner/name for ${type}`, 'Add the repository as owner/name.'),
    ];
  }),
  rule<[SourceType?, boolean?]>(['source.type', 'source.create'], (type = SourceType.CODECOMMIT, create) => (
    type === SourceType.CODECOMMIT || create === undefined ? [] : [
      problem('source.create', create, `nothing for ${type}`, 'Remove it: only CodeCommit repositories are created.'),
    ])),
];

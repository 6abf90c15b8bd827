import { problem, rule, type RuleFamily } from '../engine/rule';

/** The options that name columns beside the target; a column has one role at most. */
export const COLUMN_ROLES = [
  'dropColumns', 'idColumns', 'dateColumns', 'sampleWeightColumn', 'groupColumn', 'timeColumn',
] as const;

type Named = string | readonly string[] | undefined;

/** What the columns of the data are. */
export const columnRules: RuleFamily = () => [
  rule<Named[]>(['targetColumn', ...COLUMN_ROLES].map(name => `training.${name}`), (target, ...named) => {
    const taken = new Map(listOf(target).map(column => [column, 'the targetColumn']));
    return named.flatMap((columns, i) => listOf(columns).flatMap((column, j) => {
      const role = COLUMN_ROLES[i];
      const path = `training.${role}${Array.isArray(columns) ? `[${j}]` : ''}`;
      if (column.trim() === '') { return [problem(path, column, 'the name of a column', 'Give its name.')]; }
      const other = taken.get(column);
      taken.set(column, other ?? (Array.isArray(columns) ? `one of ${role}` : `the ${role}`));
      return other === undefined ? [] : [
        problem(path, column, 'a column with no other role', `It is already ${other}. Remove it from one of `
          + 'them.'),
      ];
    }));
  }),
  rule<Named[]>(['training.missingTokens'], tokens => listOf(tokens).flatMap((token, i) => (token.trim() === '' ? [
    problem(`training.missingTokens[${i}]`, token, 'a string', 'Empty cells always count as missing. Remove the '
      + 'entry.'),
  ] : []))),
];

function listOf(named: Named): readonly string[] {
  return typeof named === 'string' ? [named] : named ?? [];
}

import * as fs from 'node:fs';
import * as path from 'node:path';

/** A question that auditors ask, as a file of SQL. */
interface Question {
  readonly name: string;
  readonly description: string;
}

/** The questions; `?` stands for the parameters that are asked for, in this order. */
export const AUDIT_QUESTIONS: readonly Question[] = [
  { name: 'approvals', description: 'Who approved or rejected what, when and why. Parameters: first day, last day' },
  {
    name: 'production',
    description: 'What each endpoint served at the end of a day. Parameters: first day to look at, the day, endpoints '
      + 'as a pattern (% for all)',
  },
  { name: 'permissions', description: 'Every change of permissions. Parameters: first day, last day' },
  {
    name: 'access-review',
    description: 'Who took on a role that approves, and who changed such a role. Parameters: first day, last day',
  },
  { name: 'deployments', description: 'Deployments by version of the model. Parameters: first day, last day' },
  {
    name: 'tampering',
    description: 'Calls that stop the trail, weaken keys or buckets, or remove evidence, also those that were denied. '
      + 'Parameters: first day, last day',
  },
];

/** Where the questions are, at the package's root. */
const QUERIES = path.resolve(__dirname, '..', '..', '..', '..', 'tools', 'govern', 'queries');

/** Columns of the table, as Hive types. */
interface TableFile {
  readonly name: string;
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>;
}

/** The table with its columns. */
export function tableFile(): TableFile {
  return JSON.parse(fs.readFileSync(path.join(QUERIES, 'table.json'), 'utf-8')) as TableFile;
}

/** How a role that approves is told from others, in SQL; `role_name` is its name. */
function isApprover(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0
    ? "regexp_like(role_name, '(approver|releaser)$')"
    : `role_name IN (${names.map(name => `'${name}'`).join(', ')})`;
}

/** The SQL of a question; the file itself asks about roles by the endings of their names. */
export function questionOf(name: string, approvers: readonly string[] | undefined): string {
  const sql = fs.readFileSync(path.join(QUERIES, `${name}.sql`), 'utf-8');
  return sql.replaceAll(isApprover(undefined), isApprover(approvers));
}

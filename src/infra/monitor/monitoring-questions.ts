import * as fs from 'node:fs';
import * as path from 'node:path';

/** A question to the tables of a monitored environment, as a file of SQL. */
interface Question {
  readonly name: string;
  readonly description: string;
  /** Whether it is about labels, which not every environment has. */
  readonly needsLabels?: boolean;
}

const DAYS = 'Parameters: first day, last day, as numbers (20261101)';
const LABEL_DAYS = `${DAYS}, first day, last day on which labels came`;

/** The questions; `?` stands for the parameters that are asked for, in this order. */
const QUESTIONS: readonly Question[] = [
  { name: 'rows-a-day', description: `Rows by day and version. ${DAYS}` },
  { name: 'classes', description: `Share of each answer by day and version. ${DAYS}` },
  {
    name: 'request',
    description: `What which version answered to a request. ${LABEL_DAYS}, the inference ID in quotes`,
  },
  { name: 'quality', description: `How good answers were, by day and version. ${LABEL_DAYS}`, needsLabels: true },
  { name: 'late-labels', description: `Labels that came later than monitors wait. ${LABEL_DAYS}`, needsLabels: true },
  { name: 'without-label', description: `Rows for which no label came. ${LABEL_DAYS}`, needsLabels: true },
];

/** Where the questions and the tables are, at the package's root. */
const MONITOR = path.resolve(__dirname, '..', '..', '..', 'tools', 'monitor');

/** What questions are asked about. */
export interface Asked {
  readonly database: string;
  /** How labels are found. */
  readonly groundTruth?: { readonly idColumn?: string; readonly waitHours: number };
}

/** A table in the words of Glue. */
export interface MonitoringTable {
  readonly description: string;
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string; readonly comment?: string }>;
}

/** The tables, and how their partitions are found by projection. */
export interface MonitoringTables {
  readonly predictions: MonitoringTable;
  readonly labels: MonitoringTable;
  readonly partitions: ReadonlyArray<{
    readonly name: string; readonly type: string; readonly projection: { readonly [setting: string]: string };
  }>;
  /** Where a partition is, below the table's folder. */
  readonly location: string;
  /** What labels name as key, of a prediction `p`: by its inference ID, or by the column that says what it is about. */
  readonly keys: { readonly inferenceId: string; readonly idColumn: string };
}

/** The tables of a monitored environment. */
export function monitoringTables(): MonitoringTables {
  return JSON.parse(fs.readFileSync(path.join(MONITOR, 'tables.json'), 'utf-8')) as MonitoringTables;
}

/** The saved queries of an environment, with their SQL. */
export function monitoringQuestions(asked: Asked): Array<{ name: string; description: string; sql: string }> {
  const values: { readonly [placeholder: string]: string } = {
    database: `"${asked.database}"`, key: keyOf(asked), waitHours: `${asked.groundTruth?.waitHours ?? 0}`,
  };
  return QUESTIONS.filter(({ needsLabels = false }) => !needsLabels || asked.groundTruth !== undefined)
    .map(({ name, description }) => ({
      name,
      description,
      sql: fs.readFileSync(path.join(MONITOR, 'queries', `${name}.sql`), 'utf-8')
        .replace(/\{(\w+)\}/g, (all, placeholder: string) => values[placeholder] ?? all),
    }));
}

/** What labels name as key, of a prediction `p`; `truth.py` makes the same of a file. */
function keyOf({ groundTruth }: Asked): string {
  const { keys } = monitoringTables();
  const column = groundTruth?.idColumn;
  return column === undefined ? keys.inferenceId
    : keys.idColumn.replace('{column}', () => `'${column.replaceAll("'", "''")}'`);
}

import * as fs from 'node:fs';
import * as path from 'node:path';

/** What the second version of the template does to a file: a changed line, two inserted lines; or to a path. */
export interface TemplateChange {
  readonly kind: 'changed' | 'renamed' | 'dropped' | 'added';
  readonly file: string;
  /** Where a renamed file lies in the second version. */
  readonly newPath?: string;
  /** Texts that only the second version has. */
  readonly marks: readonly string[];
  /** Line of the first version (from 0) that is changed; further down, before `insertedAt`, lines are inserted. */
  readonly changedAt: number;
  readonly insertedAt: number;
}

const CHANGED = [
  'model/train.py', 'model/evaluate.py', 'model/preprocess.py', 'pipelines/pipeline.py', 'tests/test_train.py',
];
const RENAMED = ['tests/workbench.py', 'tests/tools.py'] as const;
const DROPPED = 'model/cluster.py';
const ADDED = 'model/drift.py';

/** Two versions of a template as plain trees, and what lies between them. */
export interface Template {
  readonly first: string;
  readonly second: string;
  readonly changes: readonly TemplateChange[];
  /** Files that are the same in both versions. */
  readonly unchanged: readonly string[];
}

/** Makes two versions of a template from a directory of real files. */
export function makeTemplate(source: string, directory: string): Template {
  const [first, second] = ['first', 'second'].map(name => path.join(directory, name));
  const keep = (file: string): boolean => !/(^|\/)(__pycache__|\.[a-z_]+cache)/.test(path.relative(source, file));
  for (const version of [first, second]) { fs.cpSync(source, version, { recursive: true, filter: keep }); }
  const changes = [
    ...CHANGED.map(file => changeLines(second, file)),
    { ...changeLines(second, RENAMED[0]), kind: 'renamed' as const, newPath: RENAMED[1] },
    { kind: 'dropped' as const, file: DROPPED, marks: [], changedAt: 10, insertedAt: 20 },
    { kind: 'added' as const, file: ADDED, marks: ['"""Watches for drift."""'], changedAt: 0, insertedAt: 0 },
  ];
  fs.renameSync(path.join(second, RENAMED[0]), path.join(second, RENAMED[1]));
  fs.rmSync(path.join(second, DROPPED));
  fs.writeFileSync(path.join(second, ADDED), '"""Watches for drift."""\n\nLIMIT = 0.1\n');
  const touched = new Set(changes.map(({ file }) => file));
  const unchanged = fs.readdirSync(first, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.py') && !touched.has(file) && linesOf(path.join(first, file)).length > 50).sort();
  return { first, second, changes, unchanged };
}

function changeLines(root: string, file: string): TemplateChange {
  const full = path.join(root, file);
  const lines = linesOf(full);
  const changedAt = lines.findIndex((line, i) => i >= lines.length * 0.3 && line.length > 12);
  const insertedAt = Math.floor(lines.length * 0.65);
  const marks = [`  # ${file}: changed in version 2`, `# ${file}: added in version 2`];
  lines[changedAt] += marks[0];
  lines.splice(insertedAt, 0, marks[1], `${marks[1]}, its second line`);
  fs.writeFileSync(full, lines.join('\n'));
  return { kind: 'changed', file, marks, changedAt, insertedAt };
}

export function linesOf(file: string): string[] {
  return fs.readFileSync(file, 'utf8').split('\n');
}

import * as fs from 'node:fs';
import * as path from 'node:path';
import { makeTemplate, type Template, type TemplateChange } from './template';
import { type Tool, tools } from './tools';
import { read } from './tree';
import { type Edit, edits } from './user';
import { ROOT } from '../../testing/harness/process';
import type { Row } from '../table';

const COUNT = 60;

/** What became of the edits, and of the changes of the template beside them. */
interface Score {
  readonly tool: string;
  readonly lost: readonly string[];
  readonly arrived: number;
  readonly expected: number;
}

/**
 * The same edits of a user, one at a time, in a tree that each tool made from the same template; then each tool brings
 * the template's next version: how many edits are still there, and how much of the new version came.
 *
 * @param packages a directory whose `node_modules` hold projen and this package
 */
export async function keptEdits(packages: string, env: NodeJS.ProcessEnv): Promise<Row[]> {
  const template = makeTemplate(path.join(ROOT, 'templates', 'python'), packages);
  const all = edits(template, COUNT);
  const { ours, others } = await tools(template, packages, env);
  const own = await score(ours, template, all, packages);
  const rows: Row[] = [];
  for (const tool of others) {
    const other = await score(tool, template, all, packages);
    rows.push({
      what: `edits kept out of ${COUNT}, and of the template's changes, beside ${other.tool}`,
      ours: shown(own), other: shown(other), figure: own.lost.length + own.expected - own.arrived, target: 0,
      unit: 'lost',
    });
  }
  return rows;
}

function shown({ lost, arrived: came, expected }: Score): string {
  return `${COUNT - lost.length}, ${Math.floor(100 * came / expected)} %`;
}

async function score(tool: Tool, template: Template, all: readonly Edit[], directory: string): Promise<Score> {
  const home = path.join(directory, tool.name.replace(/\W+/g, '-'));
  const base = path.join(home, 'base', 'tree');
  fs.mkdirSync(base, { recursive: true });
  await tool.create(base);
  const lost: string[] = [];
  let [came, expected] = [0, 0];
  const judge = async (edit: Edit, id: number): Promise<void> => {
    const tree = path.join(home, `${id}`, 'tree');
    fs.cpSync(base, tree, { recursive: true });
    edit.apply(tree);
    await tool.update(tree);
    if (!edit.kept(tree)) { lost.push(edit.what); }
    const changes = template.changes.map(change => arrived(change, edit, tree)).filter(result => result !== undefined);
    expected += changes.length;
    came += changes.filter(Boolean).length;
    if (process.env.KEEP !== '1') { fs.rmSync(path.dirname(tree), { recursive: true }); }
  };
  const queue = all.map((edit, id) => async () => judge(edit, id));
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) { await next(); }
  };
  await Promise.all([worker(), worker()]);
  const counted = [...new Set(lost)].sort().map(what => `${lost.filter(other => other === what).length} × ${what}`);
  process.stdout.write(`${tool.name}: kept ${COUNT - lost.length} of ${COUNT}, ${came} of ${expected} changes of the `
    + `template came.${counted.map(line => `\n  lost: ${line}`).join('')}\n`);
  return { tool: tool.name, lost, arrived: came, expected };
}

/** Whether a change of the template is in a tree; undefined where the edit says that it should not be. */
function arrived(change: TemplateChange, edit: Edit, tree: string): boolean | undefined {
  const exists = (file: string): boolean => fs.existsSync(path.join(tree, file));
  const own = edit.file === change.file;
  if (own && (edit.deletes || change.kind === 'added' || change.kind === 'dropped')) { return undefined; }
  if (change.kind === 'dropped') { return !exists(change.file); }
  const [text] = read(tree, change.newPath ?? change.file);
  const marks = text !== undefined && change.marks.every(mark => text.includes(mark));
  return marks && !(change.kind === 'renamed' && exists(change.file));
}

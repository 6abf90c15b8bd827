import * as fs from 'node:fs';
import * as path from 'node:path';
import { linesOf, type Template, type TemplateChange } from './template';
import { conflictText, everyText, isProgram, textsOf } from './tree';

/** One thing that a person does to a tree. */
export interface Edit {
  readonly what: string;
  /** The file it is done to, in the first version. */
  readonly file: string;
  /** Whether the file is gone afterwards. */
  readonly deletes: boolean;
  apply(tree: string): void;
  /** Whether what the person did is still there after the update. */
  kept(tree: string): boolean;
}

type LineKind = 'insert' | 'change' | 'delete' | 'move';

/**
 * Edits with a fixed seed: each kind of edit at each distance from the template's own change, then edits of whole
 * files.
 */
export function edits(template: Template, count: number): Edit[] {
  const random = randomNumbers(20);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)];
  const changed = template.changes.filter(({ kind }) => kind === 'changed');
  const one = (kind: TemplateChange['kind']): TemplateChange => template.changes.find(change => change.kind === kind)!;
  const near = (): [TemplateChange, number] => {
    const change = pick(changed);
    return [change, change.changedAt + pick([-5, -4, 4, 5])];
  };
  const far = (): [TemplateChange, number] => {
    const change = pick(changed);
    return [change, change.insertedAt + 12 + pick([0, 3, 6])];
  };
  const at = (): [TemplateChange, number] => { const change = pick(changed); return [change, change.changedAt]; };
  const unchanged = (): [TemplateChange, number] =>
    [{ kind: 'changed', file: pick(template.unchanged), marks: [], changedAt: 0, insertedAt: 0 }, pick([20, 25, 30])];
  const renamed = (): [TemplateChange, number] => [one('renamed'), pick([5, 20, 30])];
  const dropped = (): [TemplateChange, number] => [one('dropped'), pick([5, 15, 25])];
  const places: ReadonlyArray<[string, () => [TemplateChange, number]]> = [
    ...Array<[string, typeof at]>(2).fill(['at the changed line', at]),
    ...Array<[string, typeof at]>(3).fill(['near the change', near]),
    ...Array<[string, typeof at]>(3).fill(['far from the change', far]),
    ...Array<[string, typeof at]>(2).fill(['in an unchanged file', unchanged]),
    ['in the renamed file', renamed],
    ['in the dropped file', dropped],
  ];
  const kinds: readonly LineKind[] = ['insert', 'change', 'delete', 'move'];
  const made: Edit[] = [];
  const wholes = wholeFileEdits(template, pick(changed).file, pick(template.unchanged));
  for (let round = 0; made.length < count - wholes.length; round++) {
    const [where, place] = places[round % places.length];
    const [change, line] = place();
    made.push(
      lineEdit(template, kinds[Math.floor(round / places.length) % kinds.length], where, change, line, made.length),
    );
  }
  return [...made, ...wholes];
}

function lineEdit(
  template: Template, kind: LineKind, where: string, change: TemplateChange, near: number, id: number,
): Edit {
  const lines = linesOf(path.join(template.first, change.file));
  const at = uniqueLine(lines, near);
  const target = uniqueLine(lines, at + 9);
  const mine = `# mine ${id}.`;
  const old = lines[at];
  const [before, between, after] = [lines.slice(0, at), lines.slice(at + 1, target + 1), lines.slice(target + 1)];
  const edited: { readonly [K in LineKind]: readonly string[] } = {
    insert: [...before, old, mine, ...between, ...after],
    change: [...before, `${old}  ${mine}`, ...between, ...after],
    delete: [...before, ...between, ...after],
    move: [...before, ...between, old, ...after],
  };
  const gone = (tree: string): boolean => {
    const texts = textsOf(tree, change.file, change.newPath);
    return texts.length > 0 && texts.some(text => !text.some(line => line.startsWith(old)));
  };
  const moved = (tree: string): boolean => textsOf(tree, change.file, change.newPath).some(text => {
    const places = text.flatMap((line, i) => line.startsWith(old) ? [i] : []);
    return places.length === 1 && places[0] > text.findIndex(line => line.startsWith(lines[target]));
  });
  const inConflict = (tree: string): boolean => conflictText(tree, change.file, change.newPath).includes(old);
  return {
    what: `${kind} a line ${where}`,
    file: change.file,
    deletes: false,
    apply: tree => fs.writeFileSync(path.join(tree, change.file), edited[kind].join('\n')),
    kept: tree => {
      if (kind === 'insert' || kind === 'change') { return everyText(tree).includes(mine); }
      return (kind === 'delete' ? gone : moved)(tree) || inConflict(tree);
    },
  };
}

/** The next line that occurs once and does not begin another one, so that it can be found again. */
function uniqueLine(lines: readonly string[], from: number): number {
  const isUnique = (line: string): boolean => line.trim().length > 12
    && lines.filter(other => other.startsWith(line)).length === 1;
  const found = lines.findIndex((line, i) => i >= from && isUnique(line));
  if (found < 0) {
    throw new Error(`No line from ${from} on can be recognised again; the file is too short for this edit.`);
  }
  return found;
}

function wholeFileEdits(template: Template, changed: string, unchanged: string): Edit[] {
  const renamed = template.changes.find(({ kind }) => kind === 'renamed')!;
  const added = template.changes.find(({ kind }) => kind === 'added')!.file;
  const dropped = template.changes.find(({ kind }) => kind === 'dropped')!.file;
  const own = (what: string, file: string): Edit => {
    const text = `# all of ${file} is mine\n`;
    return {
      what, file, deletes: false,
      apply: tree => {
        fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
        fs.writeFileSync(path.join(tree, file), text);
      },
      kept: tree => everyText(tree).includes(text),
    };
  };
  const remove = (what: string, file: string, newPath?: string): Edit => ({
    what, file, deletes: true,
    apply: tree => fs.rmSync(path.join(tree, file)),
    kept: tree => textsOf(tree, file, newPath).length === 0,
  });
  const program = (what: string, file: string, newPath?: string): Edit => ({
    what, file, deletes: false,
    apply: tree => fs.chmodSync(path.join(tree, file), 0o755),
    kept: tree => [file, newPath].some(name => name !== undefined && isProgram(path.join(tree, name))),
  });
  return [
    own('add a file', 'model/features.py'), own('add a file in an empty directory', 'notebooks/look.py'),
    own('add the file that the template will add', added),
    own('rewrite a changed file', changed), own('rewrite an unchanged file', unchanged),
    remove('delete an unchanged file', unchanged), remove('delete a changed file', changed),
    remove('delete the renamed file', renamed.file, renamed.newPath),
    remove('delete the dropped file', dropped),
    program('make an unchanged file executable', unchanged), program('make a changed file executable', changed),
    program('make the renamed file executable', renamed.file, renamed.newPath),
  ];
}

/** Numbers from 0 to 1, the same ones for the same seed (Park and Miller's generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

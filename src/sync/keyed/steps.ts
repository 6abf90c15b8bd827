import { equal, type KeyedValue, type Path, type Table } from './values';

/**
 * An item of the list that is to be: one of the user's (by index), one of the user's with another value, or a new one.
 */
export interface StepItem {
  readonly from?: number;
  readonly item?: KeyedValue;
}

/** One edit of the user's document. */
export type Step =
  | AddStep
  | { readonly kind: 'set'; readonly path: Path; readonly value: KeyedValue }
  | ListStep
  | { readonly kind: 'remove'; readonly path: Path };

/** A key that is new. */
export interface AddStep {
  readonly kind: 'add';
  readonly path: Path;
  readonly value: KeyedValue;
  /** Keys that it may stand behind, the best first. */
  readonly after: readonly string[];
}

/** A list that is edited item by item. */
export interface ListStep {
  readonly kind: 'list';
  readonly path: Path;
  readonly value: KeyedValue;
  readonly items: readonly StepItem[];
}

/** The edits that make `theirs` into `merged`. Keys come before others go, so that a table is not empty in between. */
export function stepsBetween(theirs: Table, merged: Table, path: Path = []): Step[] {
  const steps: Step[] = [];
  const before: string[] = [];
  for (const [key, value] of merged.entries) {
    const at = [...path, key];
    const now = theirs.entries.get(key);
    if (now === undefined) {
      steps.push({ kind: 'add', path: at, value, after: [...before] });
    } else if (now.kind === 'table' && value.kind === 'table') {
      steps.push(...stepsBetween(now, value, at));
    } else if (!equal(now, value)) {
      steps.push(
        now.kind === 'list' && value.kind === 'list' && value.from
          ? {
            kind: 'list',
            path: at,
            value,
            items: value.items.map((item, index) => stepItem(item, value.from?.[index], now.items)),
          }
          : { kind: 'set', path: at, value },
      );
    }
    before.unshift(key);
  }
  for (const key of theirs.entries.keys()) {
    if (!merged.entries.has(key)) { steps.push({ kind: 'remove', path: [...path, key] }); }
  }
  return steps;
}

function stepItem(item: KeyedValue, from: number | undefined, theirs: readonly KeyedValue[]): StepItem {
  return from !== undefined && theirs[from] === item ? { from } : { from, item };
}

/** What the document's values must be after the step. */
export function afterStep(root: Table, step: Step, depth = 0): Table {
  const key = step.path[depth];
  const entries = new Map(root.entries);
  if (depth < step.path.length - 1) {
    const inner = entries.get(key);
    if (inner?.kind !== 'table') { throw new Error(`There is no table ${key} to edit.`); }
    entries.set(key, afterStep(inner, step, depth + 1));
  } else if (step.kind === 'remove') {
    entries.delete(key);
  } else {
    entries.set(key, step.value);
  }
  return { ...root, entries };
}

import type { KeyConflict } from '../../../src/sync/keyed/three-way';

/** A value of a JSON document. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** An object of a JSON document. */
export interface JsonObject { [key: string]: JsonValue }

export interface KeyMerge {
  readonly value: JsonObject;
  readonly conflicts: KeyConflict[];
}

/**
 * What the merges of texts are compared with: values alone.
 *
 * Merges two versions of an object that both come from `base`, key by key, in the user's order; new keys come last.
 *
 * Lists are values of one piece. A key that one side removed and the other left alone is removed.
 */
export function mergeByKey(base: JsonObject, ours: JsonObject, theirs: JsonObject, path = ''): KeyMerge {
  const value: JsonObject = {};
  const conflicts: KeyConflict[] = [];
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const at = path ? `${path}.${key}` : key;
    const [b, o, t] = [own(base, key), own(ours, key), own(theirs, key)];
    if (isObject(o) && isObject(t)) {
      const inner = mergeByKey(isObject(b) ? b : {}, o, t, at);
      value[key] = inner.value;
      conflicts.push(...inner.conflicts);
      continue;
    }
    const changedByUs = !same(b, o);
    const changedByUser = !same(b, t);
    const winner = changedByUser ? t : o;
    if (winner !== undefined) { value[key] = winner; }
    if (changedByUs && changedByUser && !same(o, t)) {
      conflicts.push({ key: at, kept: show(t), offered: show(o) });
    }
  }
  return { value, conflicts };
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every(key => same(a[key], own(b, key)));
  }
  return JSON.stringify(a) === JSON.stringify(b);
}

function show(value: JsonValue | undefined): string {
  return value === undefined ? 'removed' : JSON.stringify(value);
}

import { parseJson } from './json-document';
import { editJson } from './json-edit';
import type { KeyedTextMerge } from './keyed-merge';
import { mergeTexts } from './keyed-text';

/**
 * Merges our new version of a JSON text into the user's, key by key; both come from `base`, which is what we last wrote.
 *
 * The result is the user's text with as few edits as possible: comments, order, indentation and the spelling of values stay. Where both
 * sides changed a key the user's value stays and is reported. Lists of scalars are merged item by item, other lists are one value.
 *
 * Without a (readable) base every value that differs is the user's. Nothing is returned when the user's text is not a JSON object.
 */
export function mergeJson(base: string | undefined, ours: string, theirs: string): KeyedTextMerge | undefined {
  return mergeTexts({ parse: parseJson, edit: editJson, isRequirements: () => false }, base, ours, theirs);
}

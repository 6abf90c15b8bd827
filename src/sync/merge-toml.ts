import type { KeyedTextMerge } from './keyed-merge';
import type { Step } from './keyed-steps';
import { mergeTexts } from './keyed-text';
import { addKey } from './toml-add';
import { editList } from './toml-containers';
import { parseToml, type TomlDocument } from './toml-document';
import { hasComment } from './toml-lines';
import { removeKey } from './toml-remove';
import { setKey } from './toml-set';

/**
 * Merges our new version of a TOML text into the user's, key by key; both come from `base`, which is what we last wrote.
 *
 * The result is the user's text with as few edits as possible: comments, order, forms of tables and the spelling of values stay. Where both
 * sides changed a key the user's value stays and is reported. Lists of scalars are merged item by item, Python requirements by the name
 * of their distribution; other lists are one value.
 *
 * Without a (readable) base every value that differs is the user's. Nothing is returned when the user's text is not TOML.
 */
export function mergeToml(base: string | undefined, ours: string, theirs: string): KeyedTextMerge | undefined {
  return mergeTexts({ parse: parseToml, edit: editToml, isRequirements }, base, ours, theirs);
}

function editToml(theirs: TomlDocument, ours: TomlDocument, base: TomlDocument | undefined, step: Step): string | undefined {
  switch (step.kind) {
    case 'add': return addKey(theirs, ours, step.path, step.value, step.after);
    case 'set': return setKey(theirs, ours, base, step.path, step.value);
    case 'list': return editList(theirs, ours, step);
    case 'remove': return removeKey(theirs, step.path, comment => hasComment(base, comment) && !hasComment(ours, comment));
  }
}

/** The lists of a `pyproject.toml` that hold requirements. */
function isRequirements(path: readonly string[]): boolean {
  const [first, second] = path;
  return (path.length === 2 && (first === 'dependency-groups' || (first === 'project' && second === 'dependencies')))
    || (path.length === 3 && first === 'project' && second === 'optional-dependencies');
}

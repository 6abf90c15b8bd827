import { lineEnding, withLineEnding } from './lines';
import { afterStep, type Step, stepsBetween } from './steps';
import { type KeyConflict, ThreeWay } from './three-way';
import { equal, type KeyedDocument, type Path, showPath, showValue, table, valueAt } from './values';

/** The user's text with our changes in it, and the keys where ours were left out. */
export interface KeyedTextMerge {
  readonly text: string;
  readonly conflicts: KeyConflict[];
}

/** What a file format must be able to do. */
export interface KeyedFormat<D extends KeyedDocument> {
  /** Nothing when the text is not of this format. */
  parse(text: string): D | undefined;
  /** The text after the step; nothing when the user's form of it leaves no precise place to edit. */
  edit(theirs: D, ours: D, base: D | undefined, step: Step): string | undefined;
  /** Whether a list holds Python requirements, which are told apart by the name of their distribution. */
  isRequirements(path: Path): boolean;
}

/** Merges texts of a format: see `mergeJson` and `mergeToml`. */
export function mergeTexts<D extends KeyedDocument>(
  format: KeyedFormat<D>, base: string | undefined, ours: string, theirs: string,
): KeyedTextMerge | undefined {
  const wanted = format.parse(bare(ours));
  if (!wanted) { throw new Error('The generated text cannot be parsed.'); }
  if (theirs === base) { return { text: ours, conflicts: [] }; }
  const found = format.parse(bare(theirs));
  if (!found) { return undefined; }
  if (ours === base) { return { text: theirs, conflicts: [] }; }
  const remembered = base === undefined ? undefined : format.parse(bare(base));

  const threeWay = new ThreeWay(path => format.isRequirements(path), remembered !== undefined);
  const merged = threeWay.tables(remembered?.root ?? table(), wanted.root, found.root);
  const conflicts = [...threeWay.conflicts];
  let current = found;
  let isComplete = true;
  for (const step of stepsBetween(found.root, merged)) {
    const text = format.edit(current, wanted, remembered, step);
    const next = text === undefined ? undefined : format.parse(text);
    // Each edit proves itself: one that does not give exactly the values it should is not made.
    if (next && equal(next.root, afterStep(current.root, step))) {
      current = next;
    } else {
      isComplete = false;
      const offered = step.kind === 'remove' ? undefined : step.value;
      conflicts.push({
        key: showPath(step.path),
        kept: showValue(valueAt(found.root, step.path)),
        offered: showValue(offered),
      });
    }
  }
  if (isComplete && !equal(current.root, merged)) {
    return { text: theirs, conflicts: [{ key: '', kept: showValue(found.root), offered: showValue(wanted.root) }] };
  }
  // Where nothing of the user's text is left, nothing in it says how its lines ended.
  const text = current.text.includes('\r\n') ? current.text : withLineEnding(current.text, lineEnding(theirs));
  return { text: `${theirs.slice(0, theirs.length - bare(theirs).length)}${text}`, conflicts };
}

/** Without the byte order mark, which no parser wants to see. */
function bare(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

import { type Identity, identityOf } from './identity';
import { equal, type KeyedValue, type List, type Path, showPath, showValue, type Table, table } from './values';

/** A key that both sides changed to different values; the user's value was kept. */
export interface KeyConflict {
  readonly key: string;
  readonly kept: string;
  readonly offered: string;
}

/** A three-way merge of values by key; knows nothing of text. */
export class ThreeWay {
  public readonly conflicts: KeyConflict[] = [];

  /** `isRequirements` says which lists hold Python requirements, `remembered` whether there is a base at all. */
  public constructor(private readonly isRequirements: (path: Path) => boolean, private readonly remembered: boolean) {}

  /**
   * The user's keys in the user's order; each of ours that is new comes after the neighbour that it has in our table.
   */
  public tables(base: Table, ours: Table, theirs: Table, path: Path = []): Table {
    const merged: [string, KeyedValue][] = [];
    for (const [key, value] of theirs.entries) {
      const winner = this.value(base.entries.get(key), ours.entries.get(key), value, [...path, key]);
      if (winner) { merged.push([key, winner]); }
    }
    let previous: string | undefined;
    for (const [key, value] of ours.entries) {
      if (!theirs.entries.has(key)) {
        const winner = this.value(base.entries.get(key), value, undefined, [...path, key]);
        const at = merged.findIndex(([other]) => other === previous);
        if (winner) { merged.splice(at < 0 ? merged.length : at + 1, 0, [key, winner]); }
      }
      if (merged.some(([other]) => other === key)) { previous = key; }
    }
    return { ...table(merged), span: theirs.span };
  }

  private value(
    base: KeyedValue | undefined, ours: KeyedValue | undefined, theirs: KeyedValue | undefined, path: Path,
  ): KeyedValue | undefined {
    if (ours?.kind === 'table' && theirs?.kind === 'table') {
      return this.tables(base?.kind === 'table' ? base : table(), ours, theirs, path);
    }
    if (equal(ours, theirs) || equal(base, ours)) { return theirs; }
    const list = ours?.kind === 'list' && theirs?.kind === 'list' ? this.lists(base, ours, theirs, path) : undefined;
    if (list) { return list; }
    if (equal(base, theirs)) { return ours; }
    this.conflict(showPath(path), theirs, ours);
    return theirs;
  }

  private lists(base: KeyedValue | undefined, ours: List, theirs: List, path: Path): List | undefined {
    const areRequirements = this.isRequirements(path);
    // Without a memory an item that is missing may have been deleted by the user, who needs every requirement but not
    // every other item.
    if (!this.remembered && !areRequirements) { return undefined; }
    const before: List = base?.kind === 'list' ? base : { kind: 'list', items: [] };
    const identity = identityOf([before, ours, theirs], areRequirements);
    if (!identity) { return undefined; }
    const merged = mergeLists(before, ours, theirs, identity, (id, kept, offered) =>
      this.conflict(`${showPath(path)}[${id}]`, kept, offered),
    );
    // Our new order counts as long as the user did not touch the list.
    return equal(base, theirs) && !equal(merged, ours) ? undefined : merged;
  }

  private conflict(key: string, kept: KeyedValue | undefined, offered: KeyedValue | undefined): void {
    this.conflicts.push({ key, kept: showValue(kept), offered: showValue(offered) });
  }
}

/** Called for an item that both sides changed. */
export type OnConflict = (id: string, kept: KeyedValue | undefined, offered: KeyedValue | undefined) => void;

interface Slot {
  readonly id: string;
  readonly item: KeyedValue;
  readonly from?: number;
}

/** Merges lists as sets: the user's order stays, what we added comes after the neighbour that it has in our list. */
function mergeLists(base: List, ours: List, theirs: List, identity: Identity, onConflict: OnConflict): List {
  const [before, wanted, there] = [base, ours, theirs].map(
    list => new Map(list.items.map(item => [identity.id(item), item])),
  );
  const alike = (a?: KeyedValue, b?: KeyedValue) => a && b ? identity.content(a) === identity.content(b) : a === b;
  const slots: Slot[] = [];
  theirs.items.forEach((item, from) => {
    const id = identity.id(item);
    const [b, o] = [before.get(id), wanted.get(id)];
    const isOurs = !alike(b, o) && !alike(o, item);
    if (isOurs && alike(b, item)) {
      if (o) { slots.push({ id, item: o, from }); }
      return;
    }
    if (isOurs) { onConflict(id, item, o); }
    slots.push({ id, item, from });
  });
  let previous: string | undefined;
  for (const [id, item] of wanted) {
    const removedByUser = !there.has(id) && before.has(id);
    if (removedByUser && !alike(before.get(id), item)) { onConflict(id, undefined, item); }
    if (!there.has(id) && !removedByUser) {
      const at = previous === undefined ? -1 : slots.findIndex(slot => slot.id === previous);
      slots.splice(at < 0 ? slots.length : at + 1, 0, { id, item });
    }
    if (slots.some(slot => slot.id === id)) { previous = id; }
  }
  return { kind: 'list', items: slots.map(slot => slot.item), from: slots.map(slot => slot.from), span: theirs.span };
}

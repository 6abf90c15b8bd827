import type { Identity } from './keyed-identity';
import type { KeyedValue, List } from './keyed-values';

/** Called for an item that both sides changed. */
export type OnConflict = (id: string, kept: KeyedValue | undefined, offered: KeyedValue | undefined) => void;

interface Slot {
  readonly id: string;
  readonly item: KeyedValue;
  readonly from?: number;
}

/** Merges lists as sets: the user's order stays, what we added comes after the neighbour that it has in our list. */
export function mergeLists(base: List, ours: List, theirs: List, identity: Identity, onConflict: OnConflict): List {
  const [before, wanted, there] = [base, ours, theirs].map(list => new Map(list.items.map(item => [identity.id(item), item])));
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

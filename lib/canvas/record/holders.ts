// Tracks the records that hold pictures: together they may hold as much as pictures have room.

/** A record that can give up its pictures, by using the engine's less exact record instead. */
export interface Holder {
  /** What its calls refer to, with the bytes of each. */
  readonly held: ReadonlyMap<object, number>;
  giveUp(): void;
}

/** The records in the order in which they began to hold something; each is there once. */
const holders = new Set<WeakRef<Holder>>();
const refs = new WeakMap<Holder, WeakRef<Holder>>();
/** What all of them hold, until one of them holds more or less. */
let total: number | undefined;

/** Canvases that are garbage-collected hold nothing any more. */
const garbage = new FinalizationRegistry<WeakRef<Holder>>((ref) => {
  holders.delete(ref);
  noteChange();
});

/** To be called when a record begins to hold something. */
export function addHolder(holder: Holder): void {
  const ref = refs.get(holder) ?? newRef(holder);
  holders.delete(ref);
  holders.add(ref);
  noteChange();
}

function newRef(holder: Holder): WeakRef<Holder> {
  const ref = new WeakRef(holder);
  refs.set(holder, ref);
  garbage.register(holder, ref);
  return ref;
}

/** To be called when a record holds something else than before. */
export function noteChange(): void {
  total = undefined;
}

/** What all records hold, in bytes; a picture that several hold counts once. */
export function heldBytes(): number {
  total ??= sum();
  return total;
}

function sum(): number {
  const all = new Map<object, number>();
  for (const one of holders) {
    const held = one.deref()?.held;
    if (held?.size) for (const [referent, bytes] of held) all.set(referent, bytes);
    else holders.delete(one);
  }
  return bytesOf(all);
}

/**
 * Makes records give up their pictures until no more than that is held: the oldest first, of those
 * that hold more than an equal share of it. Small ones would lose theirs for a few bytes.
 */
export function limitHeldBytes(most: number): void {
  if (heldBytes() <= most) return;
  // Some of them may have been collected since.
  noteChange();
  for (const one of holders) {
    if (heldBytes() <= most) return;
    const holder = one.deref();
    if (holder && bytesOf(holder.held) > most / holders.size) {
      holder.giveUp();
      noteChange();
    }
  }
}

function bytesOf(held: Holder["held"]): number {
  return [...held.values()].reduce((bytes, more) => bytes + more, 0);
}

// Tracks the records that hold pictures: together they may hold as much as pictures have room.

/** A record that can give up its pictures, by using the engine's less exact record instead. */
export interface Holder {
  /** What its calls refer to, with the bytes of each. */
  readonly held: ReadonlyMap<object, number>;
  giveUp(): void;
}

/** The records in the order in which they began to hold something. */
const holders = new Set<WeakRef<Holder>>();

/** To be called when a record begins to hold something. */
export function addHolder(holder: Holder): void {
  holders.add(new WeakRef(holder));
}

/** Selects, among what a record refers to, what takes memory of its own. */
type Counts = (referent: object) => boolean;

/** What all records hold, in bytes; a picture that several hold counts once. */
export function heldBytes(counts: Counts = () => true): number {
  const all = new Map<object, number>();
  for (const one of holders) {
    const held = one.deref()?.held;
    if (!held?.size) holders.delete(one);
    for (const [referent, bytes] of held ?? []) if (counts(referent)) all.set(referent, bytes);
  }
  return [...all.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Makes records give up their pictures, oldest first, until no more than that is held. */
export function limitHeldBytes(most: number, counts: Counts = () => true): void {
  for (const one of holders) {
    if (heldBytes(counts) <= most) return;
    const holder = one.deref();
    if (holder && [...holder.held.keys()].some(counts)) holder.giveUp();
  }
}

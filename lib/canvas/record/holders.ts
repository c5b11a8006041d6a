// Tracks the records that hold pictures: together they may hold as much as pictures have room.

/** A record that can give up its pictures, by using the engine's less exact record instead. */
export interface Holder {
  /** What its calls refer to, with the bytes of each. */
  readonly held: ReadonlyMap<object, number>;
  giveUp(): void;
}

/** The records in the order in which they began to hold something. */
const holders = new Set<WeakRef<Holder>>();
/** What all of them hold, until one of them holds more or less. */
let total: number | undefined;

/** To be called when a record begins to hold something. */
export function addHolder(holder: Holder): void {
  holders.add(new WeakRef(holder));
  noteChange();
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
  return [...all.values()].reduce((bytes, more) => bytes + more, 0);
}

/** Makes records give up their pictures, oldest first, until no more than that is held. */
export function limitHeldBytes(most: number): void {
  if (heldBytes() <= most) return;
  // Some of them may have been collected since.
  noteChange();
  for (const one of holders) {
    if (heldBytes() <= most) return;
    one.deref()?.giveUp();
    noteChange();
  }
}

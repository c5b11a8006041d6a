// The encoder's linear memory: fixed tables first, then an arena that each call fills anew from its
// start.

/**
 * The answer of a call, eight u32: the address of its output, the output's length in bytes, then
 * numbers of the call's own.
 */
export const ANSWERS: usize = 0x2000;
/** Up to 4 KiB that the host writes beside the pixels: a palette's colours, or tables. */
export const EXTRA: usize = 0x3000;
/** 16 KiB: the order of a JPEG's coefficients, for each byte of eight of them. */
export const ORDERS: usize = 0x4000;
/** The arena of a call; what the host writes for it (the pixels) lies at its very start. */
export const ARENA: usize = 0x10000;

/** One number of the call's answer. */
export function answer(i: usize, value: u32): void {
  store<u32>(ANSWERS + (i << 2), value);
}

/** Bytes past the end of a block that 16-byte steps may read or write. */
const SLACK: usize = 64;

let top: usize = ARENA;

/**
 * Forgets the previous call and keeps the first `input` bytes of the arena, which the host has
 * written.
 */
export function reset(input: usize): void {
  top = ARENA;
  take(input);
}

/** A block of the arena, 16-byte aligned, not cleared; the memory grows when it has to. */
export function take(bytes: usize): usize {
  const block = top;
  top = (block + bytes + SLACK + 15) & ~15;
  ensure(top);
  return block;
}

/** Gives back the blocks taken since `mark()`. */
export function release(mark: usize): void {
  top = mark;
}

export function mark(): usize {
  return top;
}

function ensure(end: usize): void {
  const pages = <i32>((end + 0xffff) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
}

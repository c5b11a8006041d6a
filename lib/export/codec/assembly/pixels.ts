// Finds out which colours the engine's pixels have, and converts them to the samples of a PNG row.

/** Formats of a row: the low bits of a palette index, or whole samples. */
export const RGBA: i32 = 0;
export const RGB: i32 = 1;
export const GREY: i32 = 2;
export const INDEX: i32 = 3;

/** A set of colours: u32 slots of open addressing, empty = not used; values beside them. */
export const SLOTS: usize = 1024;
export const MAX_COLOURS: i32 = 256;

function slot(colour: u32): usize {
  return <usize>((colour * 0x9e3779b1) >>> 22);
}

/** Puts a colour into the set of (colour, value + 1) pairs; true when it is new. */
export function put(set: usize, colour: u32, value: u32): bool {
  let s = slot(colour);
  while (load<u32>(set + (s << 3), 4)) {
    if (load<u32>(set + (s << 3)) == colour) return false;
    s = (s + 1) & (SLOTS - 1);
  }
  store<u32>(set + (s << 3), colour);
  store<u32>(set + (s << 3), value + 1, 4);
  return true;
}

function find(set: usize, colour: u32): u32 {
  let s = slot(colour);
  while (load<u32>(set + (s << 3)) != colour || !load<u32>(set + (s << 3), 4)) {
    s = (s + 1) & (SLOTS - 1);
  }
  return load<u32>(set + (s << 3), 4) - 1;
}

/** Whether 16 pixels have the colour that `same` repeats. */
function isAll(same: v128, p: usize): bool {
  const a = v128.or(v128.xor(v128.load(p), same), v128.xor(v128.load(p, 16), same));
  const b = v128.or(v128.xor(v128.load(p, 32), same), v128.xor(v128.load(p, 48), same));
  return !v128.any_true(v128.or(a, b));
}

/** The flags that look() reports. */
export const OPAQUE: i32 = 1;
export const GREYS: i32 = 2;

/**
 * Looks at `count` pixels: whether all are opaque, whether all are grey, and their colours, listed
 * at `list` (up to 256; one more means "too many"). Returns the flags in bits 16 and 17, the count
 * below.
 */
export function look(pixels: usize, count: i32, set: usize, list: usize): i32 {
  memory.fill(set, 0, SLOTS << 3);
  let colours = 0;
  let all = i32x4.splat(-1);
  let odd = i32x4.splat(0);
  let last = ~load<u32>(pixels);
  const end = pixels + ((<usize>count) << 2);
  let p = pixels;
  const greyMask = i32x4.splat(0xffff);
  // The first pixel is compared with a colour other than its own, the later ones with their left
  // neighbour.
  for (; p + 16 <= end; p += 16) {
    const x = v128.load(p);
    all = v128.and(all, x);
    odd = v128.or(odd, v128.and(v128.xor(x, i32x4.shr_u(x, 8)), greyMask));
    if (colours > MAX_COLOURS) continue;
    const same = i32x4.splat(last);
    if (!v128.any_true(v128.xor(x, same))) {
      while (p + 80 <= end && isAll(same, p + 16)) p += 64;
      continue;
    }
    for (let k: usize = 0; k < 16; k += 4) {
      const c = load<u32>(p + k);
      if (c != last) {
        last = c;
        if (put(set, c, 0)) {
          if (colours < MAX_COLOURS) store<u32>(list + ((<usize>colours) << 2), c);
          if (++colours > MAX_COLOURS) break;
        }
      }
    }
  }
  for (; p < end; p += 4) {
    const c = load<u32>(p);
    all = v128.and(all, i32x4.splat(c));
    odd = v128.or(odd, i32x4.splat((c ^ (c >>> 8)) & 0xffff));
    if (c != last && colours <= MAX_COLOURS) {
      last = c;
      if (put(set, c, 0)) {
        if (colours < MAX_COLOURS) store<u32>(list + ((<usize>colours) << 2), c);
        colours++;
      }
    }
  }
  const opaque = i32x4.all_true(i32x4.eq(i32x4.shr_u(all, 24), i32x4.splat(255)));
  let flags = colours;
  if (opaque) flags |= OPAQUE << 16;
  if (!v128.any_true(odd)) flags |= GREYS << 16;
  return flags;
}

/** How many of `count` pixels differ from the one before. */
export function changes(pixels: usize, count: i32): i32 {
  const end = pixels + ((<usize>count) << 2);
  let sum = i32x4.splat(0);
  for (let p = pixels + 4; p + 16 <= end; p += 16) {
    sum = i32x4.sub(sum, i32x4.ne(v128.load(p), v128.load(p - 4)));
  }
  return (
    i32x4.extract_lane(sum, 0) +
    i32x4.extract_lane(sum, 1) +
    i32x4.extract_lane(sum, 2) +
    i32x4.extract_lane(sum, 3)
  );
}

/** Writes one row of pixels as samples of a format (and depth, for palette indices and greys). */
export function convert(
  pixels: usize,
  width: i32,
  out: usize,
  format: i32,
  depth: i32,
  set: usize,
): void {
  if (format == RGBA) memory.copy(out, pixels, (<usize>width) << 2);
  else if (format == RGB) toRgb(pixels, width, out);
  else if (format == GREY && depth == 8) toGrey(pixels, width, out);
  else toIndex(pixels, width, out, depth, set);
}

/** The samples of four pixels without alpha, in the first 12 bytes. */
export function rgb(x: v128): v128 {
  return i8x16.shuffle(x, x, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0);
}

/** The first sample of four pixels. */
export function grey(x: v128): u32 {
  const all = i8x16.shuffle(x, x, 0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  return i32x4.extract_lane(all, 0);
}

function toRgb(pixels: usize, width: i32, out: usize): void {
  const end = pixels + ((<usize>width) << 2);
  for (; pixels < end; pixels += 16, out += 12) {
    const x = v128.load(pixels);
    v128.store(out, rgb(x));
  }
}

function toGrey(pixels: usize, width: i32, out: usize): void {
  const end = pixels + ((<usize>width) << 2);
  for (; pixels < end; pixels += 16, out += 4) {
    const x = v128.load(pixels);
    store<u32>(out, grey(x));
  }
}

/** Eight pixels a step, which fill whole bytes at every depth. */
function toIndex(pixels: usize, width: i32, out: usize, depth: i32, set: usize): void {
  let colour = load<u32>(pixels);
  let index = find(set, colour);
  // The index in every place of eight bytes; `depth` bytes hold eight pixels.
  const places = 0xffffffffffffffff / <u64>((1 << depth) - 1);
  const end = pixels + ((<usize>width) << 2);
  for (; pixels + 32 <= end; pixels += 32, out += <usize>depth) {
    const same = i32x4.splat(colour);
    const other = v128.or(v128.xor(v128.load(pixels), same), v128.xor(v128.load(pixels, 16), same));
    if (!v128.any_true(other)) {
      store<u64>(out, places * <u64>index);
      continue;
    }
    let bits: u64 = 0;
    for (let k: usize = 0; k < 32; k += 4) {
      const c = load<u32>(pixels + k);
      if (c != colour) {
        colour = c;
        index = find(set, c);
      }
      bits = (bits << depth) | index;
    }
    store<u64>(out, bswap(bits << (64 - (depth << 3))));
  }
  let bits: u64 = 0;
  for (let free = 64 - depth; pixels < end; pixels += 4, free -= depth) {
    const c = load<u32>(pixels);
    if (c != colour) {
      colour = c;
      index = find(set, c);
    }
    bits |= (<u64>index) << free;
  }
  store<u64>(out, bswap(bits));
}

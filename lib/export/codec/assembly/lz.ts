// Finds repetitions (LZ77) in a stripe's filtered bytes.
//
// The result is a list of sequences, 8 bytes each: u32 count of literals, u16 length of the match
// that follows them (0 = none), u16 distance − 1. The literals themselves stay where they are. A
// length above MAX is that of several matches of MAX bytes, at the same distance.

export const WINDOW: i32 = 32768;
export const MAX: i32 = 258;
const HASH_BITS: i32 = 15;
/** Literals of one sequence, so that blocks can end inside a long run of them. */
const LITERALS: i32 = 8192;

export const HEADS: usize = (1 << HASH_BITS) * 4;
export const LINKS: usize = WINDOW * 2;

let sink: usize = 0;

/** 64 − 8 × the bytes that are hashed: shorter repetitions are only found near by. */
let hashShift: u64 = 32;

export function emit(literals: i32, length: i32, distance: i32): void {
  while (literals > LITERALS) {
    store<u64>(sink, LITERALS);
    sink += 8;
    literals -= LITERALS;
  }
  store<u32>(sink, literals);
  store<u32>(sink, length | ((distance - 1) << 16), 4);
  sink += 8;
}

/** How many bytes (4 to 8) a repetition must have to be found by its hash. */
export function hashBytes(n: i32): void {
  hashShift = 64 - 8 * n;
}

/** Starts a list of sequences at `out`, if given; returns where the list ends. */
export function sinkAt(out: usize): usize {
  if (out) sink = out;
  return sink;
}

/** Length of the common prefix at a and b, at most `limit`. */
export function common(a: usize, b: usize, limit: i32): i32 {
  let n = 0;
  while (n < limit) {
    const x = load<u64>(a + n) ^ load<u64>(b + n);
    if (x) {
      n += <i32>(ctz(x) >>> 3);
      break;
    }
    n += 8;
  }
  return min(n, limit);
}

/** A bit for each of the 16 bytes at p that is equal to the byte before it. */
function repeats(p: usize): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(p - 1)));
}

/** Bytes that a run of one byte must go on for to be a match. */
const LEAST_RUN: usize = 6;
/** Where time matters more: shorter ones, of which photos have many, save hardly any bytes. */
const LONG_RUN: usize = 12;

/**
 * Finds runs of one byte only: for noisy pictures, where longer repetitions do not pay. Returns the
 * end of the list.
 */
export function runs(data: usize, start: i32, end: i32, out: usize): usize {
  startRuns(data + start, out, 1);
  findRuns(data + max(start, 1), data + end, false);
  return endRuns(data + end);
}

/** The first byte that no sequence holds yet. */
let literal: usize = 0;
/** The most matches of MAX bytes in one sequence. */
let most: i32 = 1;
export const MANY: i32 = 254;

/**
 * Starts a list of sequences at `out`, for the bytes from `data` on. A sequence holds up to `times`
 * (at most MANY) matches of MAX bytes.
 */
export function startRuns(data: usize, out: usize, times: i32): void {
  sink = out;
  literal = data;
  most = times;
}

/** Ends it after the bytes before `end`; returns where the list ends. */
export function endRuns(end: usize): usize {
  if (literal < end) emit(<i32>(end - literal), 0, 1);
  return sink;
}

/** Adds the runs between `p` and `end`; if `long`, only those of LONG_RUN bytes or more. */
export function findRuns(p: usize, end: usize, long: bool): void {
  const least = long ? LONG_RUN : LEAST_RUN;
  while (p + least <= end) {
    const equal =
      repeats(p) | (repeats(p + 16) << 16) | (repeats(p + 32) << 32) | (repeats(p + 48) << 48);
    const pairs = equal & (equal >>> 1);
    let found = pairs & (pairs >>> 2) & (pairs >>> 4);
    if (long) found &= found >>> 6;
    // A step that is shorter by one less than that sees those across the border, too.
    if (!found) {
      p += 65 - least;
      continue;
    }
    p += <usize>ctz(found);
    if (p + least > end) break; // what was read behind the end
    const length = runLength(p, end);
    emitRun(p, length, 1);
    p += length;
  }
}

/** The longest period of a row, in bytes, and the shortest repetition by it that is a match. */
const LONGEST_PERIOD: usize = 1024;
const LEAST_REPEAT: i32 = 32;

/**
 * Adds the long runs between `p` and `end`, and what repeats with a period, as in a row of tiles.
 * Returns whether that is half of the bytes.
 */
export function findRepeats(p: usize, end: usize): bool {
  const half = (end - p) >>> 1;
  const period = half > 16 ? periodOf(p, end) : 0;
  if (!period) {
    findRuns(p, end, true);
    return false;
  }
  let repeated: usize = 0;
  findRuns(p, p + period, true);
  p += period;
  while (p < end) {
    const length = common(p, p - period, <i32>(end - p));
    if (length >= LEAST_REPEAT) {
      emitRun(p, length, <i32>period);
      repeated += <usize>length;
      p += length;
    } else {
      const next = min(p + LEAST_REPEAT, end);
      findRuns(p, next, true);
      p = next;
    }
  }
  return repeated > half;
}

/** How many bytes apart 16 bytes from the middle of a row come up twice; 0 = not near by. */
function periodOf(start: usize, end: usize): usize {
  let middle = start + ((end - start) >>> 1);
  let needle = v128.load(middle);
  let first = i8x16.splat(load<i8>(middle));
  // Runs are found as such: the first bytes behind them are taken.
  const until = min(end - 16, middle + LONGEST_PERIOD);
  while (i8x16.all_true(i8x16.eq(needle, first))) {
    middle += 16;
    if (middle > until) return 0;
    needle = v128.load(middle);
    first = i8x16.splat(load<i8>(middle));
  }
  const last = i8x16.splat(load<i8>(middle, 15));
  const stop = max(start, middle - LONGEST_PERIOD);
  for (let p = middle - 16; p >= stop; p -= 16) {
    const ends = v128.and(i8x16.eq(v128.load(p), first), i8x16.eq(v128.load(p, 15), last));
    let found = i8x16.bitmask(ends);
    while (found) {
      const k = 31 - clz(found);
      const q = p + <usize>k;
      if (!v128.any_true(v128.xor(v128.load(q), needle))) return middle - q;
      found ^= 1 << k;
    }
  }
  return 0;
}

/** How many bytes from `p` on, at most up to `end`, are equal to the one before it. */
function runLength(p: usize, end: usize): i32 {
  const same = i8x16.splat(load<i8>(p - 1));
  let q = p;
  for (; q < end; q += 16) {
    const other = ~i8x16.bitmask(i8x16.eq(v128.load(q), same)) & 0xffff;
    if (other) {
      q += <usize>ctz(other);
      break;
    }
  }
  return <i32>(min(q, end) - p);
}

/** Adds a repetition at `p`; one or two bytes at its end may stay literals. */
export function emitRun(p: usize, length: i32, distance: i32): void {
  let literals = <i32>(p - literal);
  literal = p + length;
  while (length > 2) {
    let n = length;
    // The last match has at least three bytes.
    if (n > MAX) n = n < MAX + 3 ? MAX - 3 : MAX * min((n - 3) / MAX, most);
    emit(literals, n, distance);
    literals = 0;
    length -= n;
  }
  literal -= length;
}

function hash(p: usize): usize {
  return (<usize>(((load<u64>(p) << hashShift) * 0x9e3779b185ebca87) >>> (64 - HASH_BITS))) << 2;
}

/** Instead of a distance: none. */
const NONE: i32 = WINDOW + 1;
/** Bytes of a match whose inside need not be found again. */
const LONG: i32 = 96;
/** The last bytes of a match, which are entered into the hash chains in any case. */
const TAIL: i32 = 16;
/** Bytes of a match after which a longer one is searched for at a quarter of the places. */
const GOOD: i32 = 16;

/** Whether a match at this distance is long enough to be cheaper than its literals. */
function enough(length: i32, distance: i32, thrift: i32): bool {
  return length * thrift > 48 + 4 * (32 - clz(distance));
}

/** The worth of a match, in quarters of a byte. */
function worth(length: i32, distance: i32): i32 {
  return length * 4 - (31 - clz(distance));
}

/**
 * Finds repetitions within 32 KiB by hash chains and lazy matching. `depth` is the number of places
 * tried, `nice` the length that ends a search, `thrift` four times the bits that a literal is
 * believed to cost. `near` and `above` are the distances of the left pixel and of the pixel in the
 * row above; these and the last match's, if it is another, are tried first. Only places so many
 * bytes `apart` are found inside a match.
 */
export function matches(
  data: usize,
  start: i32,
  end: i32,
  depth: i32,
  nice: i32,
  thrift: i32,
  near: i32,
  above: i32,
  apart: i32,
  heads: usize,
  links: usize,
  out: usize,
): usize {
  sink = out;
  memory.fill(heads, 0, HEADS);
  const last = end - 8; // where a search may still start
  let inserted = 0;
  let literal = start;
  let pos = start;
  let misses = 0;
  let again = NONE;
  while (pos <= last) {
    // Enter the places before this one into the hash chains.
    const dense = pos - TAIL;
    for (; inserted < dense; inserted += apart) insert(data, inserted, heads, links);
    for (; inserted < pos; inserted++) insert(data, inserted, heads, links);
    let found = search(data, pos, end, depth, nice, 3, thrift, near, above, again, heads, links);
    if (!found) {
      pos += 1 + (misses >> 4);
      if (misses < 96) misses++;
      continue;
    }
    misses = 0;
    let length = found & 511;
    let distance = found >>> 9;
    // Lazy matching: a match that starts later may be worth more.
    while (length < nice && pos < last) {
      for (; inserted <= pos; inserted++) insert(data, inserted, heads, links);
      found = search(
        data,
        pos + 1,
        end,
        depth >> 2,
        nice,
        length,
        thrift,
        near,
        above,
        again,
        heads,
        links,
      );
      if (!found || worth(found & 511, found >>> 9) <= worth(length, distance) + 4) break;
      length = found & 511;
      distance = found >>> 9;
      pos++;
    }
    emit(pos - literal, length, distance);
    pos += length;
    literal = pos;
    // Skip the inside of a long match that the next search finds again without the chains.
    if (length > LONG && (distance <= 4 || distance == above || distance == again))
      inserted = pos - TAIL;
    again = distance == near || distance == above ? NONE : distance;
  }
  if (literal < end) emit(end - literal, 0, 1);
  return sink;
}

/** Enters a place into the hash chains: heads have places + WINDOW, links the way to the next. */
export function insert(data: usize, pos: i32, heads: usize, links: usize): void {
  const h = heads + hash(data + pos);
  const back = pos + WINDOW - load<i32>(h);
  store<u16>(links + ((<usize>pos & (WINDOW - 1)) << 1), min(back, 0xffff));
  store<i32>(h, pos + WINDOW);
}

/** The last place entered whose bytes may be like those at `p`; negative if there is none. */
export function chainAt(p: usize, heads: usize): i32 {
  return load<i32>(heads + hash(p)) - WINDOW;
}

/** The next place of the chain; behind the window if there is none. */
export function nextOf(at: i32, links: usize): i32 {
  return at - load<u16>(links + ((<usize>at & (WINDOW - 1)) << 1));
}

/** The best match at `pos` longer than `best`: distance << 9 | length, or 0. */
function search(
  data: usize,
  pos: i32,
  end: i32,
  depth: i32,
  nice: i32,
  best: i32,
  thrift: i32,
  near: i32,
  above: i32,
  again: i32,
  heads: usize,
  links: usize,
): i32 {
  const p = data + pos;
  const limit = min(end - pos, MAX);
  let distance = 0;
  const first = load<u32>(p);
  for (let k = 0; k < 3; k++) {
    const d = k == 0 ? near : k == 1 ? above : again;
    if (pos < d || d > WINDOW || load<u32>(p - d) != first) continue;
    const n = common(p, p - d, limit);
    if (n > best && (!distance || worth(n, d) > worth(best, distance))) {
      best = n;
      distance = d;
      if (n >= nice) return (distance << 9) | best;
    }
  }
  if (best >= limit) return distance ? (distance << 9) | best : 0;
  if (best >= GOOD) depth >>= 2;
  let at = chainAt(p, heads);
  const lowest = max(pos - WINDOW, 0);
  let tail = load<u32>(p + best - 3);
  while (at >= lowest && depth-- > 0) {
    const q = data + at;
    if (load<u32>(q + best - 3) == tail && load<u32>(q) == first) {
      const n = common(p, q, limit);
      if (
        n > best &&
        (distance ? worth(n, pos - at) > worth(best, distance) : enough(n, pos - at, thrift))
      ) {
        best = n;
        distance = pos - at;
        if (n >= nice || n >= limit) break;
        tail = load<u32>(p + best - 3);
      }
    }
    at = nextOf(at, links);
  }
  if (!distance) return 0;
  return enough(best, distance, thrift) ? (distance << 9) | best : 0;
}

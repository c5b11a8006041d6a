// Finds the sequences that take the fewest bits (a shortest path): weighs every match at every
// place with costs from the statistics of a first search. For `compression: "small"`.

import { distSymbol, estimate, lengthSymbol, log2 } from "./deflate";
import {
  chainAt,
  common,
  emit,
  HEADS,
  insert,
  LINKS,
  MAX,
  matches,
  nextOf,
  sinkAt,
  WINDOW,
} from "./lz";
import { mark, release, take } from "./memory";

/** Costs are counted in parts of a bit. */
const BIT: f32 = 32;
/** A match as long as this is taken without looking for anything better inside it. */
const PLENTY: i32 = 160;
/** Lengths of matches that may be weighed per place on average; more would take too long. */
const AFFORDABLE: i32 = 8;
/** Where they are fewer than this per place, deeper searches are cheap, too. */
const CHEAP: i32 = 2;
/** Stripes of fewer bytes are weighed however long it takes. */
const LITTLE: i32 = 65536;

/**
 * Like matches() in lz.ts, with the fewest bits. Where there are too many ways to weigh, it keeps
 * what matches() finds.
 */
export function optimal(
  data: usize,
  start: i32,
  end: i32,
  near: i32,
  above: i32,
  out: usize,
): usize {
  const before = mark();
  const heads = take(HEADS);
  const links = take(LINKS);
  const literal = take(256 * 4);
  const length = take((MAX + 1) * 4);
  const distance = take(32 * 4);
  const n = <usize>(end - start) + 1;
  const cost = take(n << 2);
  const step = take(n << 2);
  const found = take((MAX + 1) * 4);
  const bytes = end - start;
  const little = bytes < LITTLE;
  let last = matches(data, start, end, 64, MAX, 24, near, above, 1, heads, links, out);
  const work = ways(out, last);
  if (!little && work > AFFORDABLE * bytes) {
    last = matches(data, start, end, 1024, MAX, 24, near, above, 1, heads, links, out);
  } else {
    const weighed = take((n / 3 + 64) * 8);
    for (let round = little ? 2 : 1; round > 0; round--) {
      price(out, last, data + start, literal, length, distance);
      memory.fill(heads, 0, HEADS);
      const depth = work < CHEAP * bytes ? 256 : little ? 64 : 16;
      weigh(
        data,
        start,
        end,
        depth,
        near,
        above,
        heads,
        links,
        literal,
        length,
        distance,
        cost,
        step,
        found,
      );
      const weighedEnd = walk(start, end, step, weighed);
      if (estimate(weighed, weighedEnd, data + start) < estimate(out, last, data + start)) {
        memory.copy(out, weighed, weighedEnd - weighed);
        last = out + (weighedEnd - weighed);
      }
    }
  }
  release(before);
  return last;
}

/** About how many lengths weigh() would try: at each place inside a match, what is left of it. */
function ways(seq: usize, end: usize): i32 {
  let sum = 0;
  for (; seq < end; seq += 8) {
    const l = <i32>load<u16>(seq, 4);
    if (l < PLENTY) sum += (l * l) >> 1;
  }
  return sum;
}

/** Sets the prices of symbols by how often the sequences use them. */
function price(
  seq: usize,
  end: usize,
  data: usize,
  literal: usize,
  length: usize,
  distance: usize,
): void {
  const before = mark();
  const h = take(320 * 4);
  const d = h + 288 * 4;
  memory.fill(h, 0, 320 * 4);
  for (; seq < end; seq += 8) {
    for (let n = load<u32>(seq); n > 0; n--) bump(h, load<u8>(data++));
    const l = <i32>load<u16>(seq, 4);
    if (l) {
      bump(h, lengthSymbol(l));
      bump(d, distSymbol(<i32>load<u16>(seq, 6)));
    }
    data += l;
  }
  bitsOf(h, 288);
  bitsOf(d, 32);
  memory.copy(literal, h, 256 * 4);
  for (let l = 3; l <= MAX; l++) {
    const s = lengthSymbol(l);
    const extra = s < 265 || s == 285 ? 0 : (s - 261) >> 2;
    store<u32>(length + ((<usize>l) << 2), load<u32>(h + ((<usize>s) << 2)) + (extra << 5));
  }
  for (let s = 0; s < 30; s++) {
    const extra = s < 4 ? 0 : (s >> 1) - 1;
    store<u32>(distance + ((<usize>s) << 2), load<u32>(d + ((<usize>s) << 2)) + (extra << 5));
  }
  release(before);
}

function bump(h: usize, s: u32): void {
  const p = h + ((<usize>s) << 2);
  store<u32>(p, load<u32>(p) + 1);
}

/** Turns counts into costs; an unused symbol is expensive, but not impossible. */
function bitsOf(h: usize, n: i32): void {
  let total: u32 = 0;
  for (let i = 0; i < n; i++) total += load<u32>(h + ((<usize>i) << 2));
  const all = f32x4.extract_lane(log2(f32x4.splat(<f32>max(total, 1))), 0);
  const top = min<f32>(all + 1, 14);
  for (let i = 0; i < n; i++) {
    const c = load<u32>(h + ((<usize>i) << 2));
    const bits = c ? all - f32x4.extract_lane(log2(f32x4.splat(<f32>c)), 0) : top;
    store<u32>(h + ((<usize>i) << 2), <u32>(max<f32>(1, min<f32>(bits, 14)) * BIT));
  }
}

/**
 * Finds the cheapest way to each place, from the front; `step` keeps the last token of it: distance
 * << 9 | length.
 */
function weigh(
  data: usize,
  start: i32,
  end: i32,
  depth: i32,
  near: i32,
  above: i32,
  heads: usize,
  links: usize,
  literal: usize,
  length: usize,
  distance: usize,
  cost: usize,
  step: usize,
  found: usize,
): void {
  // A cost above all others, as a signed number, too.
  memory.fill(cost, 0x7f, (<usize>(end - start) + 1) << 2);
  store<u32>(cost, 0);
  let inserted = 0;
  const last = end - 8;
  for (let pos = start; pos < end; ) {
    const at = cost + ((<usize>(pos - start)) << 2);
    const steps = step + ((<usize>(pos - start)) << 2);
    const now = load<u32>(at);
    const next = now + load<u32>(literal + ((<usize>load<u8>(data + pos)) << 2));
    if (next < load<u32>(at, 4)) {
      store<u32>(at, next, 4);
      store<u32>(steps, 1, 4);
    }
    if (pos > last) {
      pos++;
      continue;
    }
    for (; inserted < pos; inserted++) insert(data, inserted, heads, links);
    const count = collect(data, pos, end, depth, near, above, heads, links, found);
    if (!count) {
      pos++;
      continue;
    }
    const best = load<u32>(found + ((<usize>count - 1) << 2));
    const most = <i32>(best & 511);
    if (most >= PLENTY) {
      const d = <i32>(best >>> 9);
      const total =
        now +
        load<u32>(length + ((<usize>most) << 2)) +
        load<u32>(distance + ((<usize>distSymbol(d - 1)) << 2));
      const to = (<usize>most) << 2;
      if (total < load<u32>(at + to)) {
        store<u32>(at + to, total);
        store<u32>(steps + to, best);
      }
      pos += most;
      if (d <= 4) inserted = pos - 16;
      continue;
    }
    let l: usize = 3;
    for (let i = 0; i < count; i++) {
      const match = load<u32>(found + ((<usize>i) << 2));
      const to = <usize>(match & 511);
      const base = now + load<u32>(distance + ((<usize>distSymbol((match >>> 9) - 1)) << 2));
      // Four lengths a step.
      const tag = match & ~511;
      for (; l + 3 <= to; l += 4) {
        const p = at + (l << 2);
        const q = steps + (l << 2);
        const total = i32x4.add(i32x4.splat(base), v128.load(length + (l << 2)));
        const old = v128.load(p);
        const cheaper = i32x4.lt_s(total, old);
        const token = i32x4.add(i32x4.splat(tag | <u32>l), i32x4(0, 1, 2, 3));
        v128.store(p, v128.bitselect(total, old, cheaper));
        v128.store(q, v128.bitselect(token, v128.load(q), cheaper));
      }
      for (; l <= to; l++) {
        const total = base + load<u32>(length + (l << 2));
        if (total < load<u32>(at + (l << 2))) {
          store<u32>(at + (l << 2), total);
          store<u32>(steps + (l << 2), tag | <u32>l);
        }
      }
    }
    pos++;
  }
}

/**
 * Collects the matches at a place, each longer (and farther) than the one before; returns their
 * number.
 */
function collect(
  data: usize,
  pos: i32,
  end: i32,
  depth: i32,
  near: i32,
  above: i32,
  heads: usize,
  links: usize,
  found: usize,
): i32 {
  const p = data + pos;
  const limit = min(end - pos, MAX);
  const first = load<u32>(p);
  let best = 3;
  let count = 0;
  if (pos >= near && (load<u32>(p - near) ^ first) << 8 == 0) {
    best = common(p, p - near, limit);
    store<u32>(found, (near << 9) | best);
    count = 1;
    if (best >= PLENTY) return count;
  }
  let at = chainAt(p, heads);
  const lowest = max(pos - WINDOW, 0);
  while (at >= lowest && depth-- > 0 && best < limit) {
    const q = data + at;
    if (load<u32>(q + best - 3) == load<u32>(p + best - 3) && load<u32>(q) == first) {
      const n = common(p, q, limit);
      if (n > best) {
        best = n;
        store<u32>(found + ((<usize>count) << 2), ((pos - at) << 9) | n);
        count++;
        if (n >= PLENTY) break;
      }
    }
    at = nextOf(at, links);
  }
  if (pos >= above && above <= WINDOW && best < limit) {
    const n = common(p, p - above, limit);
    if (n > best) {
      store<u32>(found + ((<usize>count) << 2), (above << 9) | n);
      count++;
    }
  }
  return count;
}

/** Follows the path back from the end and turns it into sequences. */
function walk(start: i32, end: i32, step: usize, out: usize): usize {
  // Move each step from the place where it ends to the place where it begins.
  let at = end - start;
  let token = load<u32>(step + ((<usize>at) << 2));
  while (at > 0) {
    const length = <i32>(token & 511);
    at -= length;
    const place = step + ((<usize>at) << 2);
    const before = load<u32>(place);
    store<u32>(place, token);
    token = before;
  }
  sinkAt(out);
  let literals = 0;
  const n = end - start;
  while (at < n) {
    const token = load<u32>(step + ((<usize>at) << 2));
    const length = <i32>(token & 511);
    if (length == 1) literals++;
    else {
      emit(literals, length, <i32>(token >>> 9));
      literals = 0;
    }
    at += length;
  }
  return literals > 0 ? emitLast(literals) : sinkAt(0);
}

function emitLast(literals: i32): usize {
  emit(literals, 0, 1);
  return sinkAt(0);
}

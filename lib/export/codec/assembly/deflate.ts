// Writes sequences and literals as deflate blocks (RFC 1951), which are split where the statistics
// change.

import { codes, lengths, WORK } from "./huffman";
import { MAX } from "./lz";
import { mark, release, take } from "./memory";

const LITLEN: i32 = 286;
const DIST: i32 = 30;
/** Counts of one block: 288 literals and lengths, 32 distances. */
const HISTOGRAM: usize = (288 + 32) * 4;
/** Tokens of a piece; blocks are made of whole pieces. */
const PIECE: i32 = 12288;
/** Longest code: four literals of 14 bits and 7 bits left over fit the 64-bit buffer. */
const LIMIT: i32 = 14;
/** Bits of which twice as many fit the buffer, too. */
const HALF: u64 = 28;

let bits: u64 = 0;
let count: i32 = 0;
let sink: usize = 0;

export function lengthSymbol(length: i32): i32 {
  if (length >= MAX) return 285;
  const l = length - 3;
  if (l < 8) return 257 + l;
  const extra = 29 - clz(l);
  return 257 + (extra << 2) + (l >> extra);
}

function lengthExtra(length: i32): i32 {
  const l = length - 3;
  return l < 8 || length >= MAX ? 0 : 29 - clz(l);
}

export function distSymbol(d: i32): i32 {
  // d is the distance − 1
  if (d < 4) return d;
  const extra = 30 - clz(d);
  return (extra << 1) + (d >> extra);
}

function put(value: u32, n: i32): void {
  bits |= (<u64>value) << count;
  count += n;
  store<u64>(sink, bits);
  sink += <usize>count >> 3;
  bits >>= <u64>(count & ~7);
  count &= 7;
}

/** log2 of four positive numbers, good to a thousandth; the same on every machine. */
export function log2(x: v128): v128 {
  const e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(127)));
  const m = v128.or(v128.and(x, i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000));
  let y = f32x4.add(f32x4.mul(m, f32x4.splat(0.16404256)), f32x4.splat(-1.0988653));
  y = f32x4.add(f32x4.mul(m, y), f32x4.splat(3.1482979));
  y = f32x4.add(f32x4.mul(m, y), f32x4.splat(-2.2134752));
  return f32x4.add(e, y);
}

function sum(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    f32x4.extract_lane(x, 2) +
    f32x4.extract_lane(x, 3)
  );
}

/** Bits of a block with these counts, without extra bits: entropy and a rough header. */
function cost(h: usize): f32 {
  return part(h, 288) + part(h + 288 * 4, 32) + 100;
}

function part(h: usize, n: i32): f32 {
  let total = i32x4.splat(0);
  let bits = f32x4.splat(0);
  let used = i32x4.splat(0);
  const one = f32x4.splat(1);
  for (let i = 0; i < n; i += 4, h += 16) {
    const c = v128.load(h);
    total = i32x4.add(total, c);
    used = i32x4.sub(used, i32x4.ne(c, i32x4.splat(0)));
    const f = f32x4.convert_i32x4_u(c);
    bits = f32x4.add(bits, f32x4.mul(f, log2(f32x4.max(f, one))));
  }
  const all = sum(f32x4.convert_i32x4_u(total));
  if (all == 0) return 0;
  const whole = all * f32x4.extract_lane(log2(f32x4.splat(all)), 0);
  return whole - sum(bits) + 4 * sum(f32x4.convert_i32x4_u(used));
}

/** Literals in a row of which a quarter is counted, if time matters more than bytes. */
const MANY: u32 = 64;

/**
 * Counts sequences from `seq` on until there are `most` tokens; returns the first one not counted.
 * `roughly` counts a quarter of many literals, four times each.
 */
function tally(seq: usize, end: usize, data: usize, h: usize, most: i32, roughly: bool): usize {
  // Four tables for literals: where few values repeat, as in noise, a value's next count must wait
  // for its last one. Four more for a quarter of them.
  const before = mark();
  const tables = take(8192);
  const quarter = tables + 4096;
  memory.fill(tables, 0, 8192);
  let least = i32x4.splat(0);
  let tokens = 0;
  const dist = h + 288 * 4;
  while (seq < end && tokens < most) {
    let n = load<u32>(seq);
    tokens += n + 1;
    let p = data;
    let t = tables;
    let step: u32 = 4;
    if (roughly && n >= MANY) {
      t = quarter;
      step = 16;
      least = i32x4.splat(1); // each needs a code: it may be among those that are not counted
    }
    for (; n >= step; n -= step, p += <usize>step) {
      const x = load<u32>(p);
      bump(t, x & 255);
      bump(t + 1024, (x >>> 8) & 255);
      bump(t + 2048, (x >>> 16) & 255);
      bump(t + 3072, x >>> 24);
    }
    for (; n > 0; n--) bump(tables, load<u8>(p++));
    const length = <i32>load<u16>(seq, 4);
    if (length) {
      const times = length > MAX ? length / MAX : 1;
      add(h, lengthSymbol(length), times);
      add(dist, distSymbol(<i32>load<u16>(seq, 6)), times);
    }
    data = p + length;
    seq += 8;
  }
  for (let i: usize = 0; i < 1024; i += 16) {
    const quarters = i32x4.add(i32x4.shl(four(quarter + i), 2), least);
    v128.store(h + i, i32x4.add(v128.load(h + i), i32x4.add(four(tables + i), quarters)));
  }
  release(before);
  scanned = data;
  return seq;
}
let scanned: usize = 0;

/** The sums of four tables. */
function four(p: usize): v128 {
  const a = i32x4.add(v128.load(p), v128.load(p, 1024));
  return i32x4.add(a, i32x4.add(v128.load(p, 2048), v128.load(p, 3072)));
}

function bump(h: usize, s: u32): void {
  add(h, s, 1);
}

function add(h: usize, s: u32, n: u32): void {
  const p = h + ((<usize>s) << 2);
  store<u32>(p, load<u32>(p) + n);
}

function merge(a: usize, b: usize, out: usize): void {
  for (let i: usize = 0; i < HISTOGRAM; i += 16) {
    v128.store(out + i, i32x4.add(v128.load(a + i), v128.load(b + i)));
  }
}

/** The bits that the sequences would take, without writing them: to choose among ways to filter. */
export function estimate(seq: usize, end: usize, data: usize): f32 {
  const before = mark();
  const h = take(HISTOGRAM);
  let result: f32 = 0;
  while (seq < end) {
    memory.fill(h, 0, HISTOGRAM);
    seq = tally(seq, end, data, h, PIECE, false);
    data = scanned;
    result += cost(h);
    for (let s: i32 = 265; s < 285; s++)
      result += <f32>(load<u32>(h + ((<usize>s) << 2)) * ((s - 261) >> 2));
    for (let s: i32 = 4; s < 30; s++)
      result += <f32>(load<u32>(h + 288 * 4 + ((<usize>s) << 2)) * ((s >> 1) - 1));
  }
  release(before);
  return result;
}

/**
 * Writes the sequences as deflate blocks at `out` and returns the end. A last stripe ends the
 * stream; any other ends with an empty stored block, on a whole byte.
 */
export function deflate(seq: usize, end: usize, data: usize, last: bool, out: usize): usize {
  begin(out);
  const before = mark();
  let block = take(HISTOGRAM);
  let next = take(HISTOGRAM);
  let both = take(HISTOGRAM);
  memory.fill(block, 0, HISTOGRAM);
  let from = seq;
  let fromData = data;
  seq = tally(seq, end, data, block, PIECE, false);
  data = scanned;
  let blockCost = cost(block);
  while (seq < end) {
    memory.fill(next, 0, HISTOGRAM);
    const to = tally(seq, end, data, next, PIECE, false);
    merge(block, next, both);
    const nextCost = cost(next);
    const bothCost = cost(both);
    if (bothCost <= blockCost + nextCost) {
      const t = block;
      block = both;
      both = t;
      blockCost = bothCost;
    } else {
      writeBlock(from, seq, fromData, data, block, false);
      from = seq;
      fromData = data;
      const t = block;
      block = next;
      next = t;
      blockCost = nextCost;
    }
    seq = to;
    data = scanned;
  }
  writeBlock(from, end, fromData, data, block, last);
  finish(last);
  release(before);
  return sink;
}

/**
 * As `deflate`, in one Huffman coded block, by the counts of a quarter of the literals. What a
 * match repeats is not read.
 */
export function deflateAtOnce(seq: usize, end: usize, data: usize, last: bool, out: usize): usize {
  begin(out);
  const before = mark();
  const block = take(HISTOGRAM);
  memory.fill(block, 0, HISTOGRAM);
  tally(seq, end, data, block, i32.MAX_VALUE, true);
  writeBlock(seq, end, data, 0, block, last);
  finish(last);
  release(before);
  return sink;
}

function begin(out: usize): void {
  bits = 0;
  count = 0;
  sink = out;
}

function finish(last: bool): void {
  if (last) {
    if (count) put(0, 8 - count);
  } else {
    // The empty stored block: 3 bits, padding, then its length and its complement.
    put(0, 3);
    if (count) put(0, 8 - count);
    put(0xffff0000, 32);
  }
}

/** Writes a block, whose bytes may be written as they are if it is given where they end. */
function writeBlock(
  seq: usize,
  end: usize,
  data: usize,
  dataEnd: usize,
  h: usize,
  last: bool,
): void {
  const before = mark();
  const size = take(320);
  const code = take(320 * 4);
  const work = take(WORK);
  const dist = h + 288 * 4;
  store<u32>(h, 1, 256 * 4); // the end of the block
  lengths(h, LITLEN, LIMIT, size, work);
  lengths(dist, DIST, LIMIT, size + 288, work);

  let bitsNeeded: u64 = 0;
  for (let s: usize = 0; s < 320; s++)
    bitsNeeded += load<u32>(h + (s << 2)) * <u32>load<u8>(size + s);
  for (let s: usize = 265; s < 285; s++)
    bitsNeeded += load<u32>(h + (s << 2)) * <u32>((s - 261) >> 2);
  for (let s: usize = 4; s < 30; s++)
    bitsNeeded += load<u32>(dist + (s << 2)) * <u32>((s >> 1) - 1);
  if (dataEnd && bitsNeeded + 200 > (<u64>(dataEnd - data)) << 3) {
    stored(data, dataEnd, last);
    release(before);
    return;
  }
  codes(size, LITLEN, code, work);
  codes(size + 288, DIST, code + 288 * 4, work);
  put(last ? 5 : 4, 3);
  header(size, work);
  body(seq, end, data, code);
  const e = load<u32>(code, 256 * 4);
  put(e >>> 6, e & 63);
  release(before);
}

/** Writes bytes as they are, in stored blocks of at most 65,535. */
function stored(data: usize, end: usize, last: bool): void {
  do {
    const n = min<usize>(end - data, 65535);
    put(last && data + n == end ? 1 : 0, 3);
    if (count) put(0, 8 - count);
    put(<u32>n | (~(<u32>n) << 16), 32);
    memory.copy(sink, data, n);
    sink += n;
    data += n;
  } while (data < end);
}

/** Writes the block's two tables of code lengths, run-length coded and Huffman coded in turn. */
function header(size: usize, work: usize): void {
  let literals = LITLEN;
  while (literals > 257 && !load<u8>(size + literals - 1)) literals--;
  let distances = DIST;
  while (distances > 1 && !load<u8>(size + 288 + distances - 1)) distances--;
  const before = mark();
  const all = take(320);
  const symbols = take(320 * 2);
  const counts = take(32 * 4);
  const clens = take(32);
  const ccodes = take(32 * 4);
  memory.copy(all, size, literals);
  memory.copy(all + literals, size + 288, distances);
  const n = literals + distances;
  memory.fill(counts, 0, 32 * 4);

  // Symbol in the low byte, extra bits in the high one.
  let m = 0;
  for (let i = 0; i < n; ) {
    const v = load<u8>(all + i);
    let run = 1;
    while (i + run < n && load<u8>(all + i + run) == v) run++;
    i += run;
    if (v) {
      m = code1(symbols, m, counts, v, 0);
      run--;
    }
    while (run >= 3) {
      const most = v ? 6 : 138;
      let k = min(run, most);
      if (run > most && run < most + 3 && v) k = run - 3;
      if (v) m = code1(symbols, m, counts, 16, k - 3);
      else if (k > 10) m = code1(symbols, m, counts, 18, k - 11);
      else m = code1(symbols, m, counts, 17, k - 3);
      run -= k;
    }
    while (run-- > 0) m = code1(symbols, m, counts, v, 0);
  }
  lengths(counts, 19, 7, clens, work);
  codes(clens, 19, ccodes, work);
  // The order in which the lengths are sent, from RFC 1951.
  const order = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
  let sent = 19;
  while (sent > 4 && !load<u8>(clens + load<u8>(order + sent - 1))) sent--;
  put((literals - 257) | ((distances - 1) << 5) | ((sent - 4) << 10), 14);
  for (let i = 0; i < sent; i++) put(load<u8>(clens + load<u8>(order + i)), 3);
  for (let i = 0; i < m; i++) {
    const x = load<u16>(symbols + ((<usize>i) << 1));
    const s = x & 255;
    const c = load<u32>(ccodes + ((<usize>s) << 2));
    put(c >>> 6, c & 63);
    if (s == 16) put(x >>> 8, 2);
    else if (s == 17) put(x >>> 8, 3);
    else if (s == 18) put(x >>> 8, 7);
  }
  release(before);
}

function code1(symbols: usize, m: i32, counts: usize, symbol: u32, extra: i32): i32 {
  store<u16>(symbols + ((<usize>m) << 1), symbol | (extra << 8));
  bump(counts, symbol);
  return m + 1;
}

function codeOf(table: usize, s: u32): u64 {
  return load<u32>(table + ((<usize>s) << 2));
}

/** Writes the block's tokens. The hot loop: four literals, or one match, a step. */
function body(seq: usize, end: usize, data: usize, code: usize): void {
  let b = bits;
  let n: u64 = count;
  let o = sink;
  const dist = code + 288 * 4;
  for (; seq < end; seq += 8) {
    let left = load<u32>(seq);
    for (; left >= 4; left -= 4, data += 4) {
      const x = load<u32>(data);
      const c0 = codeOf(code, x & 255);
      const c1 = codeOf(code, (x >>> 8) & 255);
      const c2 = codeOf(code, (x >>> 16) & 255);
      const c3 = codeOf(code, x >>> 24);
      // Joined two by two, so that few steps wait for each other. A shift takes the low six bits of
      // its count, which are a length.
      const front = (c0 >> 6) | ((c1 >> 6) << c0);
      const back = (c2 >> 6) | ((c3 >> 6) << c2);
      const length = c0 + c1;
      b |= (front | (back << length)) << n;
      n += (length + c2 + c3) & 63;
      store<u64>(o, b);
      o += <usize>n >> 3;
      b >>= n & ~7;
      n &= 7;
    }
    for (; left > 0; left--) {
      const c = codeOf(code, load<u8>(data++));
      b |= (c >> 6) << n;
      n += c & 63;
    }
    const length = <i32>load<u16>(seq, 4);
    if (length) {
      // At most 3 literals are waiting: 7 + 42 bits; they go first.
      store<u64>(o, b);
      o += <usize>n >> 3;
      b >>= n & ~7;
      n &= 7;
      const d = <i32>load<u16>(seq, 6);
      const c = codeOf(code, lengthSymbol(length));
      const e = codeOf(dist, distSymbol(d));
      const le = <u64>lengthExtra(length);
      const de = <u64>(d < 4 ? 0 : 30 - clz(d));
      const front = (c >> 6) | ((<u64>(length - 3) & (((<u64>1) << le) - 1)) << c);
      const back = (e >> 6) | ((<u64>d & (((<u64>1) << de) - 1)) << e);
      const first = (c & 63) + le;
      let match = front | (back << first);
      let size = first + (e & 63) + de;
      data += length;
      if (length > MAX) {
        // The same match several times: twice as many a step as before, as long as they fit.
        let times = length / MAX;
        while (times > 1) {
          if (times & 1 || size > HALF) {
            b |= match << n;
            n += size;
            store<u64>(o, b);
            o += <usize>n >> 3;
            b >>= n & ~7;
            n &= 7;
            times--;
          } else {
            match |= match << size;
            size <<= 1;
            times >>= 1;
          }
        }
      }
      b |= match << n;
      n += size;
    }
    store<u64>(o, b);
    o += <usize>n >> 3;
    b >>= n & ~7;
    n &= 7;
  }
  bits = b;
  count = <i32>n;
  sink = o;
}

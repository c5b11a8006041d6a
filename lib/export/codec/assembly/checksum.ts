// Adler-32 of a stripe (RFC 1950); the host joins those of all stripes. (CRC-32 is Node's own.)

const MOD: u32 = 65521;
/** Bytes that can be summed before a sum could pass 32 bits. */
const ROUND: usize = 4096;
/** Steps of 16 bytes whose sums of 16 bits do not pass them. */
const STEPS: usize = 16;

let a: u32 = 1;
/** Not reduced before the end: a stripe of 2 GiB adds less than 2^47 to it. */
let b: u64 = 0;

export function adler32(ptr: usize, length: usize): u32 {
  adlerBegin();
  adlerAdd(ptr, length);
  return adlerEnd();
}

export function adlerBegin(): void {
  a = 1;
  b = 0;
}

export function adlerEnd(): u32 {
  return ((<u32>(b % MOD)) << 16) | a;
}

export function adlerAddByte(byte: u32): void {
  a = (a + byte) % MOD;
  b += a;
}

export function adlerAddZeros(length: u32): void {
  b += <u64>a * length;
}

export function adlerAdd(ptr: usize, length: usize): void {
  // A byte counts once in `a`, and in `b` as often as there are bytes from it on.
  const weights = i16x8(16, 14, 12, 10, 8, 6, 4, 2);
  while (length >= 16) {
    const n = min<usize>(length & ~15, ROUND);
    const end = ptr + n;
    let sum = i32x4.splat(0);
    let before = i32x4.splat(0); // for each step, the sums before it
    let weighted = i32x4.splat(0);
    while (ptr < end) {
      // Sums of 16 bits: of pairs of bytes, of their second bytes, and of the pairs before each
      // step.
      const m = min<usize>(end - ptr, STEPS << 4);
      const stop = ptr + m;
      let pairs = i16x8.splat(0);
      let seconds = pairs;
      let earlier = pairs;
      for (; ptr < stop; ptr += 16) {
        const x = v128.load(ptr);
        earlier = i16x8.add(earlier, pairs);
        pairs = i16x8.add(pairs, i16x8.extadd_pairwise_i8x16_u(x));
        seconds = i16x8.add(seconds, i16x8.shr_u(x, 8));
      }
      before = i32x4.add(before, i32x4.mul(sum, i32x4.splat(<i32>m >> 4)));
      before = i32x4.add(before, i32x4.extadd_pairwise_i16x8_u(earlier));
      sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(pairs));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(pairs, weights));
      weighted = i32x4.sub(weighted, i32x4.extadd_pairwise_i16x8_u(seconds));
    }
    b += <u64>a * n + total(before) * 16 + total(weighted);
    a = (a + total(sum)) % MOD;
    length -= n;
  }
  for (; length > 0; length--, ptr++) {
    a += load<u8>(ptr);
    b += a;
  }
  a %= MOD;
}

function total(x: v128): u32 {
  return (
    i32x4.extract_lane(x, 0) +
    i32x4.extract_lane(x, 1) +
    i32x4.extract_lane(x, 2) +
    i32x4.extract_lane(x, 3)
  );
}

// Adler-32 of a stripe (RFC 1950); the host joins those of all stripes. (CRC-32 is Node's own.)

const MOD: u32 = 65521;
/** Bytes that can be summed before a sum could pass 32 bits. */
const ROUND: usize = 4096;

let a: u32 = 1;
let b: u32 = 0;

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
  return (b << 16) | a;
}

/** Adds a byte and `length` zeros after it. */
export function adlerAddZeros(first: u32, length: u32): void {
  a = (a + first) % MOD;
  b = <u32>((b + <u64>a * (length + 1)) % MOD);
}

export function adlerAdd(ptr: usize, length: usize): void {
  const weights = v128(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
  const low = i16x8.extend_low_i8x16_u(weights);
  const high = i16x8.extend_high_i8x16_u(weights);
  while (length >= 16) {
    const n = min<usize>(length & ~15, ROUND);
    const end = ptr + n;
    let sum = i32x4.splat(0); // plain sums so far
    let before = i32x4.splat(0); // for each step, the sums before it
    let weighted = i32x4.splat(0);
    for (; ptr < end; ptr += 16) {
      const x = v128.load(ptr);
      before = i32x4.add(before, sum);
      sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(x)));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(x), low));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(x), high));
    }
    b = (b + a * <u32>n + total(before) * 16 + total(weighted)) % MOD;
    a = (a + total(sum)) % MOD;
    length -= n;
  }
  for (; length > 0; length--, ptr++) {
    a = (a + load<u8>(ptr)) % MOD;
    b = (b + a) % MOD;
  }
}

function total(x: v128): u32 {
  return (
    i32x4.extract_lane(x, 0) +
    i32x4.extract_lane(x, 1) +
    i32x4.extract_lane(x, 2) +
    i32x4.extract_lane(x, 3)
  );
}

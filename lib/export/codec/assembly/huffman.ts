// Makes Huffman codes: lengths from counts (Moffat and Katajainen's in-place method), limited, then
// canonical.

/**
 * Bytes of the work area that callers provide: for sorted (count << 9 | symbol) pairs and the work
 * of `lengths`.
 */
export const WORK: usize = 4096;

/**
 * Writes the code lengths (u8) of `n` symbols, at most `limit` bits; a count of 0 gets length 0.
 */
export function lengths(counts: usize, n: i32, limit: i32, out: usize, work: usize): void {
  memory.fill(out, 0, n);
  let used = 0;
  for (let s = 0; s < n; s++) {
    const c = load<u32>(counts + ((<usize>s) << 2));
    if (c) set(work, used++, (c << 9) | s);
  }
  if (used == 0) return;
  if (used == 1) {
    store<u8>(out + (load<u32>(work) & 511), 1);
    return;
  }
  sort(work, used);
  const a = work + 2048;
  for (let i = 0; i < used; i++) set(a, i, get(work, i) >>> 9);
  depths(a, used);

  // Number of codes by length. Codes that are too long are cut; in return the next shorter codes
  // get longer.
  const byLength = a + ((<usize>used) << 2);
  memory.fill(byLength, 0, 132);
  for (let i = 0; i < used; i++) {
    const l = min<u32>(get(a, i), limit);
    set(byLength, l, get(byLength, l) + 1);
  }
  let sum: u32 = 0;
  for (let l = 1; l <= limit; l++) sum += get(byLength, l) << (limit - l);
  for (; sum > (<u32>1) << limit; sum--) {
    set(byLength, limit, get(byLength, limit) - 1);
    for (let l = limit - 1; l > 0; l--) {
      if (get(byLength, l)) {
        set(byLength, l, get(byLength, l) - 1);
        set(byLength, l + 1, get(byLength, l + 1) + 2);
        break;
      }
    }
  }
  let i = 0;
  for (let l = limit; l > 0; l--) {
    for (let k = get(byLength, l); k > 0; k--) store<u8>(out + (get(work, i++) & 511), l);
  }
}

function get(a: usize, i: i32): u32 {
  return load<u32>(a + ((<usize>i) << 2));
}

function set(a: usize, i: i32, v: u32): void {
  store<u32>(a + ((<usize>i) << 2), v);
}

/** Shell sort, ascending; all keys differ, so the order is the same everywhere. */
function sort(a: usize, n: i32): void {
  for (
    let gap = n > 60 ? 57 : n > 24 ? 23 : 10;
    gap > 0;
    gap = gap == 1 ? 0 : gap / 2.4 < 1 ? 1 : <i32>(gap / 2.4)
  ) {
    for (let i = gap; i < n; i++) {
      const v = get(a, i);
      let j = i;
      for (; j >= gap && get(a, j - gap) > v; j -= gap) set(a, j, get(a, j - gap));
      set(a, j, v);
    }
  }
}

/** Turns counts in ascending order into the depths of their leaves, in descending order. */
function depths(a: usize, n: i32): void {
  // Join the two lightest each time; a[next] turns from a weight into the index of its parent.
  set(a, 0, get(a, 0) + get(a, 1));
  let root = 0;
  let leaf = 2;
  for (let next = 1; next < n - 1; next++) {
    let weight: u32 = 0;
    if (leaf >= n || get(a, root) < get(a, leaf)) {
      weight = get(a, root);
      set(a, root++, next);
    } else weight = get(a, leaf++);
    if (leaf >= n || (root < next && get(a, root) < get(a, leaf))) {
      weight += get(a, root);
      set(a, root++, next);
    } else weight += get(a, leaf++);
    set(a, next, weight);
  }
  // Depths of the inner nodes, from the root down.
  set(a, n - 2, 0);
  for (let next = n - 3; next >= 0; next--) set(a, next, get(a, get(a, next)) + 1);
  // Depths of the leaves.
  let open = 1;
  let used = 0;
  let depth: u32 = 0;
  root = n - 2;
  let next = n - 1;
  while (open > 0) {
    while (root >= 0 && get(a, root) == depth) {
      used++;
      root--;
    }
    while (open > used) {
      set(a, next--, depth);
      open--;
    }
    open = 2 * used;
    depth++;
    used = 0;
  }
}

/**
 * Canonical codes for the lengths, bits reversed as deflate sends them: u32 of code << 6 | length.
 */
export function codes(lengths: usize, n: i32, out: usize, work: usize): void {
  memory.fill(work, 0, 128);
  for (let s = 0; s < n; s++) {
    const l = load<u8>(lengths + s);
    if (l) set(work, l, get(work, l) + 1);
  }
  let code: u32 = 0;
  const first = work + 64;
  for (let l = 1; l < 16; l++) {
    code = (code + get(work, l - 1)) << 1;
    set(first, l, code);
  }
  for (let s = 0; s < n; s++) {
    const l = <i32>load<u8>(lengths + s);
    if (!l) {
      set(out, s, 0);
      continue;
    }
    const c = get(first, l);
    set(first, l, c + 1);
    set(out, s, (reverse(c, l) << 6) | l);
  }
}

function reverse(code: u32, length: i32): u32 {
  let r: u32 = 0;
  for (let i = 0; i < length; i++) {
    r = (r << 1) | (code & 1);
    code >>>= 1;
  }
  return r;
}

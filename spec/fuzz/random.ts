// Random choices that a seed repeats.

export interface Random {
  /** A whole number from 0, below `n`. */
  below(n: number): number;
  chance(of: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** mulberry32: small, fast, and the same everywhere. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  function below(n: number): number {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }
  return {
    below,
    chance: (of) => below(of) === 0,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
  };
}

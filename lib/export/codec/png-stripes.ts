// How a PNG picture is cut into stripes: the cut depends on its size alone, so that the bytes are
// the same wherever the encoder runs.

/**
 * Pixels of a stripe: few enough to share the work among threads, and so many that the cost of a
 * stripe (about 100 bytes, 0.1 ms) does not matter.
 */
const STRIPE = 150_000;
/**
 * Wide pictures get at least this many rows a stripe; otherwise sampling takes half of the time.
 */
const LEAST_ROWS = 100;
/**
 * Small pictures are shared among threads, too: in at most SHARES stripes of at least LEAST_STRIPE
 * pixels.
 */
const SHARES = 4;
const LEAST_STRIPE = 16_384;
/**
 * Pixels of the largest stripes, and of all stripes of pictures that list their colours, which are
 * quicker to encode.
 */
export const LARGE_STRIPE = 600_000;

/** The rows of each stripe. */
export function rowsOf(width: number, height: number): number {
  const rows = Math.max(STRIPE / width, Math.min(LEAST_ROWS, LARGE_STRIPE / width));
  const shares = Math.min(SHARES, Math.floor((width * height) / LEAST_STRIPE));
  return Math.ceil(Math.min(rows, height / Math.max(1, shares)));
}

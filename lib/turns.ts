// Spreads work over turns of the event loop, so that other work runs in between.
import { nextTurn } from "./timers.ts";

/**
 * Gives a function that resolves when the next piece of work may begin: of every so many pieces, the
 * last one, and all that come behind it, wait for a turn of the loop.
 */
export function createTurns(piecesATurn: number): () => Promise<void> {
  let pieces = 0;
  let last: Promise<void> = Promise.resolve();
  return () => {
    if (++pieces % piecesATurn === 0) last = last.then(() => nextTurn());
    return last;
  };
}

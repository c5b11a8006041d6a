// Spreads work over turns of the event loop, so that other work runs in between.
import { nextTurn, setImmediate } from "./timers.ts";

/**
 * Gives a function that resolves when the next piece of work may begin: of every so many pieces that
 * are asked for in one turn of the loop, the last one, and all that come behind it, wait for the
 * next turn. Fewer pieces wait for none.
 */
export function createTurns(piecesATurn: number): () => Promise<void> {
  let pieces = 0;
  let last: Promise<void> = Promise.resolve();
  return () => {
    if (pieces === 0) {
      setImmediate(() => {
        pieces = 0;
      });
    }
    if (++pieces % piecesATurn === 0) last = last.then(() => nextTurn());
    return last;
  };
}

// What a worker does with a job { poster, data, key }: a picture into the store, under the same key
// in every try.
import { UnrecoverableError } from "bullmq";

/** Another try fails as well: the data, the drawing code or the options are wrong. */
const LASTING = ["DATA", "INCOMPLETE", "INVALID", "NOT_FOUND", "LOAD", "DRAW", "TOO_LARGE"];

export function createProcessor(renderer, store) {
  return async (job, _token, signal) => {
    const { poster, data, key } = job.data;
    // A try that was killed may have stored it.
    if (await store.has(key)) return { key };
    try {
      const picture = await renderer.render(poster, data, { strict: true, signal });
      await job.updateProgress(80);
      await store.put(key, picture.data);
      return { key, bytes: picture.data.length };
    } catch (error) {
      if (signal?.aborted) throw new UnrecoverableError(`cancelled: ${error.message}`);
      if (LASTING.includes(error.code)) throw new UnrecoverableError(error.message);
      throw error;
    }
  };
}

// How an application asks for posters: the same poster and data is one job, however often it is
// asked for.
import { Queue } from "bullmq";
import { posterKey } from "wx-canvas-node/posters";

/** A queue of posters. */
export function createPosterQueue({ port = 6379 } = {}) {
  const connection = { port, maxRetriesPerRequest: null };
  return new Queue("posters", { connection });
}

/** Asks for a poster; its picture will be in the store under the key. */
export async function enqueue(queue, poster, data) {
  const key = posterKey(poster, data);
  const backoff = { type: "exponential", delay: 200 };
  await queue.add(poster, { poster, data, key }, { jobId: key, attempts: 5, backoff });
  return key;
}

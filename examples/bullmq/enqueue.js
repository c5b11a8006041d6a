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
  // A job that is done is the picture in the store, which may be deleted and asked for again.
  const options = { jobId: key, attempts: 5, backoff, removeOnComplete: true };
  const job = await queue.add(poster, { poster, data, key }, options);
  // One that has failed keeps its reason until it is asked for again.
  if (await job.isFailed()) {
    await job.retry("failed", { resetAttemptsMade: true }).catch(async (error) => {
      // Otherwise another process has asked for it at the same time.
      if (await job.isFailed()) throw error;
    });
  }
  return key;
}

// One worker of many: as many of these processes, on as many machines, as there is work.
import { availableParallelism } from "node:os";
import { Worker } from "bullmq";
import { createRenderer } from "wx-canvas-node/posters";
import { createProcessor } from "./processor.js";
import { createFileStore } from "./store.js";

const processes = Number(process.env.PROCESSES ?? availableParallelism());
const renderer = createRenderer({
  posters: new URL("./posters/", import.meta.url),
  processes,
  timeout: 15_000,
  // A crash of the renderer's own process is mended here; one of this process, by the queue.
  retry: 2,
});
const store = await createFileStore(process.env.STORE ?? "out/bullmq");

const worker = new Worker("posters", createProcessor(renderer, store), {
  connection: { port: Number(process.env.REDIS_PORT ?? 6379), maxRetriesPerRequest: null },
  concurrency: processes,
  // A job of a worker that was killed is given to another one after so many milliseconds.
  lockDuration: Number(process.env.LOCK_DURATION ?? 30_000),
  stalledInterval: Number(process.env.LOCK_DURATION ?? 30_000),
  // Being killed is not the job's fault.
  maxStalledCount: 20,
});
worker.on("error", (error) => console.error(error.message));
await renderer.ready;
console.log("ready");

/** Finishes the jobs that it has. */
async function end() {
  await worker.close();
  await renderer.close();
}
process.once("SIGTERM", end);
process.once("SIGINT", end);
process.on("message", ({ cancel }) => worker.cancelJob(cancel, "not wanted any more"));

// The BullMQ example on a real Redis: killed workers and renderers, a restarted Redis, no lost job.
// `node .ci/bullmq.mjs [--jobs 1000] [--kills 20]`; skipped with a message without redis-server.
import assert from "node:assert/strict";
import { fork, spawn, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { createPosterQueue, enqueue } from "../examples/bullmq/enqueue.js";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "300" },
    kills: { type: "string", default: "20" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [jobs, kills, seed] = [Number(values.jobs), Number(values.kills), Number(values.seed)];

if (spawnSync("redis-server", ["--version"]).error) {
  console.log("skipped: there is no redis-server (apt-get install redis-server)");
  process.exit();
}

let state = seed;
/** A random number below 1, the same for the same seed. */
function random() {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  return state / 2 ** 31;
}

const folder = await mkdtemp(join(tmpdir(), "bullmq-"));
const store = join(folder, "store");
const port = await freePort();
let redis = await startRedis();
const workers = new Set();
let isEnding = false;
const tally = { workers: 0, renderers: 0 };

const queue = createPosterQueue({ port });
queue.on("error", () => {});
try {
  for (let i = 0; i < 4; i++) startWorker();
  const keys = new Set();
  const wrong = await enqueue(queue, "badge", { number: "no number" });
  for (let number = 0; number < jobs; number++) {
    keys.add(await enqueue(queue, "badge", { number }));
    // Asked for twice, drawn once.
    if (number % 10 === 0) keys.add(await enqueue(queue, "badge", { number }));
  }
  assert.equal(keys.size, jobs);
  console.log(`seed ${seed}: ${jobs} jobs, four workers, ${kills} kills, one restart of Redis`);

  for (let kill = 0; kill < kills; kill++) {
    await sleep(200 + random() * 600);
    if (kill === Math.floor(kills / 2)) await restartRedis();
    await killSomething();
  }
  assert.equal(await settled(queue), 1, "only the job with wrong data fails");

  const files = (await readdir(store)).filter((name) => name !== ".unfinished");
  assert.deepEqual(new Set(files), keys, "each key is there, and no other");
  for (const name of files) {
    const { width, height } = await sharp(await readFile(join(store, name)))
      .stats()
      .then(() => sharp(join(store, name)).metadata());
    assert.deepEqual([width, height], [320, 320]);
  }
  const failed = await queue.getJob(wrong);
  assert.match(failed.failedReason, /data: number/);
  assert.equal(failed.attemptsMade, 1, "no try is wasted on what no try mends");
  console.log(
    `${files.length} of ${jobs} pictures are there, each once and whole (killed: ${tally.workers} workers, ${tally.renderers} renderers)`,
  );

  await deleteOne();
  await cancelOne();
} finally {
  isEnding = true;
  for (const worker of workers) worker.kill("SIGKILL");
  await queue.close();
  redis.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
}

/** A picture that was deleted is made when it is asked for again. */
async function deleteOne() {
  const data = { number: 0 };
  const key = await enqueue(queue, "badge", data);
  await settled(queue);
  await rm(join(store, key));
  await enqueue(queue, "badge", data);
  await settled(queue);
  assert.ok((await readdir(store)).includes(key));
}

/** A job that is under way is cancelled: it fails for good, and nothing is stored. */
async function cancelOne() {
  const data = { number: 1, slow: 4_000 };
  const key = await enqueue(queue, "badge", data);
  const job = await queue.getJob(key);
  while ((await job.getState()) !== "active") await sleep(50);
  await sleep(300);
  for (const worker of workers) worker.send({ cancel: key });
  while ((await job.getState()) !== "failed") await sleep(50);
  assert.ok(!(await readdir(store)).includes(key));
  console.log("a job under way was cancelled");
  await enqueue(queue, "badge", data);
  assert.equal(await settled(queue), 1, "a job that failed is tried again");
  assert.ok((await readdir(store)).includes(key));
  console.log("a deleted picture, and the job that had failed, were made when asked for again");
}

async function killSomething() {
  const all = [...workers];
  const worker = all[Math.floor(random() * all.length)];
  const children = await childrenOf(worker.pid);
  const isRenderer = random() < 0.5 && children.length > 0;
  tally[isRenderer ? "renderers" : "workers"]++;
  try {
    process.kill(isRenderer ? children[0] : worker.pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

function startWorker() {
  const worker = fork("examples/bullmq/worker.js", {
    env: {
      ...process.env,
      REDIS_PORT: String(port),
      STORE: store,
      PROCESSES: "1",
      LOCK_DURATION: "1500",
    },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  workers.add(worker);
  worker.on("error", () => {});
  worker.on("exit", () => {
    workers.delete(worker);
    if (!isEnding) startWorker();
  });
}

async function childrenOf(pid) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

async function startRedis() {
  const flags = ["--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", ""];
  const server = spawn("redis-server", ["--port", String(port), ...flags], { stdio: "ignore" });
  const { Redis } = await import("ioredis");
  const client = new Redis(port, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on("error", () => {});
  while ((await client.ping().catch(() => "")) !== "PONG") await sleep(50);
  client.disconnect();
  return server;
}

async function restartRedis() {
  const ended = new Promise((resolve) => redis.on("exit", resolve));
  redis.kill("SIGTERM");
  await ended;
  await sleep(500);
  redis = await startRedis();
}

/** Waits until no job is left but those that have failed for good, and returns their number. */
async function settled(queue) {
  const end = Date.now() + 300_000;
  for (;;) {
    const { failed, ...others } = await queue.getJobCounts(
      "failed",
      "waiting",
      "active",
      "delayed",
      "prioritized",
      "paused",
    );
    if (Object.values(others).every((count) => count === 0)) return failed;
    if (Date.now() > end)
      throw new Error(`after 5 minutes: ${JSON.stringify(await queue.getJobCounts())}`);
    await sleep(200);
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

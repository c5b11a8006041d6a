// The process of the renderer and its service, as a server has it: without the other contenders,
// whose memory would have its collections take longer.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { createPosterService, createRenderer } from "../../dist/posters/index.js";
import { createData, median, quantile } from "./data.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
// Other numbers than those of the benchmark's own process.
const dataOf = createData(process.env.BENCH_POSTERS, 1_000_000);
const startRenderer = (more) =>
  createRenderer({
    posters: [path("./poster.mjs")],
    child: path("../../dist/posters/child/index.js"),
    timeout: 60_000,
    warm: [["poster", dataOf(750)]],
    ...more,
  });
const renderer = startRenderer();
const service = createPosterService(renderer, { cache: false, timeout: 60_000, maxQueue: 1000 });
// Connections stay open while other contenders have their turns.
const server = createServer({ keepAliveTimeout: 0 }, service.listener);

const tasks = {
  /** Posters at once; answers with milliseconds. */
  async render(count, width, format) {
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: count }, () => renderer.render("poster", dataOf(width), format)),
    );
    return performance.now() - begun;
  },

  /**
   * How long the slowest of a hundred takes at four fifths of the rate that the renderer reaches.
   * The posters are asked for at even distances, whatever the answers: at random ones (Poisson) two
   * processes that take the same time for each would have 3.9 times the median already.
   */
  async latency(width, format) {
    const turns = [];
    for (let i = 0; i < 9; i++) turns.push(await tasks.render(24, width, format));
    const times = await underLoad(median(turns) / 24 / 0.8, width, format);
    return [0.5, 0.99].map((part) => quantile(times, part));
  },

  /**
   * The memory of this process and of the renderer's, which are not renewed here, after each tenth
   * of the posters.
   */
  async growth(posters) {
    const before = childrenOfThis();
    const renderer = startRenderer({ recycle: Number.POSITIVE_INFINITY });
    await renderer.ready;
    const pids = [process.pid, ...childrenOfThis().filter((pid) => !before.includes(pid))];
    const format = { fileType: "jpg", quality: 0.8 };
    const rows = [];
    for (let made = 0, tenth = 1; tenth <= 10; tenth++) {
      for (; made < (posters * tenth) / 10; made += 24) {
        const all = Array.from({ length: 24 }, () =>
          renderer.render("poster", dataOf(750), format),
        );
        await Promise.all(all);
      }
      rows.push([made, ...pids.map(residentMebibytes)]);
    }
    await renderer.close();
    return rows;
  },
};

/** The milliseconds of 400 posters, one each so many milliseconds. */
async function underLoad(each, width, format) {
  const times = [];
  const jobs = [];
  const begun = performance.now();
  for (let i = 0; i < 400; i++) {
    const due = begun + i * each;
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const job = renderer.render("poster", dataOf(width), format);
    jobs.push(job.then(() => times.push(performance.now() - due)));
  }
  await Promise.all(jobs);
  return times;
}

function childrenOfThis() {
  const text = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
  return text.trim().split(" ").map(Number);
}

function residentMebibytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]) / 1024);
}

process.on("message", async ([task, ...args]) => process.send(await tasks[task](...args)));
process.on("disconnect", async () => {
  server.close();
  server.closeAllConnections();
  await service.close();
});
server.listen(0, "127.0.0.1", async () => {
  await renderer.ready;
  process.send(server.address().port);
});

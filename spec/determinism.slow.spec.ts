// The same drawing gives the same bytes, in each format and compression, on any number of threads.

import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type CanvasToTempFilePathOptions, createHost, setConcurrency } from "../lib/index.ts";

const FORMATS: Record<string, CanvasToTempFilePathOptions> = {
  "PNG, default": { fileType: "png" },
  "PNG, fast": { fileType: "png", compression: "fast" },
  "PNG, small": { fileType: "png", compression: "small" },
  JPEG: { fileType: "jpg", quality: 0.8 },
};

type Hashes = Record<string, string>;

/**
 * Draws one scene, large enough for the encoder's threads, and exports it in all formats at once.
 */
async function render(
  host: ReturnType<typeof createHost>,
  formats: typeof FORMATS,
  hash: (bytes: Uint8Array) => string,
): Promise<Hashes> {
  const canvas = host.createCanvas("scene", 700, 500);
  const context = canvas.getContext("2d");
  const sky = context.createLinearGradient(0, 0, 700, 500);
  sky.addColorStop(0, "#234");
  sky.addColorStop(1, "rgba(250, 200, 90, 0.6)");
  context.fillStyle = sky;
  context.fillRect(0, 0, 700, 460);
  for (let i = 0; i < 900; i++) {
    context.fillStyle = `hsl(${(i * 137) % 360} 70% 50% / ${(i % 10) / 10})`;
    context.beginPath();
    context.arc((i * 71) % 700, (i * 43) % 500, i % 19, 0, 7);
    context.fill();
  }
  const exported = Object.entries(formats).map(async ([name, options]) => {
    const { data } = await host.canvasToBuffer({ canvas, ...options });
    return [name, hash(data)];
  });
  const hashes = Object.fromEntries(await Promise.all(exported));
  await host.dispose();
  return hashes;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const here = () => render(createHost(), FORMATS, sha256);

/** Does the same in a worker thread. */
async function there(): Promise<Hashes> {
  const worker = new Worker(
    `const { createHash } = require("node:crypto");
    const { parentPort, workerData } = require("node:worker_threads");
    const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
    ${render.toString()}
    import(workerData.register)
      .then(() => import(workerData.library))
      .then(({ createHost }) => render(createHost(), workerData.formats, sha256))
      .then((hashes) => parentPort.postMessage(hashes));`,
    {
      eval: true,
      workerData: {
        register: import.meta.resolve("@oxc-node/core/register"),
        library: new URL("../lib/index.ts", import.meta.url).href,
        formats: FORMATS,
      },
    },
  );
  const [hashes] = (await once(worker, "message")) as [Hashes];
  await worker.terminate();
  return hashes;
}

describe("the same drawing gives the same bytes", () => {
  let expected: Hashes;
  before(async () => {
    expected = await here();
    strictEqual(new Set(Object.values(expected)).size, Object.keys(FORMATS).length);
  });

  for (const exports of [1, 2, 4]) {
    it(`with ${exports} of 12 exports under way`, async () => {
      setConcurrency({ exports });
      try {
        deepStrictEqual(await Promise.all([here(), here(), here()]), Array(3).fill(expected));
      } finally {
        setConcurrency({ exports: availableParallelism() + 1 });
      }
    });
  }

  for (const workers of [1, 2, 3, 4]) {
    it(`in ${workers} worker ${workers > 1 ? "threads" : "thread"} at once, and in the main thread`, async () => {
      const all = Array.from({ length: workers }, there);
      deepStrictEqual(await Promise.all([...all, here()]), Array(workers + 1).fill(expected));
    });
  }
});

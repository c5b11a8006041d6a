// Uses the library as a consumer: draws, exports, reads a picture, runs a mini-program, disposes.
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as lib from "wx-canvas-node";
import { runMiniProgram } from "./mini-program.mjs";

/** A pixel of half transparent red. */
const DOT =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
/** Exports until the threads must have started. */
const PATIENCE = 200;

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

function draw(context) {
  for (let i = 0; i < 400; i++) {
    context.fillStyle = `rgb(${(i * 7) % 256}, ${(i * 13) % 256}, ${(i * 29) % 256})`;
    context.fillRect((i * 37) % 700, (i * 53) % 700, 90, 60);
  }
}

export async function exercise() {
  const folder = mkdtempSync(join(tmpdir(), "exercise-"));
  const host = lib.createHost({ root: folder, tempDir: folder });
  const { canvasToTempFilePath } = host;
  draw(host.createCanvas("a", 750, 750).getContext("2d"));

  const result = {};
  for (let i = 0; i < PATIENCE && lib.stats().encoder !== "threads"; i++) {
    await host.canvasToBuffer({ canvasId: "a" });
  }
  result.encoder = lib.stats().encoder;
  for (const fileType of ["png", "jpg"]) {
    const { tempFilePath } = await canvasToTempFilePath({ canvasId: "a", fileType });
    result[fileType] = hash(readFileSync(tempFilePath));
    result.file = (await host.loadImage(tempFilePath)).width;
  }

  // A part of the library that is loaded when the first picture is.
  host.mountCanvas({ canvasId: "b", width: 4, height: 4 });
  const context = host.wx.createCanvasContext("b");
  context.drawImage(DOT, 0, 0, 4, 4);
  const drawn = await new Promise((resolve) => context.draw(false, resolve));
  const { data } = await host.wx.canvasGetImageData({
    canvasId: "b",
    x: 1,
    y: 1,
    width: 1,
    height: 1,
  });
  result.picture = `${drawn.errMsg} ${[...data]}`;

  // Values of the runner's own realm.
  const pixels = new Uint8ClampedArray([1, 2, 3, 255]);
  const put = { canvasId: "b", data: pixels, x: 0, y: 0, width: 1, height: 1 };
  result.put = (await host.wx.canvasPutImageData(put)).errMsg;
  const font = await host.loadFont(new Uint8Array(4), "None").catch((error) => error);
  const bytes = Uint8Array.from(Buffer.from(DOT.split(",")[1], "base64"));
  context.drawImage(bytes, 0, 0);
  result.bytes = (await new Promise((resolve) => context.draw(false, resolve))).errMsg;
  result.failure = `${font.code} ${font instanceof lib.CanvasError}`;

  result.frame = await runMiniProgram(host, folder);

  // By what compilers make of `await using`.
  await host[Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]();
  result.left = readdirSync(folder).filter((name) => name.startsWith("wx-canvas-node")).length;

  // The default host is not disposed: its files go with the process. A thread that is terminated
  // cannot do that.
  result.default = "canvasToTempFilePath:ok";
  if (!process.env.EXERCISE_TERMINATED) {
    lib.createCanvas("default", 9, 9).getContext("2d").fillRect(0, 0, 9, 9);
    result.default = (await lib.canvasToTempFilePath({ canvasId: "default" })).errMsg;
  }
  if (process.env.EXERCISE_RESULT)
    writeFileSync(process.env.EXERCISE_RESULT, JSON.stringify(result));
  return result;
}

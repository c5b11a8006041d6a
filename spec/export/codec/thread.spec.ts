// The program of an encoder thread, run on a port of the test.

import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import os from "node:os";
import { compiled } from "../../../lib/export/codec/executor.ts";
import { createMemory, type Task } from "../../../lib/export/codec/instance.ts";
import { unread } from "../../../lib/export/codec/reading.ts";
import { sharedOutput } from "../../../lib/export/codec/shared-output.ts";
import { type Batch, type BatchReport, serve } from "../../../lib/export/codec/thread.ts";
import { ANY, GREY, RGB } from "../../../lib/export/codec/wasm.ts";
import { withStub } from "../../support/stubs.ts";

/**
 * Serves without changing this thread's priority; returns a function that sends a message and
 * resolves with the answer.
 */
async function start(setPriority: () => void = () => {}, platform = process.platform) {
  let receive: (batch: Batch | undefined) => void = () => {};
  const reports: (BatchReport | undefined)[] = [];
  const port = {
    on: (_: "message", listener: typeof receive) => {
      receive = listener;
    },
    postMessage: (report: BatchReport | undefined) => reports.push(report),
  };
  const module = await compiled;
  await withStub(
    process,
    "platform",
    () => platform,
    () =>
      withStub(
        os,
        "setPriority",
        () => setPriority,
        () => serve(port, { module, memory: createMemory() }),
      ),
  );
  return (batch?: Batch) => {
    receive(batch);
    return reports.at(-1);
  };
}

const task: Task = { call: "pngLook", args: [1, 1], parts: [[0, 4]] };
const batch = (...tasks: Task[]): Batch => ({
  pixels: unread(Uint8Array.of(1, 2, 3, 255)),
  tasks,
  taken: new Int32Array(1),
  least: Int32Array.of(0x7fffffff),
});

describe("an encoder thread", () => {
  it("does the tasks that no other thread has taken", async () => {
    const send = await start();
    const shared = batch(task, task, task);
    shared.taken[0] = 1;
    const report = send(shared);
    deepStrictEqual(
      report?.results.map(([i, { bytes }]) => [i, [...bytes]]),
      [
        [1, [1, 2, 3, 255]],
        [2, [1, 2, 3, 255]],
      ],
    );
  });

  it("begins a task once the pixels that it needs have been read", async () => {
    const send = await start();
    const read = new Int32Array(new SharedArrayBuffer(4));
    read[0] = 4;
    const { pixels, ...rest } = batch({ ...task, after: 4 });
    const report = send({ ...rest, pixels: { ...pixels, read } });
    deepStrictEqual(report?.results.length, 1);
  });

  it("gives tasks the least number that those before them answered with", async () => {
    const send = await start();
    const grey = { call: "pngQuick", args: [1, 1, 0, ANY, 1, 0], parts: [[0, 4]] } as const;
    const colour = { ...grey, parts: [[4, 8]] } as const;
    const atMost = { arg: 3, value: 2 };
    const shared = {
      ...batch({ ...grey, atMost }, { ...colour, atMost }, { ...grey, atMost }, grey),
      pixels: unread(Uint8Array.of(7, 7, 7, 255, 1, 2, 3, 255)),
    };
    const report = send(shared);
    deepStrictEqual(
      report?.results.map(([, { values }]) => values[atMost.value]),
      [GREY, RGB, RGB, GREY],
    );
    deepStrictEqual([...shared.least], [RGB]);
  });

  describe("with tasks that need the output of another", () => {
    const needs = { ...task, outputBytes: 4 };
    const outputs = (report?: BatchReport) =>
      report?.results.map(([, { needed = [] }]) => [...needed]);

    it("makes it for all threads", async () => {
      const send = await start();
      const shared = sharedOutput(needs);
      const of = (value: number) => ({
        ...batch({ ...task, needs: { ...needs } }),
        pixels: unread(Uint8Array.of(value, value, value, 255)),
        needed: shared,
      });
      deepStrictEqual(outputs(send(of(5))), [[5, 5, 5, 255]]);
      deepStrictEqual(outputs(send(of(6))), [[5, 5, 5, 255]]);
    });

    it("makes it itself after a while if the thread that began has died", async () => {
      const send = await start();
      const shared = sharedOutput(needs);
      shared.state[0] = 1;
      const report = send({ ...batch({ ...task, needs }), needed: shared });
      deepStrictEqual(outputs(report), [[1, 2, 3, 255]]);
      deepStrictEqual([...shared.bytes], [0, 0, 0, 0]);
    });

    it("makes it itself where none is shared", async () => {
      const send = await start();
      deepStrictEqual(outputs(send(batch({ ...task, needs }))), [[1, 2, 3, 255]]);
    });
  });

  it("answers an empty message", async () => {
    const send = await start();
    strictEqual(send(), undefined);
  });

  it("reports a failure with its finished work, and continues", async () => {
    const send = await start();
    const report = send(batch(task, { ...task, call: "none" as never }));
    strictEqual(report?.results.length, 1);
    match(String(report?.failure), /not a function/);
    strictEqual(send(batch(task))?.failure, undefined);
  });

  it("runs without the permission to change its priority", async () => {
    const send = await start(() => {
      throw new Error("EACCES");
    }, "linux");
    strictEqual(send(batch(task))?.results.length, 1);
  });

  it("keeps its priority on systems where that is the process's", async () => {
    const send = await start(() => {
      throw new Error("not asked for");
    }, "win32");
    strictEqual(send(batch(task))?.results.length, 1);
  });
});

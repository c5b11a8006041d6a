// The jobs of a child process, answered over a channel.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { answerJobs } from "../../lib/posters/child/jobs.ts";
import {
  type Answer,
  BLANK,
  type FromChild,
  type JobMessage,
  packData,
  type ToChild,
} from "../../lib/posters/messages.ts";

const JOB: JobMessage = {
  wants: "picture",
  source: BLANK,
  name: "blank",
  data: packData({}),
  format: {},
  strict: false,
  host: {},
  files: false,
};

describe("code that runs in a process", () => {
  it("is late when an earlier job left it behind", async () => {
    let onMessage: (message: ToChild) => unknown = () => {};
    const isLate = answerJobs({
      on: (_, listener) => {
        onMessage = listener;
      },
      send() {},
    });
    const late: boolean[] = [];
    const tell = () => void late.push(isLate());
    process.on("spec:ran", tell);
    const source = new URL("./fixtures/trouble.ts", import.meta.url).href;
    try {
      for (const how of ["leave", "release"]) {
        await onMessage({ job: { ...JOB, source, data: packData({ how }) } });
      }
    } finally {
      process.off("spec:ran", tell);
    }
    assert.deepEqual(late, [false, true]);
    assert.equal(isLate(), false);
  });
});

describe("a module in TypeScript", () => {
  it("says what helps where Node does not load it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "jobs-"));
    const file = join(folder, "poster.ts");
    // What Node 20 does, which the tests run with a loader.
    await writeFile(
      file,
      'throw Object.assign(new Error("of node"), { code: "ERR_UNKNOWN_FILE_EXTENSION" });',
    );
    const reasons: (string | undefined)[] = [];
    let onMessage: (message: ToChild) => unknown = () => {};
    answerJobs({
      on: (_, listener) => {
        onMessage = listener;
      },
      send: (message: FromChild) => {
        if ("load" in message) reasons.push(message.error?.reason);
      },
    });
    try {
      await onMessage({ job: { ...JOB, source: pathToFileURL(file).href } });
    } finally {
      await rm(folder, { recursive: true });
    }
    assert.match(
      reasons.join(),
      /cannot be loaded: of node; Node 22\.18 or newer loads TypeScript/,
    );
  });
});

describe("the files of jobs", () => {
  it("are noted from the first job on that asks for them", async () => {
    const answers: Answer[] = [];
    let onMessage: (message: ToChild) => unknown = () => {};
    let noted = 0;
    answerJobs(
      {
        on: (_, listener) => {
          onMessage = listener;
        },
        send: (message: FromChild) => {
          if ("load" in message) answers.push(message);
        },
      },
      () => {
        noted++;
        return () => ["/poster.js"];
      },
    );
    for (const files of [false, true, true]) await onMessage({ job: { ...JOB, files } });
    assert.deepEqual(
      answers.map(({ files }) => files),
      [undefined, ["/poster.js"], ["/poster.js"]],
    );
    assert.deepEqual([noted, answers[0]?.picture?.width], [1, 750]);
  });
});

// The jobs of a child process, answered over a channel.
import assert from "node:assert/strict";
import { answerJobs } from "../../lib/posters/child/jobs.ts";
import {
  type Answer,
  BLANK,
  type FromChild,
  type JobMessage,
  type ToChild,
} from "../../lib/posters/messages.ts";

const JOB: JobMessage = {
  wants: "picture",
  source: BLANK,
  name: "blank",
  data: {},
  format: {},
  strict: false,
  host: {},
  files: false,
};

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

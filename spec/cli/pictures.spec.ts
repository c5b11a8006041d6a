// The program wx-canvas-node around the command: its arguments, what it prints, and its exit code.
import assert from "node:assert/strict";
import { once } from "node:events";
import { pictures } from "../../lib/cli/pictures.ts";

describe("the program wx-canvas-node", () => {
  it("runs the command that its arguments name", async () => {
    const { argv, exitCode } = process;
    const { log } = console;
    const printed = new EventTarget();
    try {
      process.argv = [...argv.slice(0, 1), "wx-canvas-node", "pictures", "--help"];
      console.log = (line) => printed.dispatchEvent(new CustomEvent("line", { detail: line }));
      process.exitCode = 5;
      const [[event]] = await Promise.all([once(printed, "line"), import("../../lib/cli/main.ts")]);
      console.log = log;
      await new Promise(setImmediate);
      assert.equal(event.detail, pictures.help);
      assert.equal(process.exitCode, 0);
    } finally {
      Object.assign(process, { argv, exitCode });
      Object.assign(console, { log });
    }
  });
});

// The calls of procedures to the file system.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { run } from "../../lib/procedure.ts";
import { disk, setBlocking } from "../../lib/sources/file-system.ts";

describe("the file system of procedures", () => {
  const { lstat, lstatSync } = fs;
  afterEach(() => {
    setBlocking(false);
    Object.assign(fs, { lstat, lstatSync });
  });

  it("blocks the process where it is set to, and only there", async () => {
    const calls: string[] = [];
    const noting =
      (name: string, perform: (...args: never[]) => unknown) =>
      (...args: never[]) => {
        calls.push(name);
        return perform(...args);
      };
    const noted = { lstat: noting("lstat", lstat), lstatSync: noting("lstatSync", lstatSync) };
    Object.assign(fs, noted);
    for (const isOn of [true, false]) {
      setBlocking(isOn);
      assert.equal((await run(disk.lstat("."))).isDirectory(), true);
    }
    assert.deepEqual(calls, ["lstatSync", "lstat"]);
  });

  it("fails alike in both ways", async () => {
    const failures: unknown[] = [];
    for (const isOn of [false, true]) {
      setBlocking(isOn);
      const path = join(import.meta.dirname, "no-such-file");
      await run(disk.open(path, 0, 0)).catch((error) => failures.push(error.code));
    }
    assert.deepEqual(failures, ["ENOENT", "ENOENT"]);
  });
});

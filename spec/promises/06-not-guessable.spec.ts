// Promise 6: names cannot be guessed, and existing files are neither followed nor lost.
import assert from "node:assert/strict";
import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { failureOf, withHost } from "../support/hosts.ts";
import { answerOf, inFolder, LONG, needs, times } from "../support/promises.ts";

const NAMES = times(100_000, 3_000);

describe("promise 06: not guessable, exclusive", function () {
  this.timeout(LONG);

  it(`gives ${NAMES} names without a collision, each digit random`, () =>
    inFolder((tempDir) =>
      withHost({ tempDir }, async (host) => {
        host.createCanvas("a", 1, 1);
        const names = new Set<string>();
        const counts = Array.from({ length: 32 }, () => new Map<string, number>());
        for (let done = 0; done < NAMES; done += 50) {
          const exports = Array.from({ length: 50 }, () =>
            host.canvasToTempFilePath({ canvasId: "a" }),
          );
          for (const { tempFilePath } of await Promise.all(exports)) {
            const digits = /^tmp_([0-9a-f]{32})\.png$/.exec(basename(tempFilePath))?.[1];
            if (digits === undefined) assert.fail(tempFilePath);
            names.add(digits);
            [...digits].forEach((digit, i) => {
              counts[i]?.set(digit, (counts[i].get(digit) ?? 0) + 1);
            });
            await host.releaseFile(tempFilePath);
          }
        }
        assert.equal(names.size, NAMES);
        const expected = NAMES / 16;
        // Eight standard deviations: no counter, clock or seed hides in a digit.
        const bound = 8 * Math.sqrt(expected);
        for (const [i, digits] of counts.entries()) {
          for (const digit of "0123456789abcdef") {
            const count = digits.get(digit) ?? 0;
            assert.ok(Math.abs(count - expected) < bound, `digit ${i} is ${digit} ${count} times`);
          }
        }
      }),
    ));

  for (const planted of ["file", "symlink", "symlink to nowhere"] as const) {
    it(`keeps a ${planted} at the name about to be opened`, async function () {
      needs(this, process.platform !== "win32", "a system where anybody may make symlinks");
      await inFolder(async (folder) => {
        const plant = `
          import fs from "node:fs";
          import { syncBuiltinESMExports } from "node:module";
          // The random numbers are replaced: there is no other way to know the next name.
          const { openSync, readSync } = fs;
          let device;
          fs.openSync = (path, ...more) => {
            const file = openSync(path, ...more);
            if (path === "/dev/urandom") device = file;
            return file;
          };
          fs.readSync = (file, bytes, ...more) => {
            if (file !== device) return readSync(file, bytes, ...more);
            device = undefined;
            return bytes.fill(0xab).length;
          };
          syncBuiltinESMExports();
          const folder = ${JSON.stringify(folder)};
          const host = wxCanvas.createHost({ tempDir: folder });
          host.createCanvas("a", 10, 10);
          const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
          await host.releaseFile(tempFilePath);
          const part = tempFilePath + ".part";
          const kind = ${JSON.stringify(planted)};
          if (kind === "file") fs.writeFileSync(part, "kept");
          else fs.symlinkSync(folder + (kind === "symlink" ? "/victim" : "/nowhere"), part);
          fs.writeFileSync(folder + "/victim", "kept");
          const { code } = await host.canvasToTempFilePath({ canvasId: "a" }).catch((error) => error);
          const kept = fs.lstatSync(part).isSymbolicLink() || fs.readFileSync(part, "utf8");
          console.log(JSON.stringify({ tempFilePath, code, kept, victim: fs.readFileSync(folder + "/victim", "utf8"),
            nowhere: fs.existsSync(folder + "/nowhere") }));`;
        const answer = await answerOf<Record<string, unknown>>(plant);
        assert.match(String(answer.tempFilePath), /tmp_(ab){16}\.png$/, "the name was not known");
        assert.deepEqual(
          [answer.code, answer.kept, answer.victim, answer.nowhere],
          ["EEXIST", planted === "file" ? "kept" : true, "kept", false],
        );
      });
    });
  }

  it("does not follow a symlink in the place of a file", () =>
    inFolder((tempDir) =>
      withHost({ tempDir }, async (host) => {
        host.createCanvas("a", 10, 10);
        const victim = join(tempDir, "victim");
        await writeFile(victim, "kept");
        const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
        await rm(tempFilePath);
        await symlink(victim, tempFilePath);
        const failure = await failureOf(() => host.releaseFile(tempFilePath));
        assert.equal(failure.code, "INVALID");
        assert.equal(await readFile(victim, "utf8"), "kept");
      }),
    ));
});

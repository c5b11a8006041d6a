// Promise 25: a signal ends the process and runs others' handlers as without this library.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printed, start } from "../support/children.ts";
import { FULL, inFolder, LONG, needs } from "../support/promises.ts";

const SIGNALS = FULL ? (["SIGTERM", "SIGINT", "SIGHUP"] as const) : (["SIGTERM"] as const);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A neighbour in the same process; `DIR` is a folder for its files. */
interface Neighbour {
  script: string;
  /** Signals that it ends without removing the directories: the next process sweeps them. */
  leaves?: true;
}

const exitHook = (version: string, load: string) => `
  ${load}((code, signal) => { fs.writeSync(1, "${version} " + code + " " + signal + "\\n"); });`;
const V3 = exitHook("v3", '(await import("signal-exit-3")).default');
const V4 = exitHook("v4", '(await import("signal-exit")).onExit');

const NEIGHBOURS: Record<string, Neighbour> = {
  "no other listener": { script: "" },
  "signal-exit 3": { script: V3 },
  "signal-exit 4": { script: V4 },
  "signal-exit 3 and 4": { script: V3 + V4 },
  "execa with a child running": {
    script: `
      const { execa } = await import("execa");
      const child = execa("sleep", ["60"]);
      child.catch(() => {});
      fs.writeFileSync(DIR + "/pid", String(child.pid));`,
  },
  "proper-lockfile with a lock": {
    script: `
      fs.writeFileSync(DIR + "/data", "");
      await (await import("proper-lockfile")).default.lock(DIR + "/data");
      console.log("locked", fs.existsSync(DIR + "/data.lock"));`,
  },
  "a listener that ends the process if it is the only one": {
    script: `
      for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
        const polite = () => {
          if (process.listeners(signal).length > 1) return;
          process.off(signal, polite);
          process.kill(process.pid, signal);
        };
        process.on(signal, polite);
      }`,
    leaves: true,
  },
  "a listener that drains": {
    script: `
      process.on("SIGTERM", () => setTimeout(() => {
        console.log("drained", exists());
        process.exit(7);
      }, 200));`,
  },
  "a listener that runs once and drains": {
    script: `
      process.once("SIGTERM", () => setTimeout(() => {
        console.log("drained", exists());
        process.exit(7);
      }, 200));`,
  },
  "a listener before all others": {
    script: `
      process.prependListener("SIGTERM", () => setTimeout(() => process.exit(8), 100));`,
  },
  "a listener that runs once and sends the signal again": {
    script: `
      process.once("SIGTERM", () => setTimeout(() => process.kill(process.pid, "SIGTERM"), 50));`,
  },
  "jest's process object": {
    script: `
      const { installCommonGlobals } = await import("jest-util");
      const sandbox = (await import("node:vm")).runInNewContext("globalThis");
      installCommonGlobals(sandbox, {});
      globalThis.process = sandbox.process;`,
    leaves: true,
  },
};

const use = (name: string, tempDir: string) => `{
  const host = ${name}.createHost({ tempDir: ${JSON.stringify(tempDir)} });
  host.createCanvas("a", 10, 10);
  const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
  globalThis.exists = () => fs.existsSync(tempFilePath);
}`;

interface Outcome {
  code: number | null;
  signal: string | null;
  stdout: string;
  left: string[];
}

/**
 * How the process ends, beside the neighbour, with these uses of the library before and after it.
 */
async function endOf(
  neighbour: string,
  signal: NodeJS.Signals,
  { before = "", after = "" }: { before?: string; after?: string } = {},
): Promise<Outcome> {
  return inFolder(async (dir) => {
    const { child, ended } = start(
      `import fs from "node:fs";
      const DIR = ${JSON.stringify(dir)};
      globalThis.exists = () => true;
      ${before} ${neighbour} ${after}
      setTimeout(() => process.exit(99), 10_000);
      console.log("waiting");`,
      {},
      { bare: before + after === "" },
    );
    child.stderr?.on("data", (text) => process.stderr.write(text));
    await Promise.race([printed(child, "waiting"), ended]);
    child.kill(signal);
    const { code, signal: by, stdout } = await ended;
    assert.match(stdout, /waiting\n/);
    const left = (await readdir(dir)).filter((name) => !["pid", "data"].includes(name));
    if (existsSync(join(dir, "pid"))) {
      const pid = Number(await readFile(join(dir, "pid"), "utf8"));
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (existsSync(`/proc/${pid}`)) left.push("its child runs");
    }
    return { code, signal: by, stdout, left };
  });
}

describe("promise 25: signals beside others", function () {
  this.timeout(LONG);

  for (const [name, { script, leaves }] of Object.entries(NEIGHBOURS)) {
    for (const signal of SIGNALS) {
      it(`hold for ${signal}, beside ${name}`, async function () {
        needs(this, process.platform !== "win32", "a system with signals");
        await inFolder(async (temp) => {
          const ours = use("wxCanvas", temp);
          const [without, before, after] = await Promise.all([
            endOf(script, signal),
            endOf(script, signal, { before: ours }),
            endOf(script, signal, { after: ours }),
          ]);
          assert.deepEqual(before, without, "used before it");
          assert.deepEqual(after, without, "used after it");
          if (!leaves) assert.deepEqual(await readdir(temp), []);
        });
      });
    }
  }

  it("hold for SIGTERM with two copies of this library, alone and beside signal-exit", async function () {
    needs(this, process.platform !== "win32", "a system with signals");
    await inFolder(async (folder) => {
      const [copy, temp] = [join(folder, "copy"), join(folder, "temp")];
      await mkdir(temp);
      await cp(join(ROOT, "lib"), join(copy, "lib"), { recursive: true });
      await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"));
      await cp(join(ROOT, "package.json"), join(copy, "package.json"));
      const second = `const second = await import(${JSON.stringify(join(copy, "lib/index.ts"))});`;
      const both = `${use("wxCanvas", temp)} ${second} ${use("second", temp)}`;
      for (const script of ["", V4, V3 + V4, NEIGHBOURS["a listener that drains"]?.script ?? ""]) {
        const [without, withBoth] = await Promise.all([
          endOf(script, "SIGTERM"),
          endOf(script, "SIGTERM", { before: both }),
        ]);
        assert.deepEqual(withBoth, without);
        assert.deepEqual(await readdir(temp), []);
      }
    });
  });
});

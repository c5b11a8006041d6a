// Temp directories: those of killed processes are swept by the next host, any other stays.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs, { existsSync } from "node:fs";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createHost } from "../../lib/index.ts";
import { ownerIsDead, ownPrefix } from "../../lib/temp/owner.ts";
import { sweepOnce } from "../../lib/temp/sweep.ts";
import { printed, start } from "../support/children.ts";
import { withHost } from "../support/hosts.ts";
import { BLOCK_MS, measured } from "../support/measured.ts";
import { LINUX, needs } from "../support/promises.ts";
import { withStub } from "../support/stubs.ts";

const WINDOWS = process.platform === "win32";

describe("a host's temp directory", function () {
  this.timeout(20_000);
  let tempDir: string;
  beforeEach(async () => {
    tempDir = await mkdtemp(join(tmpdir(), "spec-"));
  });
  const aliases: string[] = [];
  let names = 0;
  afterEach(async () => {
    for (const folder of [tempDir, ...aliases.splice(0)]) {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    }
  });

  /** A process whose directory has its name. */
  async function owner() {
    const before = await readdir(tempDir);
    const { child, ended } = start(`
      const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
      host.createCanvas("a", 10, 10);
      await host.canvasToTempFilePath({ canvasId: "a" });
      setTimeout(() => {}, 10_000);
      console.log("made");`);
    await printed(child);
    const name = (await readdir(tempDir)).find((entry) => !before.includes(entry)) ?? assert.fail();
    const kill = async () => {
      child.kill("SIGKILL");
      await ended;
    };
    return { name, kill };
  }

  /** Another name of the folder. */
  async function aliasOf(folder: string): Promise<string> {
    // Windows does not tell capitals from small letters, and links need rights there.
    const capitals = ++names + "C:\\Users\\".length;
    if (WINDOWS) return folder.slice(0, capitals).toUpperCase() + folder.slice(capitals);
    const link = join(await mkdtemp(join(tmpdir(), "spec-")), "alias");
    await symlink(folder, link);
    aliases.push(dirname(link));
    return link;
  }

  /** The entries left after a new host has used the folder, by a path not swept before. */
  async function leftAfterNewHost(): Promise<string[]> {
    return withHost({ tempDir: await aliasOf(tempDir) }, async (host) => {
      host.createCanvas("a", 10, 10);
      await host.canvasToTempFilePath({ canvasId: "a" });
      const names = await readdir(tempDir);
      return names.filter((name) => !name.includes(`-${process.pid}-`));
    });
  }

  it("is found among 3,000 names of ended processes without blocking", async () => {
    const names = Array.from({ length: 3000 }, (_, i) => `${ownPrefix()}-${5_000_000 + i}-abc`);
    const folder = join(tempDir, "elsewhere");
    await mkdir(folder);
    for (const name of names) fs.writeFileSync(join(folder, name), "");
    const { blockMs } = await measured(() => sweepOnce(folder));
    await rm(folder, { recursive: true });
    assert.ok(blockMs < BLOCK_MS, `${blockMs} ms`);
  });

  it("is swept after its process was killed; that of a living one stays", async () => {
    const dead = await owner();
    const living = await owner();
    await dead.kill();
    assert.deepEqual(await leftAfterNewHost(), [living.name]);
    await living.kill();
    assert.deepEqual(await leftAfterNewHost(), []);
  });

  it("is swept when another process has got its pid", async function () {
    needs(this, LINUX, "/proc");
    const { name, kill } = await owner();
    await kill();
    // This process has the pid now, but another start time.
    const parts = name.split("-");
    parts[6] = String(process.ppid);
    await rename(join(tempDir, name), join(tempDir, parts.join("-")));
    assert.deepEqual(await leftAfterNewHost(), []);
  });

  const strangers: [string, (path: string, parts: string[]) => Promise<string>][] = [
    ["of another user, by its name", async (_, parts) => parts.with(3, "12345").join("-")],
    [
      "of another machine or pid namespace",
      async (_, parts) => parts.with(4, "0123456789abcdef").join("-"),
    ],
    ["of a system that does not tell", async (_, parts) => parts.with(4, "0").join("-")],
    ["with another form of name", async (_, parts) => parts.slice(0, -1).join("-")],
  ];
  for (const [who, rewrite] of strangers) {
    it(`stays: ${who}`, async () => {
      const { name, kill } = await owner();
      await kill();
      const other = await rewrite(join(tempDir, name), name.split("-"));
      await rename(join(tempDir, name), join(tempDir, other));
      assert.deepEqual(await leftAfterNewHost(), [other]);
    });
  }

  it("stays when it is not private or not a directory", async function () {
    needs(this, !WINDOWS, "mode bits and links");
    const { name, kill } = await owner();
    await kill();
    const path = join(tempDir, name);
    await chmod(path, 0o755);
    assert.deepEqual(await leftAfterNewHost(), [name]);
    await rm(path, { recursive: true });
    const target = join(tempDir, "target");
    await mkdir(target, { mode: 0o700 });
    await writeFile(join(target, "kept"), "");
    await symlink(target, path);
    assert.deepEqual((await leftAfterNewHost()).sort(), ["target", name].sort());
    assert.deepEqual(await readdir(target), ["kept"]);
    await rm(path);
    await writeFile(path, "");
    assert.deepEqual((await leftAfterNewHost()).sort(), ["target", name].sort());
  });

  it("may be removed by another process first; others are swept", async () => {
    const [first, second] = [await owner(), await owner()];
    await first.kill();
    await second.kill();
    let calls = 0;
    const left = await withStub(
      fs.promises,
      "lstat",
      (lstat) =>
        (async (path: string) => {
          if (++calls === 1) throw Object.assign(new Error("gone"), { code: "ENOENT" });
          return lstat(path);
        }) as typeof lstat,
      leftAfterNewHost,
    );
    assert.equal(calls, 2);
    assert.equal(left.length, 1);
    assert.deepEqual(await leftAfterNewHost(), []);
  });

  it("is swept once in a folder, not by each host", async () => {
    let calls = 0;
    const opendirSync = (original: typeof fs.opendirSync) =>
      ((...args: Parameters<typeof original>) => {
        if (args[0] === tempDir) calls++;
        return original(...args);
      }) as typeof original;
    await withStub(fs, "opendirSync", opendirSync, async () => {
      for (let i = 0; i < 5; i++) {
        await withHost({ tempDir }, async (host) => {
          host.createCanvas("a", 10, 10);
          await host.canvasToTempFilePath({ canvasId: "a" });
        });
      }
    });
    assert.equal(calls, 1);
  });

  it("is swept among many entries", async () => {
    const others = Array.from({ length: 600 }, (_, i) => `other-${i}`);
    await Promise.all(others.map((name) => writeFile(join(tempDir, name), "")));
    const { kill } = await owner();
    await kill();
    assert.deepEqual((await leftAfterNewHost()).sort(), others.sort());
  });

  const fail = () => {
    throw Object.assign(new Error("failed"), { code: "EIO" });
  };
  type Open = typeof fs.opendirSync;
  for (const [what, opendirSync] of [
    ["opened", () => fail],
    [
      "read",
      (open: Open) =>
        (...args: Parameters<Open>) =>
          Object.assign(open(...args), { readSync: fail }),
    ],
  ] as const) {
    it(`stays when the folder cannot be ${what}; exports work`, async () => {
      const { name, kill } = await owner();
      await kill();
      const left = await withStub(fs, "opendirSync", opendirSync, leftAfterNewHost);
      assert.deepEqual(left, [name]);
    });
  }

  for (const [what, code, isDead] of [
    ["that runs", undefined, false],
    ["that may not be signalled", "EPERM", false],
    ["that no signal finds", "ESRCH", true],
  ] as const) {
    it(`${isDead ? "is swept" : "stays"} when /proc hides its process, and ${what}`, async () => {
      const pid = process.ppid;
      const name = `${ownPrefix().replace(/\d+$/, "1")}-${pid}-abc`;
      const readFileSync = (original: typeof fs.readFileSync) =>
        ((...args: Parameters<typeof original>) => {
          if (args[0] !== `/proc/${pid}/stat`) return original(...args);
          throw Object.assign(new Error("hidden"), { code: "ENOENT" });
        }) as typeof original;
      const kill = (): typeof process.kill => (found, signal) => {
        assert.deepEqual([found, signal], [pid, 0]);
        if (code) throw Object.assign(new Error(code), { code });
        return true;
      };
      const answer = await withStub(fs, "readFileSync", readFileSync, () =>
        withStub(process, "kill", kill, () => ownerIsDead(name)),
      );
      assert.equal(answer, isDead);
    });
  }

  it("is identified without a namespace of times", async function () {
    needs(this, LINUX, "/proc");
    const { stdout } = await start(`
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const { readlinkSync } = fs;
      fs.readlinkSync = (path, ...more) => {
        if (path === "/proc/self/ns/time") throw new Error("an old kernel");
        return readlinkSync(path, ...more);
      };
      syncBuiltinESMExports();
      const { ownPrefix } = await import(${JSON.stringify(new URL("../../lib/temp/owner.ts", import.meta.url).href)});
      console.log(ownPrefix());`).ended;
    assert.match(stdout, /^wx-canvas-node-\d+-[0-9a-f]{16}-\d+\n$/);
    assert.notEqual(stdout.split("-")[4], ownPrefix().split("-")[4]);
  });

  it("is below the host's first working directory for a relative path", async () => {
    const before = process.cwd();
    process.chdir(tempDir);
    await mkdir("temp");
    const host = createHost({ tempDir: "temp" });
    process.chdir(before);
    host.createCanvas("a", 10, 10);
    const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
    await host.dispose();
    assert.ok(tempFilePath.startsWith(join(tempDir, "temp")), tempFilePath);
  });

  it("is created when the system has no folder for temp files", async () => {
    const { code, stdout, stderr } = await start(
      `const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
      host.createCanvas("a", 10, 10);
      console.log((await host.canvasToTempFilePath({ canvasId: "a" })).errMsg);`,
      { TMPDIR: "/nonexistent" },
    ).ended;
    assert.deepEqual([code, stdout], [0, "canvasToTempFilePath:ok\n"], stderr);
  });

  it("stays for this process, and is swept for an earlier one with its pid", () => {
    const name = `${ownPrefix()}-${process.pid}-abc`;
    assert.equal(ownerIsDead(name), false);
    assert.equal(ownerIsDead(name.replace(/-\d+-(\d+)-abc$/, "-1-$1-abc")), true);
  });

  for (const platform of ["win32", "darwin"] as const) {
    it(`is dead on ${platform} when no process has its pid`, () =>
      withStub(
        process,
        "platform",
        () => platform,
        () =>
          withStub(
            process,
            "getuid",
            () => undefined,
            async () => {
              // A copy of the module: it reads the facts about this process once.
              const owner = await import(`../../lib/temp/owner.ts?${platform}`);
              const prefix = owner.ownPrefix();
              assert.match(prefix, /^wx-canvas-node-0-[0-9a-f]{16}-0$/);
              const { pid } = spawnSync(process.execPath, ["-e", ""]);
              const isDead = (pid: number, start = prefix) =>
                owner.ownerIsDead(`${start}-${pid}-abc`);
              assert.equal(isDead(pid), true);
              assert.equal(isDead(process.pid), false);
              assert.equal(isDead(pid, ownPrefix()), false, "of another machine");
            },
          ),
      ));
  }

  it("ignores mode bits when users have no numbers", () =>
    withStub(
      process,
      "getuid",
      () => undefined,
      async () => {
        const { pid } = spawnSync(process.execPath, ["-e", ""]);
        await mkdir(join(tempDir, `${ownPrefix()}-${pid}-abc`), { mode: 0o755 });
        assert.deepEqual(await leftAfterNewHost(), []);
      },
    ));

  it("is never swept, with a warning, when the system hides its processes", async function () {
    needs(this, LINUX, "/proc");
    const { name, kill } = await owner();
    await kill();
    const { code, stdout, stderr } = await start(`
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const { readFileSync } = fs;
      fs.readFileSync = (path, ...more) => {
        if (String(path).startsWith("/proc/")) throw new Error("no such place");
        return readFileSync(path, ...more);
      };
      syncBuiltinESMExports();
      const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
      host.createCanvas("a", 10, 10);
      await host.canvasToTempFilePath({ canvasId: "a" });
      console.log(JSON.stringify(fs.readdirSync(${JSON.stringify(tempDir)})));`).ended;
    assert.equal(code, 0, stderr);
    const names = (JSON.parse(stdout) as string[]).filter((entry) => entry !== name);
    assert.equal(names.length, 1);
    assert.match(names[0] ?? "", /^wx-canvas-node-\d+-0-0-\d+-\w+$/);
    assert.deepEqual(await readdir(tempDir), [name]);
  });

  it("stays when it cannot be removed at exit; others are removed", async () => {
    const { code, stdout, stderr } = await start(`
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const { rmSync } = fs;
      let calls = 0;
      fs.rmSync = (...args) => {
        if (++calls === 1) throw new Error("busy");
        rmSync(...args);
      };
      syncBuiltinESMExports();
      const made = [];
      for (let i = 0; i < 2; i++) {
        const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
        host.createCanvas("a", 10, 10);
        made.push((await host.canvasToTempFilePath({ canvasId: "a" })).tempFilePath);
      }
      console.log(JSON.stringify(made));`).ended;
    assert.deepEqual([code, stderr], [0, ""]);
    const [kept, gone] = JSON.parse(stdout) as [string, string];
    assert.deepEqual([existsSync(kept), existsSync(gone)], [true, false]);
  });

  it("stays when it belongs to another user, under any name", async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const { name, kill } = await owner();
    await kill();
    await chown(join(tempDir, name), 12345, 12345);
    assert.deepEqual(await leftAfterNewHost(), [name]);
  });
});

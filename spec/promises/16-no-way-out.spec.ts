// Promise 16: no path and no URL leads outside, as the kernel sees it; see also spec/sources.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createCanvas } from "@napi-rs/canvas";
import { answerOf, inFolder, LINUX, LONG, needs } from "../support/promises.ts";

/** Every way to write a path that ends outside of the root. */
function localPaths(root: string, secret: string): string[] {
  const name = basename(secret);
  const up = ["../outside", "a/../../outside", "./../outside", "a/b/../../../outside"];
  const relative = up.flatMap((way) => [`${way}/${name}`, `/${way}/${name}`]);
  const encoded = relative.flatMap((path) => [
    path.replaceAll("..", "%2e%2e"),
    path.replaceAll("../", "..%2f"),
    path.replaceAll("/", "\\"),
    path.replaceAll("..", "%252e%252e"),
  ]);
  const url = pathToFileURL(secret).href;
  const urls = [
    url,
    url.replace("file:", "FILE:"),
    url.replace("file://", "file://localhost"),
    url.replace("file://", "file:"),
    url.replace("file://", "file://127.0.0.1"),
    url.replace("outside", "%6futside"),
    `${pathToFileURL(root).href}/../outside/${name}`,
    `${pathToFileURL(root).href}/%2e%2e/outside/${name}`,
    `${pathToFileURL(root).href}/..%2foutside/${name}`,
  ];
  return [
    ...relative,
    ...encoded,
    ...urls,
    secret,
    `//${secret}`,
    `\\\\${secret}`,
    `/${secret}`,
    ` ${secret}`,
    `${secret}\0.png`,
    `${root}/../outside/${name}`,
    `${root}-sibling/${name}`,
    `${root}/link.png`,
    "/link.png",
    "link.png",
    "/folder/secret.png",
    "folder/secret.png",
    `/proc/self/root${secret}`,
    "/proc/self/cwd/../outside/secret.png",
    `wxfile://../outside/${name}`,
    `wxfile://usr/../../outside/${name}`,
    `wxfile://tmp_../../outside/${name}`,
    `wxfile:///${secret}`,
    `~/../outside/${name}`,
    "/etc/hostname",
    "/dev/zero",
  ];
}

const URLS = `
  0x7f.1 0x7f000001 2130706433 017700000001 127.1 127.0.1 127.0.0.1 127.0.0.1. localhost localhost.
  LOCALHOST 0 0.0.0.0 [::] [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1]
  [64:ff9b::7f00:1] [2002:7f00:1::] [fe80::1] [fc00::1] [fd00:ec2::254] [ff02::1] 10.0.0.1
  10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.0.0.1 192.0.2.1 169.254.169.254 169.254.0.1
  100.64.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 0251.0376.0251.0376
  0xa9fea9fe 2852039166 169.254.43518 [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] 127.127.127.127
  127.0.0.1%2f 127.0.0.1%00 user:password@127.0.0.1 user@127.0.0.1 １２７.0.0.1 ⑫⑦.0.0.1 127。0。0。1`;

/** Draws each source, and returns the result of each draw. */
const script = (root: string, sources: string[], images: string) => `
  const host = wxCanvas.createHost({ root: ${JSON.stringify(root)}, images: ${images} });
  host.mountCanvas({ canvasId: "a", width: 8, height: 8 });
  // The modules are loaded first; the marks limit the trace.
  await host.canvasToTempFilePath({ canvasId: "a" });
  const { readFileSync } = await import("node:fs");
  try { readFileSync("/mark-begin"); } catch {}
  const results = [];
  for (const source of ${JSON.stringify(sources)}) {
    const context = host.wx.createCanvasContext("a");
    context.drawImage(source, 0, 0);
    results.push((await new Promise((resolve) => context.draw(false, resolve))).errMsg);
  }
  try { readFileSync("/mark-end"); } catch {}
  await host.dispose();
  console.log(JSON.stringify(results));`;

const canTrace = LINUX && spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

/** Runs the script and returns its results, and the system calls between the marks. */
async function traced(
  folder: string,
  code: string,
): Promise<{ results: string[]; calls: string[] }> {
  const trace = join(folder, "trace");
  const by = canTrace
    ? [
        "strace",
        "-f",
        "-qq",
        "-o",
        trace,
        "-e",
        "trace=open,openat,connect,sendto,sendmsg,sendmmsg",
      ]
    : [];
  const results = await answerOf<string[]>(code, { by });
  if (!canTrace) return { results, calls: [] };
  const calls = (await readFile(trace, "utf8")).split("\n");
  const [begin, end] = ["mark-begin", "mark-end"].map((mark) =>
    calls.findIndex((call) => call.includes(mark)),
  );
  assert.ok(begin !== undefined && begin > 0 && end !== undefined && end > begin);
  return { results, calls: calls.slice(begin + 1, end) };
}

describe("promise 16: no way out", function () {
  this.timeout(LONG);

  it("holds for local paths: no file outside is opened", async function () {
    await inFolder(async (folder) => {
      const [root, outside] = [join(folder, "root"), join(folder, "outside")];
      const secret = join(outside, "secret.png");
      for (const path of [join(root, "a", "b"), outside, `${root}-sibling`]) {
        await mkdir(path, { recursive: true });
      }
      const picture = createCanvas(8, 8).toBuffer("image/png");
      await writeFile(secret, picture);
      await writeFile(join(`${root}-sibling`, "secret.png"), picture);
      await writeFile(join(root, "inside.png"), picture);
      await symlink(secret, join(root, "link.png"));
      await symlink(outside, join(root, "folder"));
      const paths = localPaths(root, secret);
      assert.ok(paths.length >= 60, String(paths.length));

      const sources = [...paths, "/inside.png"];
      const { results, calls } = await traced(folder, script(root, sources, "{}"));
      // The control: an allowed file is read, and the trace shows it.
      assert.equal(results.pop(), "drawCanvas:ok");
      for (const [i, errMsg] of results.entries()) {
        assert.match(errMsg, /^drawCanvas:fail left out /, `${paths[i]}`);
      }
      const opened = calls.filter((call) => /\bopen(at)?\(/.test(call) && /O_RDONLY/.test(call));
      if (canTrace) assert.ok(opened.some((call) => call.includes("inside.png")));
      const outsideOpened = opened.filter((call) => /secret|hostname|zero|sibling/.test(call));
      assert.deepEqual(outsideOpened, []);
    });
    needs(this, canTrace, "strace to be proven by the kernel, too");
  });

  it("holds for URLs of inner networks: no connection", async function () {
    await inFolder(async (folder) => {
      const hosts = URLS.trim().split(/\s+/);
      const urls = hosts.flatMap((host, i) => [`http${i % 3 ? "" : "s"}://${host}/latest/a.png`]);
      urls.push("http:127.0.0.1/a.png", "http:///127.0.0.1/a.png", "http:\\\\127.0.0.1\\a.png");
      urls.push(
        "ftp://127.0.0.1/a.png",
        "gopher://127.0.0.1/",
        "ws://127.0.0.1/",
        "blob:a",
        "about:blank",
      );
      assert.ok(urls.length >= 60, String(urls.length));
      const { results, calls } = await traced(
        folder,
        script(folder, urls, "{ remote: true, timeout: 3000 }"),
      );
      for (const [i, errMsg] of results.entries()) {
        assert.match(errMsg, /^drawCanvas:fail left out /, `${urls[i]}`);
      }
      // Look-ups of names connect to the resolver, not to the host.
      const connected = calls.filter(
        (call) => /connect\(/.test(call) && /AF_INET/.test(call) && !/htons\((53|0)\)/.test(call),
      );
      assert.deepEqual(connected, []);
    });
    needs(this, canTrace, "strace to be proven by the kernel, too");
  });
});

// The steps of the Docker files without Docker: installed from the packed tarball, run by a user
// who can write only to its TMPDIR.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "docker-steps-"));
const app = join(folder, "app");
const temp = join(folder, "tmp");
mkdirSync(temp);
for (const one of [folder, temp]) chmodSync(one, one === temp ? 0o1777 : 0o755);
const isRoot = process.getuid?.() === 0;

try {
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  execFileSync("sh", ["examples/docker/steps.sh", resolve("examples"), app], {
    env: { ...process.env, WX_CANVAS_NODE: join(folder, tarball) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const asNobody = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const [command, ...args] = [...asNobody, process.execPath, "server.js"];
  const server = spawn(command, args, {
    cwd: app,
    env: {
      PATH: process.env.PATH,
      TMPDIR: temp,
      PORT: "0",
      HOST: "127.0.0.1",
      NODE_ENV: "production",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => server.on("exit", resolve));
  try {
    const port = await new Promise((resolve, reject) => {
      server.stdout.on("data", (text) => resolve(/:(\d+)/.exec(text)?.[1]));
      ended.then(() => reject(new Error("the service ended")));
    });
    for (const [name, type] of Object.entries({ invite: "image/jpeg", coupon: "image/png" })) {
      const body = JSON.stringify(name === "invite" ? { nickname: "小满 🎉" } : {});
      const response = await fetch(`http://127.0.0.1:${port}/posters/${name}`, {
        method: "POST",
        body,
      });
      assert.equal(response.status, 200, await response.clone().text());
      assert.equal(response.headers.get("content-type"), type);
    }
    server.kill("SIGTERM");
    assert.equal(await ended, 0);
    assert.deepEqual(readdirSync(temp), []);
    console.log(
      `the application of the Docker files runs${isRoot ? " as user 65534" : ""}, and leaves nothing`,
    );
  } finally {
    server.kill("SIGKILL");
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

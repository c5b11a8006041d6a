// npx wx-canvas-node serve: a port, the posters of a folder, and its end.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../lib/cli/commands.ts";
import { CHILD, POSTERS } from "../support/renderers.ts";

/** All that the socket receives until it is closed. */
function textOf(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1").on("data", (more) => {
    text += more;
  });
  return new Promise((resolve) => socket.on("close", () => resolve(text)));
}

describe("wx-canvas-node serve", () => {
  beforeEach(() => {
    process.env.WX_CANVAS_NODE_CHILD = CHILD;
  });
  afterEach(() => {
    delete process.env.WX_CANVAS_NODE_CHILD;
  });

  async function run(args: string[], onLine: (line: string) => unknown = () => {}) {
    const err: string[] = [];
    const output = {
      print: (line: string) => void onLine(line),
      printError: (line: string) => void err.push(line),
    };
    return { code: await runCommand(["serve", ...args], output), err: err.join("\n") };
  }

  it("answers on the port that it prints, and ends on request", async () => {
    const answers: unknown[] = [];
    const { code } = await run(
      [POSTERS, "--port", "0", "--processes", "1", "--timeout", "9000", "--lenient"],
      async (line) => {
        const [, url] = /^POST (http:\/\/127\.0\.0\.1:\d+\/posters\/card)$/.exec(line) ?? [];
        if (!url) return;
        const { status, headers } = await fetch(url, { method: "POST", body: '{"title":"Hi"}' });
        answers.push([status, headers.get("keep-alive")]);
        process.emit("SIGTERM");
      },
    );
    assert.equal(code, 0);
    assert.deepEqual(answers, [[200, "timeout=65"]]);
  });

  it("answers requests that come at its end, and cuts off clients that send none", async () => {
    const answers: Promise<string>[] = [];
    const { code } = await run(
      [POSTERS, "--port", "0", "--processes", "1", "--lenient"],
      async (line) => {
        const [, port] = /^POST http:\/\/127\.0\.0\.1:(\d+)\/posters\/card$/.exec(line) ?? [];
        if (!port) return;
        const sockets = Array.from({ length: 20 }, () => connect(Number(port), "127.0.0.1"));
        for (const socket of sockets) answers.push(textOf(socket));
        await new Promise((resolve) => setTimeout(resolve, 200));
        const head = "POST /posters/card HTTP/1.1\r\nhost: x\r\ncontent-length: 13";
        const ask = (socket: Socket) => socket.write(`${head}\r\n\r\n{"title":"Hi"}`);
        sockets.slice(1, 10).forEach(ask);
        process.emit("SIGTERM");
        setTimeout(() => sockets.slice(10).forEach(ask), 300);
      },
    );
    assert.equal(code, 0);
    const [silent, ...others] = (await Promise.all(answers)).map((text) => text.slice(0, 12));
    assert.equal(silent, "");
    for (const status of others) assert.match(status, /^HTTP\/1\.1 (?:200|503)$/);
  });

  it("ends at Ctrl-C as a process", async () => {
    const main = fileURLToPath(new URL("../../lib/cli/main.ts", import.meta.url));
    const args = [
      "--import=@oxc-node/core/register",
      main,
      "serve",
      POSTERS,
      "--host",
      "::1",
      "--processes",
      "1",
    ];
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, PORT: "0" },
    });
    const [line] = await new Promise<string[]>((resolve) =>
      child.stdout.on("data", (text) => resolve(String(text).split("\n"))),
    );
    assert.match(line ?? "", /^POST http:\/\/\[::1\]:\d+\/posters\//);
    child.kill("SIGINT");
    assert.equal(await new Promise((resolve) => child.on("exit", resolve)), 0);
  });

  it("fails when the port is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { code, err } = await run([POSTERS, "--port", String(port)]);
    server.close();
    assert.equal(code, 1);
    assert.match(err, /EADDRINUSE/);
  });

  const wrong: [args: string[], code: number, message: RegExp][] = [
    [["a", "b"], 2, /one folder is enough/],
    [["--port", "http"], 2, /--port: expected a whole number from 0 to 65535, got http/],
    [["--processes", "none", POSTERS], 2, /--processes: expected a whole number from 1, got none/],
    [["--timeout", "-1", POSTERS], 2, /--timeout/],
    [[], 2, /posters: there is no such folder/],
    [[join(POSTERS, "..", "service")], 1, /^posters: expected at least one/],
  ];
  for (const [args, expected, message] of wrong) {
    it(`refuses ${JSON.stringify(args.map((arg) => arg.split("/").at(-1)))}`, async () => {
      const { code, err } = await run(args);
      assert.equal(code, expected, err);
      assert.match(err, message);
    });
  }
});

describe("wx-canvas-node", () => {
  it("lists its commands", async () => {
    for (const [args, expected] of [
      [[], 2],
      [["--help"], 0],
      [["-h"], 0],
    ] as const) {
      let out = "";
      const code = await runCommand(args, {
        print: (line) => {
          out += line;
        },
        printError() {},
      });
      assert.equal(code, expected);
      for (const name of ["render", "serve"]) assert.match(out, new RegExp(`\n  ${name} `));
    }
    const code = await runCommand(["nonsense"], { print() {}, printError() {} });
    assert.equal(code, 2);
  });
});

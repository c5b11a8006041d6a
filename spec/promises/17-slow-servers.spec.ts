// Promise 17: a slow or endless server costs at most the time and byte limits; see also
// spec/sources.
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { answerOf, LONG, times } from "../support/promises.ts";

const [TIMEOUT, BYTES] = [times(2000, 500), 10_485_760];

const HEADER = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n";

/** Writes the text again and again until the other side has enough. */
function repeat(socket: Socket, text: string | Buffer, every: number): void {
  const timer = setInterval(() => socket.write(text), every);
  socket.on("close", () => clearInterval(timer));
}

/** The ways in which servers never end, by the requested path. */
const SERVERS: Record<string, (socket: Socket) => void> = {
  "no-answer": () => {},
  "slow-header": (socket) => {
    socket.write(HEADER);
    repeat(socket, "x-a: b\r\n", 50);
  },
  "slow-body": (socket) => {
    socket.write(`${HEADER}content-length: 1000000\r\n\r\n`);
    repeat(socket, "a", 20);
  },
  "endless-body": (socket) => {
    socket.write(`${HEADER}\r\n`);
    const chunk = Buffer.alloc(65_536, 1);
    const more = () => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on("drain", more);
    more();
  },
  "endless-lie": (socket) => {
    socket.write(`${HEADER}content-length: 100\r\n\r\n`);
    repeat(socket, Buffer.alloc(65_536, 1), 1);
  },
  "redirect-loop": (socket) => {
    socket.end("HTTP/1.1 302 Found\r\nlocation: /redirect-loop\r\ncontent-length: 0\r\n\r\n");
  },
  "too-short": (socket) => {
    socket.end(`${HEADER}content-length: 1000\r\n\r\nshort`);
  },
  "too-long": (socket) => {
    socket.write(`${HEADER}content-length: 99999999999\r\n\r\n`);
  },
};

interface Answer {
  failures: Record<string, string>;
  took: Record<string, number>;
  grown: number;
}

describe("promise 17: slow and endless servers", function () {
  this.timeout(LONG);

  it(`fail within their time and twice the byte limit: ${Object.keys(SERVERS).length} servers`, async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
      socket.once("data", (data) => {
        SERVERS[/^GET \/([a-z-]+)/.exec(data.toString("latin1"))?.[1] ?? ""]?.(socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { failures, took, grown } = await answerOf<Answer>(
      `
      const host = wxCanvas.createHost({
        images: { remote: true, privateOrigins: ["${origin}"], timeout: ${TIMEOUT}, maxBytes: ${BYTES} },
      });
      const load = async (name) => {
        host.mountCanvas({ canvasId: name, width: 8, height: 8 });
        const context = host.wx.createCanvasContext(name);
        context.drawImage("${origin}/" + name, 0, 0);
        const begun = performance.now();
        const { errMsg } = await new Promise((resolve) => context.draw(false, resolve));
        failures[name] = errMsg;
        took[name] = performance.now() - begun;
      };
      const [failures, took] = [{}, {}];
      await load("too-short");
      globalThis.gc();
      const before = process.memoryUsage();
      let most = 0;
      const watching = setInterval(() => {
        // Only held memory counts, not garbage that Node has not collected yet.
        globalThis.gc();
        const now = process.memoryUsage();
        most = Math.max(most, now.external + now.heapUsed - before.external - before.heapUsed);
      }, 5);
      // The large ones one by one: the limit is one download's.
      await load("endless-body");
      await load("endless-lie");
      clearInterval(watching);
      const others = ${JSON.stringify(Object.keys(SERVERS))}.filter((name) => !(name in failures));
      await Promise.all(others.map(load));
      await host.dispose();
      console.log(JSON.stringify({ failures, took, grown: most }));`,
      { flags: ["--expose-gc"] },
    ).finally(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    assert.deepEqual(Object.keys(failures).sort(), Object.keys(SERVERS).sort());
    for (const [name, errMsg] of Object.entries(failures)) {
      assert.match(errMsg, /^drawCanvas:fail left out /, name);
      assert.ok((took[name] ?? Infinity) < TIMEOUT + 3000, `${name} took ${took[name]} ms`);
    }
    for (const name of ["no-answer", "slow-header", "slow-body"]) {
      assert.match(failures[name] ?? "", new RegExp(`no answer within ${TIMEOUT} ms`), name);
    }
    // A busy machine may be slower; `spec/sources` proves the byte limit by itself.
    assert.match(
      failures["endless-body"] ?? "",
      new RegExp(`more than ${BYTES} bytes|no answer within ${TIMEOUT} ms`),
    );
    assert.match(failures["redirect-loop"] ?? "", /more than 3 redirects/);
    assert.ok(grown < 2 * BYTES, `${grown} bytes at most`);
    if (process.env.PROMISES) console.log(`      ${(grown / 2 ** 20).toFixed(1)} MiB at most`);
  });
});

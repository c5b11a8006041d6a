// The service on node:http, express, fastify and hono, over real connections.
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, request as httpRequest, type Server } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import fc from "fast-check";
import fastify from "fastify";
import { Hono } from "hono";
import {
  createPosterService,
  createRenderer,
  type PosterService,
  type Renderer,
} from "../../../lib/posters/index.ts";
import { decode } from "../../support/pictures.ts";
import { CHILD, POSTERS, until } from "../../support/renderers.ts";

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("A service on node:http", () => {
  let renderer: Renderer;
  let service: PosterService;
  let server: Server;
  let origin: string;
  let tempDir: string;

  before(async () => {
    tempDir = await mkdtemp(join(tmpdir(), "faces-"));
    const host = { tempDir };
    renderer = createRenderer({
      host,
      posters: POSTERS,
      processes: 2,
      child: CHILD,
      timeout: 5_000,
    });
    service = createPosterService(renderer, { secret: "of the specs" });
    server = createServer(service.listener);
    origin = await listening(server);
    await renderer.ready;
  });

  after(async () => {
    await service.close();
    server.closeAllConnections();
    server.close();
    await rm(tempDir, { recursive: true });
  });

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(origin + path, { method: "POST", body: JSON.stringify(body), headers });

  it("answers with pictures, links and errors", async () => {
    const response = await post("/posters/card.jpg", { title: "Hi", colour: "#00ff00" });
    assert.equal(response.status, 200);
    const { format, width } = await decode(new Uint8Array(await response.arrayBuffer()));
    assert.deepEqual([format, width], ["jpeg", 120]);
    assert.equal((await fetch(origin + service.sign("card", { title: "Hi" }))).status, 200);
    const refused = await post("/posters/card", { title: 5 });
    assert.equal(refused.status, 422);
    const { error } = (await refused.json()) as { error: { issues: { path: string }[] } };
    assert.deepEqual(
      error.issues.map(({ path }) => path),
      ["title"],
    );
    const holes = await post("/posters/legacy", { src: "none.png" });
    assert.equal(holes.status, 422);
    assert.match(await holes.text(), /"src":"none\.png"/);
    assert.equal((await fetch(`${origin}/elsewhere`)).status, 404);
    const head = await fetch(origin + service.sign("card", { title: "Hi" }), { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.ok(Number(head.headers.get("content-length")) > 0);
  });

  it("reads null as no data without a schema, and lets a schema check it", async () => {
    assert.equal((await post("/posters/legacy", null)).status, 200);
    assert.equal((await fetch(origin + service.sign("legacy", null))).status, 200);
    const refused = await post("/posters/card", null);
    assert.equal(refused.status, 422);
    assert.match(await refused.text(), /"code":"DATA"/);
  });

  it("answers 500 with the code when a process crashes, and continues", async () => {
    const crashed = await post("/posters/trouble", { how: "abort" });
    assert.equal(crashed.status, 500);
    assert.match(await crashed.text(), /"code":"CRASHED"/);
    assert.equal((await post("/posters/card", { title: "on" })).status, 200);
  });

  it("answers 413 to a body that is too large before it is complete", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${origin}/posters/card`, { method: "POST" }, (response) => {
        response.resume();
        resolve(response.statusCode);
        request.destroy();
      });
      request.on("error", reject);
      // The body never ends.
      request.write("x".repeat(200_000));
    });
    assert.equal(status, 413);
  });

  it("answers 413 to clients that send on, and closes only where that takes long", async () => {
    const body = Buffer.alloc(5_000_000, " ");
    for (let i = 0; i < 20; i++) {
      const response = await fetch(`${origin}/posters/card`, { method: "POST", body });
      assert.equal(response.status, 413);
      await response.text();
    }
    const status = await new Promise<number | undefined>((resolve, reject) => {
      let status: number | undefined;
      const request = httpRequest(`${origin}/posters/card`, { method: "POST" }, (response) => {
        response.resume();
        status = response.statusCode;
      });
      request.on("error", () => {}).on("close", () => resolve(status));
      // The body never ends.
      request.write("x".repeat(200_000));
      setTimeout(() => reject(new Error("still open")), 8_000).unref();
    });
    assert.equal(status, 413);
  });

  it("answers on HTTP/2, without headers of connections", async () => {
    const warnings: string[] = [];
    const warn = ({ message }: Error) => void warnings.push(message);
    process.on("warning", warn);
    const ended = createPosterService({ ...renderer, close: async () => {} });
    await ended.close();
    let { listener } = service;
    const server = createHttp2Server((request, response) =>
      listener(request as never, response as never),
    );
    const client = connectHttp2(await listening(server as never));
    try {
      const statusOf = (headers: object, body: string) =>
        new Promise<unknown>((resolve, reject) => {
          const stream = client.request({
            ":method": "POST",
            ":path": "/posters/card",
            ...headers,
          });
          stream.on("error", reject).on("response", (answer) => resolve(answer[":status"]));
          stream.resume().end(body);
        });
      assert.equal(await statusOf({}, JSON.stringify({ title: "two" })), 200);
      assert.equal(await statusOf({}, " ".repeat(200_000)), 413);
      ({ listener } = ended);
      assert.equal(await statusOf({}, "{}"), 503);
    } finally {
      client.close();
      server.close();
      process.off("warning", warn);
    }
    assert.deepEqual(warnings, []);
  });

  it("answers 400 to a target other than a path", async () => {
    const { status, text } = await send(origin, "OPTIONS", "*", "", {});
    assert.equal(status, 400);
    assert.match(text, /BAD_REQUEST/);
  });

  it("takes the whole URL as target, as proxies send it", async () => {
    const target = `${origin}/posters/card.png`;
    const { status } = await send(origin, "POST", target, JSON.stringify({ title: "a" }), {});
    assert.equal(status, 200);
    for (const odd of ["ftp://a/posters/card", "http://[/posters/card"]) {
      assert.equal((await send(origin, "POST", odd, "{}", {})).status, 400);
    }
  });

  it("cancels the job of a client that disconnects", async () => {
    const before = renderer.stats().failed.ABORTED ?? 0;
    const controller = new AbortController();
    const gone = fetch(`${origin}/posters/trouble`, {
      method: "POST",
      body: JSON.stringify({ how: "wait" }),
      signal: controller.signal,
    });
    await until(() => renderer.stats().active === 1);
    controller.abort();
    await assert.rejects(gone);
    await until(() => renderer.stats().active === 0);
    assert.equal(renderer.stats().failed.ABORTED, before + 1);
    // A client that disconnects in the middle of its body, too.
    const socket = connect(Number(new URL(origin).port), "127.0.0.1");
    socket.write("POST /posters/card HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{");
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    assert.equal((await post("/posters/card", { title: "on" })).status, 200);
  });

  it("answers any request with a status and a code, without a 500 or a file of its own", async () => {
    const text = fc.string({ unit: "binary", maxLength: 30 });
    const piece = fc.oneof(
      text.map(encodeURIComponent),
      fc.constantFrom(
        "card",
        "posters",
        "..",
        "%00",
        "%",
        "healthz",
        "card.png",
        "card.gif",
        "//",
        "\\",
        "__proto__",
      ),
    );
    const path = fc
      .tuple(
        fc.constantFrom("/posters/card", "/posters/legacy", "/posters/", "/", ""),
        fc.array(piece, { maxLength: 2 }),
        fc.option(fc.webQueryParameters()),
      )
      .map(
        ([start, more, query]) =>
          `${start}${more.map((one) => `/${one}`).join("")}${query ? `?${query}` : ""}`,
      );
    const body = fc.oneof(
      fc.json(),
      text,
      fc.uint8Array({ maxLength: 50 }),
      fc.json().map((json) => json.slice(1)),
    );
    const method = fc.constantFrom("GET", "POST", "HEAD", "PUT", "OPTIONS", "FOO");
    const header = fc.constantFrom(
      "accept",
      "if-none-match",
      "content-type",
      "content-length",
      "x-a",
    );
    const value = fc.oneof(
      fc.constantFrom("image/png", "*/*;q=x", ",", "9e9", "-1"),
      fc.string({ unit: "grapheme-ascii", maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(
        method,
        path,
        body,
        fc.dictionary(header, value, { maxKeys: 2 }),
        async (method, path, body, headers) => {
          const answer = await send(origin, method, path, body as string | Uint8Array, headers);
          // node:http refuses this by itself, with a 400 without our body.
          if (answer.isOurs && answer.status >= 400 && method !== "HEAD") {
            const { error } = JSON.parse(answer.text);
            assert.match(error.code, /^[A-Z_]+$/);
            assert.notEqual(error.code, "INTERNAL");
          }
          assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 150), interruptAfterTimeLimit: 20_000 },
    );
    assert.deepEqual(await readdir(tempDir), []);
  });
});

/** Sends the bytes of a request unchecked. */
function send(
  origin: string,
  method: string,
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string>,
) {
  return new Promise<{ status: number; text: string; isOurs: boolean }>((resolve) => {
    const { port } = new URL(origin);
    const socket = connect(Number(port), "127.0.0.1");
    const bytes = Buffer.from(body as string);
    const lines = Object.entries({
      host: "x",
      connection: "close",
      "content-length": String(bytes.length),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}`);
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (more) => {
      answer += more;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      const [head = "", text = ""] = answer.split("\r\n\r\n");
      resolve({
        status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 400),
        text,
        isOurs: head.includes("content-type: application/json"),
      });
    });
    socket.setTimeout(3_000, () => socket.destroy());
    const target = path.replace(/[^\x21-\x7e]/g, "") || "/";
    socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    socket.write(bytes);
  });
}

describe("The end of a service on node:http", () => {
  it("comes when clients have received their answers, or have had the time of a request", async () => {
    for (const isReading of [true, false]) {
      const renderer = createRenderer({ posters: POSTERS, processes: 1, child: CHILD });
      const service = createPosterService(renderer, {
        timeout: isReading ? 10_000 : 4_000,
        strict: false,
      });
      await renderer.render("trouble", { how: "nothing", noise: true });
      const server = createServer(service.listener);
      const { port } = new URL(await listening(server));
      const socket = connect(Number(port), "127.0.0.1");
      const order = JSON.stringify({ how: "nothing", noise: true });
      socket.write(`POST /posters/trouble HTTP/1.1\r\nhost: x\r\ncontent-length: ${order.length}`);
      socket.write(`\r\n\r\n${order}`);
      await new Promise((resolve) => socket.once("readable", resolve));
      let bytes = 0;
      let hasEnded = false;
      const begun = performance.now();
      const ended = service.close().then(() => {
        hasEnded = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(hasEnded, false);
      if (isReading) {
        socket.on("data", (chunk) => {
          bytes += chunk.length;
        });
      }
      const closed = new Promise((resolve) => socket.once("close", resolve));
      await ended;
      server.close();
      server.closeAllConnections();
      if (isReading) {
        await closed;
        assert.ok(bytes > 4_000_000, `${bytes} bytes`);
      } else {
        assert.ok(performance.now() - begun > 3_900);
        socket.destroy();
      }
    }
  });
});

describe("A service behind a framework", () => {
  const body = JSON.stringify({ title: "Hi" });
  const headers = { "content-type": "application/json" };
  let renderer: Renderer;
  let service: PosterService;
  before(() => {
    renderer = createRenderer({ posters: POSTERS, processes: 1, child: CHILD });
    service = createPosterService(renderer);
  });
  after(() => service.close());

  it("is a middleware of express, with and without body parsers", async () => {
    for (const middlewares of [[], [express.json()]]) {
      const app = express();
      app.use(...middlewares, service.listener);
      app.get("/own", (_, response) => void response.send("own"));
      const server = createServer(app);
      const origin = await listening(server);
      try {
        assert.equal(
          (await fetch(`${origin}/posters/card`, { method: "POST", body, headers })).status,
          200,
        );
        assert.equal(await (await fetch(`${origin}/own`)).text(), "own");
        assert.equal((await fetch(`${origin}/healthz`)).status, 200);
      } finally {
        server.close();
      }
    }
  });

  it("reads the bytes of a parser that leaves them", async () => {
    const app = express();
    app.use(express.raw({ type: "*/*" }), service.listener);
    const server = createServer(app);
    const origin = await listening(server);
    try {
      const statuses = await Promise.all(
        [body, "{", "x".repeat(102_401)].map(
          async (body) =>
            (await fetch(`${origin}/posters/card`, { method: "POST", body, headers })).status,
        ),
      );
      assert.deepEqual(statuses, [200, 400, 413]);
    } finally {
      server.close();
    }
  });

  const leavesEmptyObject: express.RequestHandler = (request, _, next) => {
    request.body ??= {};
    next();
  };
  const parsers: [string, express.RequestHandler, string, number][] = [
    ["the body that a parser of express 4 has not read", leavesEmptyObject, body, 200],
    ["no body, for which a parser of express 4 leaves an object", leavesEmptyObject, "", 422],
    ["text that a parser leaves", express.text({ type: "*/*" }), body, 200],
    ["text that is no JSON", express.text({ type: "*/*" }), "{", 400],
  ];
  for (const [what, parser, body, expected] of parsers) {
    it(`reads ${what}`, async () => {
      const app = express();
      app.use(parser, service.listener);
      const server = createServer(app);
      const origin = await listening(server);
      try {
        const headers = { "content-type": "text/plain" };
        const { status } = await fetch(`${origin}/posters/card`, { method: "POST", body, headers });
        assert.equal(status, expected);
      } finally {
        server.close();
      }
    });
  }

  it("leaves a response alone that another middleware has sent", async () => {
    const app = express();
    app.use((_, response, next) => {
      next();
      response.status(503).send("too late");
    }, service.listener);
    const server = createServer(app);
    const origin = await listening(server);
    try {
      const late = await fetch(`${origin}/posters/card`, { method: "POST", body, headers });
      assert.equal(await late.text(), "too late");
      await until(() => renderer.stats().active === 0);
    } finally {
      server.close();
    }
  });

  it("can be mounted below a path of express", async () => {
    const app = express();
    app.use("/posters", service.listener);
    const server = createServer(app);
    const origin = await listening(server);
    try {
      assert.equal(
        (await fetch(`${origin}/posters/card`, { method: "POST", body, headers })).status,
        200,
      );
    } finally {
      server.close();
    }
  });

  it("is a route of fastify", async () => {
    const app = fastify();
    app.all("/posters/*", (request, reply) => {
      reply.hijack();
      service.listener(Object.assign(request.raw, { body: request.body }), reply.raw);
    });
    const origin = await app.listen({ host: "127.0.0.1", port: 0 });
    try {
      assert.equal(
        (await fetch(`${origin}/posters/card`, { method: "POST", body, headers })).status,
        200,
      );
    } finally {
      await app.close();
    }
  });

  it("is a route of hono", async () => {
    const app = new Hono();
    app.all("/posters/*", (c) => service.fetch(c.req.raw));
    const response = await app.request("/posters/card.png", { method: "POST", body, headers });
    assert.equal(response.status, 200);
    assert.equal((await decode(new Uint8Array(await response.arrayBuffer()))).width, 120);
  });
});

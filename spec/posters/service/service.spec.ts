// The service: requests, links, formats, the answer to each failure, and its end.
import assert from "node:assert/strict";
import { CanvasError } from "../../../lib/index.ts";
import {
  createMemoryStore,
  createPosterService,
  type PosterService,
  type PosterServiceOptions,
  type Renderer,
  type RendererStats,
  type RenderOptions,
} from "../../../lib/posters/index.ts";
import { failureOf } from "../../support/hosts.ts";

const PNG = Buffer.from("\x89PNG of a poster", "latin1");
const JPEG = Buffer.from("\xff\xd8 of a poster", "latin1");
const STATS: RendererStats = {
  queued: 0,
  active: 0,
  processes: 2,
  ready: 2,
  restarts: 1,
  rendered: 4,
  bytes: 99,
  failed: { DRAW: 3 },
  stages: { process: 2000, draw: 500 },
  fetches: { "https://a.example": { count: 3, cached: 1, failed: 1, bytes: 5, time: 9 } },
};

interface Call {
  name: string;
  data: unknown;
  options: RenderOptions;
}

/** A renderer without processes: the test decides its pictures. */
function fakeRenderer(
  draw: (call: Call) => unknown = () => {},
  stats: Partial<RendererStats> = {},
) {
  const asked: Call[] = [];
  let isClosed = false;
  const renderer: Renderer & { asked: Call[]; closed(): boolean } = {
    asked,
    closed: () => isClosed,
    names: ["invite", "a_b-C9"],
    ready: Promise.resolve(),
    async render(name, data, options = {}) {
      asked.push({ name, data, options });
      await draw({ name, data, options });
      const isJpeg = options.fileType === "jpg";
      const type = isJpeg ? "image/jpeg" : "image/png";
      return { data: isJpeg ? JPEG : PNG, width: 1, height: 1, type, warnings: [], stages: {} };
    },
    describe: async () => ({ cases: {} }),
    calls: async () => ({ calls: [], width: 0, height: 0, owners: new Uint32Array() }),
    stats: () => ({ ...STATS, ...stats }),
    close: async () => {
      isClosed = true;
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return renderer;
}

const ask = (service: PosterService, path: string, init: RequestInit = {}) =>
  service.fetch(new Request(`http://localhost${path}`, init));
const post = (service: PosterService, path: string, body: unknown = {}, init: RequestInit = {}) =>
  ask(service, path, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
  });
const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error.code;
const make = (options?: PosterServiceOptions, renderer = fakeRenderer()) => ({
  renderer,
  service: createPosterService(renderer, options),
});

describe("POST /posters/:name", () => {
  it("answers with the picture of the data", async () => {
    const { renderer, service } = make();
    const response = await post(service, "/posters/invite", { nickname: "小满" });
    assert.equal(response.status, 200);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), PNG);
    assert.equal(response.headers.get("content-type"), "image/png");
    assert.equal(response.headers.get("content-length"), String(PNG.length));
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.deepEqual(
      renderer.asked.map(({ name, data }) => [name, data]),
      [["invite", { nickname: "小满" }]],
    );
    assert.equal(renderer.asked[0]?.options.strict, true);
  });

  it("reads an empty body as no data", async () => {
    const { renderer, service } = make();
    assert.equal((await post(service, "/posters/invite", "")).status, 200);
    assert.equal((await ask(service, "/posters/invite", { method: "POST" })).status, 200);
    assert.deepEqual(renderer.asked[0]?.data, {});
  });

  const formats: [path: string, accept: string, fileType: string | undefined][] = [
    ["/posters/invite", "", undefined],
    ["/posters/invite", "*/*", undefined],
    ["/posters/invite", "image/avif,image/webp,image/*,*/*;q=0.8", undefined],
    ["/posters/invite", "image/png", "png"],
    ["/posters/invite", "image/jpeg, image/png;q=0.5", "jpg"],
    ["/posters/invite", "image/png;q=0, */*", "jpg"],
    ["/posters/invite", "IMAGE/JPEG; q=0.3", "jpg"],
    ["/posters/invite.png", "image/jpeg", "png"],
    ["/posters/invite.jpg", "", "jpg"],
    ["/posters/invite.jpeg", "", "jpg"],
  ];
  for (const [path, accept, fileType] of formats) {
    it(`answers with ${fileType} to ${path}, accept: ${accept}`, async () => {
      const { renderer, service } = make();
      const response = await post(service, path, {}, { headers: { accept } });
      assert.equal(response.status, 200);
      assert.equal(renderer.asked[0]?.options.fileType, fileType);
      assert.equal(response.headers.get("vary"), "accept");
    });
  }

  it("reads quality and pixelRatio from the query", async () => {
    const { renderer, service } = make();
    await post(service, "/posters/invite?quality=0.8&pixelRatio=3");
    const { quality, pixelRatio } = renderer.asked[0]?.options ?? {};
    assert.deepEqual([quality, pixelRatio], [0.8, 3]);
    await post(service, "/posters/invite?quality=");
    assert.equal(renderer.asked[1]?.options.quality, undefined);
  });

  const wrong: [path: string, body: unknown, init: RequestInit, status: number, code: string][] = [
    ["/posters/invite", "{", {}, 400, "BAD_REQUEST"],
    ["/posters/invite", "nonsense", {}, 400, "BAD_REQUEST"],
    ["/posters/invite", `${"[".repeat(5000)}${"]".repeat(5000)}`, {}, 400, "BAD_REQUEST"],
    ["/posters/invite?quality=80", {}, {}, 400, "BAD_REQUEST"],
    ["/posters/invite?pixelRatio=-1", {}, {}, 400, "BAD_REQUEST"],
    ["/posters/nobody", {}, {}, 404, "NOT_FOUND"],
    ["/posters/constructor", {}, {}, 404, "NOT_FOUND"],
    ["/posters/", {}, {}, 404, "NOT_FOUND"],
    ["/posters", {}, {}, 404, "NOT_FOUND"],
    ["/posters/invite/", {}, {}, 404, "NOT_FOUND"],
    ["/posters/invite.gif", {}, {}, 404, "NOT_FOUND"],
    ["/posters/%E0%A4%A", {}, {}, 404, "NOT_FOUND"],
    ["/posters/..%2f..%2fetc", {}, {}, 404, "NOT_FOUND"],
    ["/other", {}, {}, 404, "NOT_FOUND"],
    ["/posters/invite", {}, { method: "PUT" }, 405, "METHOD"],
    ["/posters/invite", {}, { method: "DELETE" }, 405, "METHOD"],
    ["/healthz", {}, {}, 405, "METHOD"],
    ["/posters/invite", {}, { headers: { accept: "text/html" } }, 406, "NOT_ACCEPTABLE"],
    ["/posters/invite", {}, { headers: { accept: "image/*;q=7" } }, 406, "NOT_ACCEPTABLE"],
    ["/posters/invite", "x".repeat(102_401), {}, 413, "BODY_TOO_LARGE"],
    ["/posters/invite", {}, { headers: { "content-length": "999999" } }, 413, "BODY_TOO_LARGE"],
    ["/posters/invite", {}, { headers: { "content-encoding": "gzip" } }, 415, "ENCODING"],
  ];
  for (const [path, body, init, status, code] of wrong) {
    it(`answers ${status} to ${init.method ?? "POST"} ${path}, ${String(body).slice(0, 20)} ${JSON.stringify(init.headers ?? "")}`, async () => {
      const { renderer, service } = make();
      const response = await post(service, path, body, init);
      assert.equal(response.status, status);
      assert.equal(response.headers.get("content-type"), "application/json; charset=utf-8");
      assert.equal(await codeOf(response), code);
      assert.equal(renderer.asked.length, 0);
    });
  }

  it("names the methods that a path has", async () => {
    const { service } = make();
    const allowed = await Promise.all(
      ["/posters/invite", "/healthz"].map(async (path) =>
        (await ask(service, path, { method: "PUT" })).headers.get("allow"),
      ),
    );
    assert.deepEqual(allowed, ["GET, HEAD, POST", "GET, HEAD"]);
  });

  it("answers 400 to a body that is not UTF-8", async () => {
    const { service } = make();
    const response = await ask(service, "/posters/invite", {
      method: "POST",
      body: Buffer.from([0x22, 0xff, 0x22]),
    });
    assert.equal(response.status, 400);
  });

  it("accepts a body of exactly maxBody bytes", async () => {
    const { service } = make({ maxBody: 10 });
    assert.equal((await post(service, "/posters/invite", '"12345678"')).status, 200);
    assert.equal((await post(service, "/posters/invite", '"123456789"')).status, 413);
  });

  const failures: [code: string, details: object, status: number][] = [
    ["DATA", { issues: [{ path: "nickname", message: "too long" }] }, 422],
    ["INCOMPLETE", { warnings: [{ code: "PICTURE", message: "left out", src: "a.png" }] }, 422],
    ["INVALID", {}, 422],
    ["TOO_LARGE", {}, 422],
    ["DRAW", {}, 500],
    ["CRASHED", {}, 500],
    ["MEMORY", {}, 500],
    ["ENOSPC", {}, 500],
    ["TIMEOUT", {}, 504],
    ["DISPOSED", {}, 503],
    ["BUSY", {}, 429],
  ];
  for (const [code, details, status] of failures) {
    it(`answers ${status} to ${code}, with its details`, async () => {
      const { service } = make(
        {},
        fakeRenderer(() => {
          throw Object.assign(new CanvasError(code, "a reason"), details);
        }),
      );
      const response = await post(service, "/posters/invite");
      assert.equal(response.status, status);
      assert.deepEqual(await response.json(), { error: { code, message: "a reason", ...details } });
      const mayRetry = status === 503 || status === 429;
      assert.equal(response.headers.get("retry-after") !== null, mayRetry);
    });
  }

  it("answers 500 with a code to any other error", async () => {
    const { service } = make(
      {},
      fakeRenderer(() => {
        throw new Error("unexpected");
      }),
    );
    const response = await post(service, "/posters/invite");
    assert.equal(response.status, 500);
    assert.equal(await codeOf(response), "INTERNAL");
  });

  it("answers 500 without the folders of this machine", async () => {
    const { service } = make(
      {},
      fakeRenderer(({ data }) => {
        throw new CanvasError("LOAD", (data as { text: string }).text);
      }),
    );
    const cases: [text: string, message: string][] = [
      [
        "Cannot find package 'a' imported from /srv/app/posters/b.mjs",
        "Cannot find package 'a' imported from …/b.mjs",
      ],
      ["open '/etc/app/c.json'\n- /srv/d.cjs", "open '…/c.json'\n- …/d.cjs"],
      ['"file:///srv/app/e.png": there is none', '"…/e.png": there is none'],
      ["C:\\app\\posters\\f.mjs", "…/f.mjs"],
      ["https://a.example/b/c.png: 1/2 and/or a", "https://a.example/b/c.png: 1/2 and/or a"],
    ];
    for (const [text, message] of cases) {
      const response = await post(service, "/posters/invite", { text });
      assert.deepEqual(await response.json(), { error: { code: "LOAD", message } });
    }
  });

  it("answers 429 with Retry-After when the queue is full", async () => {
    const { renderer, service } = make(
      { maxQueue: 20 },
      fakeRenderer(() => {}, { queued: 20, active: 2 }),
    );
    const response = await post(service, "/posters/invite");
    assert.equal(response.status, 429);
    // 20 wait, each takes half a second, on two processes.
    assert.equal(response.headers.get("retry-after"), "5");
    assert.equal(renderer.asked.length, 0);
    const fresh = make(
      { maxQueue: 0 },
      fakeRenderer(() => {}, { rendered: 0, ready: 0, stages: {} }),
    );
    assert.equal((await post(fresh.service, "/posters/invite")).headers.get("retry-after"), "1");
    // Without a queue, a free process still takes a poster.
    const { status } = await post(make({ maxQueue: 0 }).service, "/posters/invite");
    assert.equal(status, 200);
  });

  it("answers 504 after its timeout, and cancels the job", async () => {
    let signal: AbortSignal | undefined;
    const { service } = make(
      { timeout: 30 },
      fakeRenderer(({ options }) => {
        signal = options.signal;
        return new Promise(() => {});
      }),
    );
    const response = await post(service, "/posters/invite");
    assert.equal(response.status, 504);
    assert.equal(await codeOf(response), "TIMEOUT");
    assert.equal(signal?.aborted, true);
  });

  it("answers 504 to a body that never arrives", async () => {
    const { service } = make({ timeout: 30 });
    const body = new ReadableStream({});
    const response = await ask(service, "/posters/invite", {
      method: "POST",
      body,
      duplex: "half",
    } as RequestInit);
    assert.equal(response.status, 504);
  });
});

describe("The same poster and data", () => {
  it("is drawn once for any order of the keys", async () => {
    const { renderer, service } = make();
    const bodies = ['{"a":1,"b":{"c":2,"d":[3]}}', '{"b":{"d":[3],"c":2},"a":1}'];
    for (const body of [...bodies, ...bodies])
      assert.equal((await post(service, "/posters/invite", body)).status, 200);
    assert.equal(renderer.asked.length, 1);
    await post(service, "/posters/invite.jpg", bodies[0]);
    await post(service, "/posters/invite?pixelRatio=2", bodies[0]);
    await post(service, "/posters/a_b-C9", bodies[0]);
    assert.equal(renderer.asked.length, 4);
  });

  it("is shared by concurrent requests, and cancelled when all of them disconnect", async () => {
    const signals: AbortSignal[] = [];
    let finish = () => {};
    const { renderer, service } = make(
      { cache: false },
      fakeRenderer(({ options }) => {
        signals.push(options.signal as AbortSignal);
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      }),
    );
    const clients = [new AbortController(), new AbortController()];
    const answers = clients.map(({ signal }) => post(service, "/posters/invite", {}, { signal }));
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(renderer.asked.length, 1);
    clients[0]?.abort();
    assert.equal((await answers[0])?.status, 499);
    assert.equal(signals[0]?.aborted, false);
    clients[1]?.abort();
    assert.equal((await answers[1])?.status, 499);
    assert.equal(signals[0]?.aborted, true);
    // A new request does not share the end of the old one.
    const next = post(service, "/posters/invite");
    await new Promise((resolve) => setTimeout(resolve, 10));
    finish();
    assert.equal((await next).status, 200);
    assert.equal(renderer.asked.length, 2);
    const gone = new Request("http://localhost/posters/invite", {
      method: "POST",
      body: "{}",
      signal: AbortSignal.abort(),
    });
    assert.equal((await service.fetch(gone)).status, 499);
  });

  it("is answered with 304 for its ETag", async () => {
    const { service } = make();
    const first = await post(service, "/posters/invite");
    const etag = first.headers.get("etag") as string;
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const response = await post(
        service,
        "/posters/invite",
        {},
        { headers: { "if-none-match": tag } },
      );
      assert.equal(response.status, 304);
      assert.equal(response.headers.get("etag"), etag);
      assert.equal((await response.arrayBuffer()).byteLength, 0);
    }
    const other = await post(
      service,
      "/posters/invite",
      {},
      { headers: { "if-none-match": '"other"' } },
    );
    assert.equal(other.status, 200);
  });

  it("is read from the store, and written to it", async () => {
    const kept = new Map<string, Uint8Array>();
    const store = {
      get: (key: string) => kept.get(key),
      put: (key: string, bytes: Uint8Array) => void kept.set(key, bytes),
    };
    await post(make({ store }).service, "/posters/invite", { a: 1 });
    assert.match([...kept.keys()].join(), /^invite-[\w-]{43}$/);
    const { renderer, service } = make({ store });
    assert.equal((await post(service, "/posters/invite", { a: 1 })).status, 200);
    assert.equal(renderer.asked.length, 0);
    const newer = make({ store, cache: { version: "2" } });
    await post(newer.service, "/posters/invite", { a: 1 });
    assert.equal(newer.renderer.asked.length, 1);
  });

  it("is kept in memory up to a number of bytes, which may be Infinity", () => {
    const store = createMemoryStore(Number.POSITIVE_INFINITY);
    store.put("a", PNG);
    assert.equal(store.get("a"), PNG);
    for (const bytes of [-1, 0.5, undefined as never]) {
      assert.throws(() => createMemoryStore(bytes), {
        code: "INVALID",
        message: `createMemoryStore:fail maxBytes: expected a whole number from 0, or Infinity, got ${bytes}`,
      });
    }
  });

  it("is drawn when the store fails, which is reported", async () => {
    const errors: string[] = [];
    const store = {
      get: async () => {
        throw new Error("get");
      },
      put() {
        throw new Error("put");
      },
    };
    const { service } = make({ store, onError: (error) => errors.push((error as Error).message) });
    assert.equal((await post(service, "/posters/invite")).status, 200);
    assert.deepEqual(errors, ["get", "put"]);
    const warnings: Error[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on("warning", listen);
    await post(make({ store }).service, "/posters/invite");
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    assert.deepEqual(
      warnings.map(({ message }) => message),
      ["Error: get", "Error: put"],
    );
  });

  it("is drawn when the store has anything but a picture, which is reported", async () => {
    const kept = [PNG.toString("base64"), Buffer.alloc(0), Buffer.from("GIF89a"), [...PNG], true];
    for (const answer of kept) {
      const errors: unknown[] = [];
      const store = { get: () => answer as never, put() {} };
      const { renderer, service } = make({ store, onError: (error) => void errors.push(error) });
      const response = await post(service, "/posters/invite");
      assert.deepEqual([response.status, renderer.asked.length], [200, 1]);
      assert.match(String(errors), /store: expected the bytes of a PNG or JPEG from get, got/);
    }
    const { renderer, service } = make({ store: { get: () => null as never, put() {} } });
    await post(service, "/posters/invite");
    assert.equal(renderer.asked.length, 1);
  });

  it("leaves the memory store when many others are drawn", async () => {
    const { renderer, service } = make({ cache: { maxBytes: PNG.length * 2 } });
    for (const data of [1, 2, 1, 3, 1, 2]) await post(service, "/posters/invite", String(data));
    assert.deepEqual(
      renderer.asked.map(({ data }) => data),
      [1, 2, 3, 2],
    );
  });
});

describe("GET /posters/:name", () => {
  const secret = "a secret of the specs";

  it("answers a signed link, as <img> requests it", async () => {
    const { renderer, service } = make({ secret });
    const link = service.sign(
      "invite",
      { nickname: "小满 & co" },
      { fileType: "jpg", quality: 0.8, pixelRatio: 2 },
    );
    assert.match(link, /^\/posters\/invite\.jpg\?data=/);
    const response = await ask(service, link, {
      headers: { accept: "image/avif,image/*,*/*;q=0.8" },
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), "public, max-age=3600");
    const [call] = renderer.asked;
    assert.deepEqual(call?.data, { nickname: "小满 & co" });
    assert.deepEqual(
      [call?.options.fileType, call?.options.quality, call?.options.pixelRatio],
      ["jpg", 0.8, 2],
    );
    const head = await ask(service, link, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal((await head.arrayBuffer()).byteLength, 0);
    assert.equal((await ask(service, service.sign("invite"))).status, 200);
  });

  it("answers 403 to any other link", async () => {
    const { renderer, service } = make({ secret });
    const link = service.sign("invite", { id: 7 }, { pixelRatio: 2 });
    const cut = new URL(link, "http://localhost");
    const sign = cut.searchParams.get("sign") as string;
    const changed = (key: string, value: string | undefined) => {
      const url = new URL(link, "http://localhost");
      if (value === undefined) url.searchParams.delete(key);
      else url.searchParams.set(key, value);
      return url.pathname + url.search;
    };
    const links = [
      "/posters/invite",
      changed("data", '{"id":8}'),
      changed("pixelRatio", "9"),
      changed("pixelRatio", undefined),
      changed("expires", "99999999999"),
      changed("expires", undefined),
      changed("sign", undefined),
      changed("sign", `${sign}A`),
      changed("sign", sign.slice(1)),
      changed("sign", `${sign}=`),
      changed("sign", `${sign}!!`),
      changed("quality", "0.5"),
      `${link}&more=1`,
      link.replace("/invite", "/a_b-C9"),
      make({ secret: "another" }).service.sign("invite", { id: 7 }),
    ];
    for (const one of links) {
      const response = await ask(service, one);
      assert.equal(response.status, 403, one);
      assert.equal(await codeOf(response), "FORBIDDEN");
    }
    assert.equal(renderer.asked.length, 0);
    assert.equal((await ask(make().service, link)).status, 403);
  });

  it("refuses a link after its time, in every form of that", async () => {
    const { service } = make({ secret });
    const now = Date.now();
    for (const expires of [60, new Date(now + 60_000), now + 60_000, Math.floor(now / 1000) + 60]) {
      const response = await ask(service, service.sign("invite", {}, { expires }));
      assert.equal(response.status, 200);
      const [, maxAge] = /max-age=(\d+)/.exec(response.headers.get("cache-control") ?? "") ?? [];
      assert.ok(Number(maxAge) >= 58 && Number(maxAge) <= 60, maxAge);
    }
    for (const expires of [-1, new Date(now - 1000), now - 1000, Math.floor(now / 1000) - 1]) {
      assert.equal((await ask(service, service.sign("invite", {}, { expires }))).status, 403);
    }
  });

  it("accepts links of an earlier secret, too", async () => {
    const old = make({ secret }).service.sign("invite");
    const { service } = make({ secret: ["new", secret] });
    assert.equal((await ask(service, old)).status, 200);
    assert.equal(
      (await ask(make({ secret: ["new"] }).service, service.sign("invite"))).status,
      200,
    );
  });

  it("signs no link that it could not answer", async () => {
    const wrong: [() => unknown, RegExp][] = [
      [() => make().service.sign("invite"), /^sign:fail sign: needs the option secret$/],
      [
        () => make({ secret }).service.sign("nobody"),
        /name: expected the name of a poster, got "nobody"$/,
      ],
      [() => make({ secret }).service.sign("invite", {}, { fileType: "gif" as never }), /fileType/],
      [() => make({ secret }).service.sign("invite", () => 1), /data: expected a value that JSON/],
    ];
    for (const [call, errMsg] of wrong) assert.match((await failureOf(call)).errMsg, errMsg);
  });

  it("answers at another path, too", async () => {
    const { service } = make({ secret, path: "/api/v1/p" });
    assert.equal((await ask(service, service.sign("invite"))).status, 200);
    assert.equal((await post(service, "/posters/invite")).status, 404);
  });
});

describe("The state of a service", () => {
  it("is shown by /healthz, /readyz and /metrics", async () => {
    const { service } = make();
    await post(service, "/posters/invite");
    await post(service, "/posters/nobody");
    for (const path of ["/healthz", "/readyz"])
      assert.equal((await ask(service, path)).status, 200);
    const text = await (await ask(service, "/metrics")).text();
    for (const line of [
      'wx_canvas_http_requests_total{status="200"} 3',
      'wx_canvas_http_requests_total{status="404"} 1',
      "wx_canvas_http_request_seconds_count 4",
      'wx_canvas_http_request_seconds_bucket{le="+Inf"} 4',
      "wx_canvas_queued 0",
      "wx_canvas_restarts_total 1",
      'wx_canvas_failed_total{code="DRAW"} 3',
      'wx_canvas_stage_seconds_total{stage="draw"} 0.5',
      'wx_canvas_fetches_total{origin="https://a.example"} 3',
    ]) {
      assert.ok(text.includes(`\n${line}\n`), `${line} in\n${text}`);
    }
    for (const line of text.trimEnd().split("\n")) {
      assert.match(
        line,
        /^(?:# (?:HELP|TYPE) wx_canvas_\w+ .+|wx_canvas_\w+(?:\{\w+="[^"]*"\})? [\d.e+-]+)$/,
      );
    }
  });

  it("is ready only when a process is", async () => {
    const { service } = make(
      {},
      fakeRenderer(() => {}, { ready: 0 }),
    );
    assert.equal((await ask(service, "/readyz")).status, 503);
    assert.equal((await ask(service, "/healthz")).status, 200);
  });

  it("answers begun requests at its end, others with 503, and closes the renderer", async () => {
    let finish = () => {};
    const { renderer, service } = make(
      {},
      fakeRenderer(
        () =>
          new Promise<void>((resolve) => {
            finish = resolve;
          }),
      ),
    );
    const begun = post(service, "/posters/invite");
    await new Promise((resolve) => setTimeout(resolve, 10));
    const closed = service.close();
    assert.equal(service.close(), closed);
    const late = await post(service, "/posters/invite", { late: true });
    assert.equal(late.status, 503);
    assert.equal(late.headers.get("connection"), "close");
    assert.equal((await ask(service, "/readyz")).status, 503);
    assert.equal((await ask(service, "/healthz")).status, 200);
    assert.equal(renderer.closed(), false);
    finish();
    assert.equal((await begun).status, 200);
    await closed;
    assert.equal(renderer.closed(), true);
    await service[Symbol.asyncDispose]();
  });
});

describe("createPosterService", () => {
  const wrong: [unknown, RegExp][] = [
    [null, /^createPosterService:fail options: expected an object, got null$/],
    [{ maxqueue: 5 }, /"maxqueue": not one of the options \(/],
    [{ path: "posters" }, /path: expected a prefix such as "\/posters", got "posters"$/],
    [{ path: "/posters/" }, /path: .* got "\/posters\/"$/],
    [{ secret: "" }, /secret: expected a text that is not empty, or a list of such, got ""$/],
    [{ secret: [5] }, /secret: .* got an array$/],
    [{ secret: 5 }, /secret: .* got 5$/],
    [{ store: {} }, /store: expected an object with get and put, got an object$/],
    [{ store: null }, /store: expected an object with get and put, got null$/],
    [{ cache: true }, /cache: expected false or an object, got true$/],
    [
      { cache: { maxBytes: -1 } },
      /cache\.maxBytes: expected a whole number from 0 to 2147483647, got -1$/,
    ],
    [{ cache: { maxAge: 1.5 } }, /cache\.maxAge: .* got 1\.5$/],
    [{ maxQueue: -1 }, /maxQueue: .* got -1$/],
    [{ maxBody: 0 }, /maxBody: expected a whole number from 1 .* got 0$/],
    [{ timeout: 2 ** 31 }, /timeout: .* got 2147483648$/],
    [{ strict: "yes" }, /strict: expected true or false, got "yes"$/],
    [{ onError: 5 }, /onError: expected a function, got 5$/],
  ];
  for (const [options, errMsg] of wrong) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const failure = await failureOf(() => createPosterService(fakeRenderer(), options as never));
      assert.match(failure.errMsg, errMsg);
    });
  }

  it("needs a renderer", async () => {
    assert.match(
      (await failureOf(() => createPosterService(undefined as never))).errMsg,
      /renderer: expected a renderer/,
    );
  });

  it("can let pictures with holes pass", async () => {
    const { renderer, service } = make({ strict: false });
    await post(service, "/posters/invite");
    assert.equal(renderer.asked[0]?.options.strict, false);
  });
});

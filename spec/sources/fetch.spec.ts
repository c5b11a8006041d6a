// Remote pictures: off by default, never from an inner network, bounded in time.
import assert from "node:assert/strict";
import dns from "node:dns";
import type { RequestListener, ServerResponse } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import sharp from "sharp";
import { createHost, type ImageOptions } from "../../lib/index.ts";
import { publicLookup } from "../../lib/sources/fetch.ts";
import { isPublic } from "../../lib/sources/policy.ts";
import { type LocalServer, serve, withAssets } from "../support/assets.ts";
import { failureOf } from "../support/hosts.ts";

/** Loads the URL as a host with these settings does, and returns the failure. */
const refusal = (url: string, images: ImageOptions) =>
  withAssets({ images }, ({ pictures }) => failureOf(() => pictures.load(url)));

/** Answers look-ups from the table while the test runs; other names do not exist. */
async function resolving<T>(
  answers: Record<string, string[] | (() => string[])>,
  test: () => Promise<T>,
): Promise<T> {
  const { lookup } = dns;
  const fake = (name: string, options: dns.LookupOptions, callback: (...args: never[]) => void) => {
    const answer = answers[name.toLowerCase()];
    const tell = callback as unknown as (error: Error | null, result?: unknown) => void;
    if (answer === undefined) return setImmediate(tell, new Error(`ENOTFOUND ${name}`));
    const addresses = (typeof answer === "function" ? answer() : answer).map((address) => ({
      address,
      family: address.includes(":") ? 6 : 4,
    }));
    assert.equal(options.all, true);
    return setImmediate(tell, null, addresses);
  };
  dns.lookup = fake as unknown as typeof dns.lookup;
  try {
    return await test();
  } finally {
    dns.lookup = lookup;
  }
}

describe("remote pictures", () => {
  let png: Buffer;
  let server: LocalServer;
  let answer: RequestListener;
  let asked: string[];

  before(async () => {
    png = await sharp({ create: { width: 4, height: 3, channels: 3, background: "#00f" } })
      .png()
      .toBuffer();
    server = await serve((request, response) => {
      asked.push(request.url ?? "");
      answer(request, response);
    });
  });
  after(() => server.close());
  beforeEach(() => {
    asked = [];
    answer = (_, response) => response.end(png);
  });

  /** Every test has its own URLs: the answer of a URL is cached for a while. */
  let count = 0;
  const fresh = (path = "") => `${server.origin}/${count++}${path}`;
  const inner = (more: ImageOptions = {}): ImageOptions => ({
    remote: true,
    privateOrigins: [server.origin],
    ...more,
  });

  describe("are fetched", () => {
    it("when the host allows it, as pictures, once for any number of requests", () =>
      withAssets({ images: inner() }, async ({ pictures }) => {
        const url = fresh();
        const all = await Promise.all([1, 2, 3].map(() => pictures.load(url)));
        assert.deepEqual([all[0]?.width, all[0]?.height], [4, 3]);
        assert.equal(new Set(all).size, 1);
        assert.equal(await pictures.load(url), all[0]);
        assert.equal(asked.length, 1);
        const info = await pictures.info(url);
        assert.deepEqual([info.width, info.height, info.type], [4, 3, "png"]);
        assert.match(info.path, /tmp_[0-9a-f]{32}\.png$/);
        assert.equal(await pictures.load(info.path).then(({ width }) => width), 4);
      }));

    it("by a predicate that is called for each hop", async () => {
      const urls: string[] = [];
      answer = (request, response) =>
        request.url?.endsWith("/from")
          ? response.writeHead(302, { location: "/to" }).end()
          : response.end(png);
      const remote = (url: URL) => {
        urls.push(url.pathname);
        url.hostname = "elsewhere.example";
        return true;
      };
      const privateOrigins = (url: URL) => url.origin === server.origin;
      await withAssets({ images: { remote, privateOrigins } }, async ({ pictures }) => {
        assert.equal((await pictures.load(`${server.origin}/from`)).width, 4);
      });
      assert.deepEqual([...new Set(urls)], ["/from", "/to"]);
      assert.deepEqual(asked, ["/from", "/to"]);
    });

    for (const status of [301, 302, 303, 307, 308]) {
      it(`after three redirects of status ${status}, not after four`, async () => {
        answer = ({ url = "" }, response) => {
          const left = Number(/\d+$/.exec(url));
          if (left === 0) return response.end(png);
          return response.writeHead(status, { location: url.replace(/\d+$/, `${left - 1}`) }).end();
        };
        await withAssets({ images: inner() }, async ({ pictures }) => {
          assert.equal((await pictures.load(fresh("/3"))).width, 4);
          const failure = await failureOf(() => pictures.load(fresh("/4")));
          assert.match(failure.errMsg, /more than 3 redirects$/);
        });
        assert.equal(asked.length, 8);
      });
    }

    it("after a redirect whose answer never ends: its connection is closed at once", async () => {
      let closed = false;
      answer = (request, response) => {
        if (!request.url?.endsWith("/from")) {
          response.end(png);
          return;
        }
        response.writeHead(302, { location: `${server.origin}/${count++}/to` });
        const timer = setInterval(() => response.write("x".repeat(1000)), 5);
        response.on("close", () => {
          closed = true;
          clearInterval(timer);
        });
      };
      await withAssets({ images: inner() }, async ({ pictures }) => {
        assert.equal((await pictures.load(fresh("/from"))).width, 4);
        for (let i = 0; i < 50 && !closed; i++) await new Promise((done) => setTimeout(done, 10));
        assert.equal(closed, true);
      });
    });

    it("in any format, as a download", () =>
      withAssets({ images: inner() }, async ({ pictures }) => {
        answer = (_, response) => {
          response.setHeader("content-type", "Text/HTML ; charset=utf-8");
          response.end("hello");
        };
        const { bytes, type, hops } = await pictures.download(fresh());
        assert.deepEqual([String(bytes), type, hops.length], ["hello", "text/html", 1]);
        answer = (_, response) => response.end("hello");
        assert.equal((await pictures.download(fresh())).type, "");
      }));

    it("by TLS for an https URL", async () => {
      const url = fresh().replace("http:", "https:");
      const privateOrigins = [new URL(url).origin];
      const failure = await refusal(url, { remote: true, privateOrigins });
      assert.match(failure.errMsg, /SSL|TLS|wrong version/i);
      assert.deepEqual(asked, []);
    });

    it("up to the byte limit, exactly", async () => {
      await withAssets({ images: inner({ maxBytes: png.length }) }, ({ pictures }) =>
        pictures.load(fresh()),
      );
      const failure = await refusal(fresh(), inner({ maxBytes: png.length - 1 }));
      assert.match(failure.errMsg, new RegExp(`it has more than ${png.length - 1} bytes$`));
    });

    it("again for a host that may, after another host was refused, and vice versa", async () => {
      const url = fresh();
      await withAssets({ images: inner() }, async ({ pictures }) => {
        await pictures.load(url);
        for (const images of [
          {},
          { remote: true },
          { remote: () => false, privateOrigins: [server.origin] },
          { remote: false, privateOrigins: [server.origin] },
          inner({ maxBytes: 10 }),
          inner({ maxPixels: 11 }),
        ]) {
          assert.equal((await refusal(url, images)).code, "SOURCE");
        }
        assert.equal(asked.length, 1);
      });
    });

    it("not from the cache when a redirect leads where the host may not fetch", async () => {
      answer = (request, response) =>
        request.url?.endsWith("/to")
          ? response.end(png)
          : response.writeHead(302, { location: `${request.url}/to` }).end();
      const url = fresh();
      await withAssets({ images: inner() }, ({ pictures }) => pictures.load(url));
      const remote = ({ pathname }: URL) => !pathname.endsWith("/to");
      const failure = await refusal(url, inner({ remote }));
      assert.match(failure.errMsg, /this host does not fetch it$/);
      assert.equal(asked.length, 3);
    });
  });

  describe("are refused", () => {
    it("by default", async () => {
      for (const images of [
        undefined,
        {},
        { remote: false },
        { remote: () => false },
        { remote: () => "yes" as never },
        { remote: (async () => true) as never },
        { privateOrigins: [server.origin] },
      ]) {
        const failure = await withAssets({ images }, ({ pictures }) =>
          failureOf(() => pictures.load(fresh())),
        );
        assert.match(failure.errMsg, /this host does not fetch it$/);
        assert.match(failure.message, /images\.remote/);
      }
      const failure = await refusal(
        fresh(),
        inner({
          remote() {
            throw new Error("predicate");
          },
        }),
      );
      assert.match(failure.errMsg, /predicate$/);
      assert.deepEqual(asked, []);
    });

    it("from the inner network, by any name: 60 URLs, no connection", async () => {
      const before = server.connections();
      const port = `:${server.port}`;
      const urls = [
        // Loopback, in every notation that URLs know.
        `http://127.0.0.1${port}/`,
        `http://127.1${port}/`,
        `http://127.0.1${port}/`,
        `http://0x7f.1${port}/`,
        `http://0x7f000001${port}/`,
        `http://2130706433${port}/`,
        `http://017700000001${port}/`,
        `http://0177.0.0.1${port}/`,
        `http://0x7F.0x0.0x0.0x1${port}/`,
        `http://127.0.0.1.${port}/`,
        `http://127.255.255.254${port}/`,
        `http://１２７.０.０.１${port}/`,
        `http://127。0。0。1${port}/`,
        `http://%31%32%37.0.0.1${port}/`,
        `http:127.0.0.1${port}/`,
        `http:\\\\127.0.0.1${port}/`,
        `HTTP://127.0.0.1${port}/`,
        ` http://127.0.0.1${port}/`,
        `\thttp://127.0.0.1${port}/`,
        `https://127.0.0.1${port}/`,
        `http://0.0.0.0${port}/`,
        `http://0${port}/`,
        `http://localhost${port}/`,
        `http://LOCALHOST${port}/`,
        `http://localhost.${port}/`,
        `http://inner.example${port}/`,
        `http://mixed.example${port}/`,
        `http://inner6.example${port}/`,
        `http://mapped.example${port}/`,
        `http://metadata.example${port}/`,
        // IPv6.
        `http://[::1]${port}/`,
        `http://[0:0:0:0:0:0:0:1]${port}/`,
        `http://[::]${port}/`,
        `http://[::ffff:127.0.0.1]${port}/`,
        `http://[::ffff:7f00:1]${port}/`,
        `http://[::ffff:0:127.0.0.1]${port}/`,
        `http://[::127.0.0.1]${port}/`,
        `http://[64:ff9b::127.0.0.1]${port}/`,
        `http://[64:ff9b:1::127.0.0.1]${port}/`,
        `http://[2002:7f00:1::]${port}/`,
        `http://[2001:0:7f00:1::]${port}/`,
        `http://[fe80::1]${port}/`,
        `http://[fec0::1]${port}/`,
        `http://[fc00::1]${port}/`,
        `http://[fd00:ec2::254]${port}/`,
        `http://[ff02::1]${port}/`,
        `http://[2001:db8::1]${port}/`,
        `http://[100::1]${port}/`,
        `http://[4000::1]${port}/`,
        // Private and special IPv4.
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0xa9fea9fe/",
        "http://100.64.0.1/",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://161.26.0.10/",
        "http://192.0.0.1/",
        "http://192.0.2.1/",
        "http://198.18.0.1/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        // Addresses with more behind them.
        `http://user@127.0.0.1${port}/`,
        `http://user:password@example.com/`,
        `http://example.com@127.0.0.1${port}/`,
        `http://127.0.0.1${port}\\@example.com/`,
        `http://127.0.0.1${port}#@example.com/`,
        `http://127.0.0.1${port}?@example.com/`,
        "http://",
        "http://[",
        "http://a b/",
        "http://127.0.0.1:99999/",
        `http://example.com/${"a".repeat(16_384)}`,
      ];
      assert.ok(urls.length >= 60);
      const answers = {
        localhost: ["127.0.0.1"],
        "localhost.": ["127.0.0.1"],
        "inner.example": ["10.1.2.3"],
        "mixed.example": ["93.184.215.14", "127.0.0.1"],
        "inner6.example": ["::1"],
        "mapped.example": ["::ffff:127.0.0.1"],
        "metadata.example": ["169.254.169.254"],
      };
      await resolving(answers, async () => {
        for (const url of urls) {
          const failure = await refusal(url, { remote: true, timeout: 2000 });
          assert.equal(failure.code, "SOURCE", url);
          assert.match(
            failure.errMsg,
            /not on the public internet|it is no URL|more than 16384 characters|carries a password|this host does not fetch/,
            url,
          );
        }
      });
      assert.equal(server.connections(), before);
    });

    it("when a redirect leads to the inner network, or to another scheme", async () => {
      const target = await serve((_, response) => response.end(png));
      try {
        for (const location of [
          `${target.origin}/`,
          `http://localhost:${target.port}/`,
          "http://169.254.169.254/latest/meta-data/",
          "http://[::ffff:169.254.169.254]/",
          "http://0x7f.1/",
          "http://user:password@127.0.0.1/",
          "//10.0.0.1/",
          "file:///etc/passwd",
          "ftp://127.0.0.1/",
          "data:image/png;base64,AAAA",
          "gopher://127.0.0.1/",
          "http://[",
        ]) {
          answer = (_, response) => response.writeHead(302, { location }).end();
          const failure = await refusal(fresh(), inner());
          assert.equal(failure.code, "SOURCE", location);
          const isHttp = /^(http|\/\/)/.test(location);
          assert.equal(failure.errMsg.endsWith("only http and https are fetched"), !isHttp);
        }
        assert.equal(target.connections(), 0);
      } finally {
        await target.close();
      }
    });

    it("when a name is public at the first look-up and inner at the second", async () => {
      let looks = 0;
      const rebinding = () => [looks++ === 0 ? "192.0.2.7" : "127.0.0.1"];
      const before = server.connections();
      await resolving({ "rebinding.example": rebinding }, async () => {
        const url = `http://rebinding.example:${server.port}/`;
        assert.match((await refusal(url, { remote: true })).errMsg, /192\.0\.2\.7/);
        assert.match((await refusal(url, { remote: true })).errMsg, /127\.0\.0\.1/);
      });
      // One look-up for each fetch: the checked address is the connected one.
      assert.equal(looks, 2);
      assert.equal(server.connections(), before);
    });

    it("unless their origin is listed: scheme, host and port", async () => {
      const { port } = server;
      await resolving({ localhost: ["127.0.0.1"], "127.0.0.1": ["127.0.0.1"] }, async () => {
        for (const privateOrigins of [
          [`http://127.0.0.1:${port + 1}`],
          [`https://127.0.0.1:${port}`],
          ["http://127.0.0.1"],
          [`http://localhost:${port}`],
          [`http://127.0.0.2:${port}`],
        ]) {
          assert.equal((await refusal(fresh(), { remote: true, privateOrigins })).code, "SOURCE");
        }
        assert.deepEqual(asked, []);
        for (const [url, origin] of [
          [fresh(), `http://127.0.0.1:${port}/`],
          [`http://0x7f.1:${port}/${count++}`, server.origin],
          [`http://localhost:${port}/${count++}`, `http://localhost:${port}`],
        ] as const) {
          await withAssets({ images: { remote: true, privateOrigins: [origin] } }, ({ pictures }) =>
            pictures.load(url),
          );
        }
        assert.equal(asked.length, 3);
      });
    });

    it("when the answer is not HTTP", async () => {
      for (const [status, headers, why] of [
        [404, {}, /the server answered 404$/],
        [500, {}, /the server answered 500$/],
        [204, {}, /the server answered 204$/],
        [206, {}, /the server answered 206$/],
        [302, {}, /the server answered 302$/],
        [200, { "content-encoding": "gzip" }, /the server answered with gzip data$/],
        [200, { "content-encoding": "br" }, /the server answered with br data$/],
      ] as const) {
        answer = (_, response) =>
          response.writeHead(status, headers).end(status === 204 ? "" : png);
        assert.match((await refusal(fresh(), inner())).errMsg, why);
      }
      answer = (request) => request.destroy();
      assert.equal((await refusal(fresh(), inner())).code, "SOURCE");
      answer = (_, response) => response.end("<html>not found</html>");
      assert.match((await refusal(fresh(), inner())).errMsg, /^fail "http.*expected a PNG/);
      await resolving({}, async () => {
        const failure = await refusal("http://nowhere.example/", { remote: true });
        assert.match(failure.errMsg, /ENOTFOUND/);
      });
    });
  });

  describe("take no longer and no more than allowed", () => {
    const slow: [string, RequestListener][] = [
      ["a header that never comes", () => {}],
      ["a body that never comes", (_, response) => response.writeHead(200).flushHeaders()],
      ["a body that drips", (_, response) => drip(response, 10)],
      [
        "a body that stops",
        (_, response) => {
          response.writeHead(200, { "content-length": 1000 });
          response.write("x");
        },
      ],
      [
        "redirects that are slow, together",
        (request, response) =>
          setTimeout(() => response.writeHead(302, { location: `${request.url}/` }).end(), 150),
      ],
    ];
    for (const [name, listener] of slow) {
      it(name, async () => {
        answer = listener;
        const start = Date.now();
        const failure = await refusal(fresh(), inner({ timeout: 300 }));
        assert.match(failure.errMsg, /no answer within 300 ms$/);
        assert.ok(Date.now() - start < 6000);
      });
    }

    it("when 64 hang, for one behind them, too: waiting counts", async () => {
      answer = () => {};
      await withAssets({ images: inner({ timeout: 1500 }) }, async ({ pictures }) => {
        const begun = performance.now();
        const loads = Array.from({ length: 64 }, () => failureOf(() => pictures.load(fresh())));
        for (const { errMsg } of await Promise.all(loads)) {
          assert.match(errMsg, /no answer within 1500 ms$/);
        }
        const took = performance.now() - begun;
        assert.ok(took < 5000, `${took} ms`);
        // Fetches that left the queue sent no request, except some that had just begun.
        assert.ok(asked.length < 40, `${asked.length} asked`);
        answer = (_, response) => response.end(png);
        await Promise.all(Array.from({ length: 32 }, () => pictures.load(fresh())));
      });
    });

    it("for a look-up that never ends", async () => {
      const { lookup } = dns;
      dns.lookup = (() => {}) as unknown as typeof dns.lookup;
      try {
        const failure = await refusal("http://never.example/", { remote: true, timeout: 200 });
        assert.match(failure.errMsg, /no answer within 200 ms$/);
      } finally {
        dns.lookup = lookup;
      }
    });

    it("for an endless body, which ends at the byte limit and is not cached", async () => {
      const chunk = Buffer.alloc(65_536);
      let sent = 0;
      answer = (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write(chunk)) sent += chunk.length;
          response.once("drain", more);
        };
        more();
      };
      const maxBytes = 4 * 1024 * 1024;
      const before = process.memoryUsage().rss;
      const failure = await refusal(fresh(), inner({ maxBytes, timeout: 20_000 }));
      assert.match(failure.errMsg, /it has more than 4194304 bytes$/);
      // The buffers of both ends hold bytes beyond the count.
      assert.ok(sent < maxBytes + 8 * 1024 * 1024, `${sent} bytes sent`);
      assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024);
    });

    describe("with a wrong length", () => {
      let raw: Server;
      let reply: string | Buffer;
      const sockets = new Set<Socket>();
      beforeEach(async () => {
        raw = createServer((socket) => {
          sockets.add(socket);
          socket.on("error", () => {}).once("data", () => socket.end(reply));
        });
        await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
      });
      afterEach(() => new Promise((resolve) => raw.close(() => resolve(undefined))));

      const rows: [string, (bytes: Buffer) => Buffer, RegExp | null][] = [
        ["too long a one", (bytes) => http(bytes, bytes.length + 100), /aborted/],
        ["too short a one", (bytes) => http(bytes, 20), /the PNG is cut off|expected/],
        ["one that is huge", (bytes) => http(bytes, 1e12), /more than 25165824 bytes/],
        ["none", (bytes) => http(bytes), null],
        ["no number", (bytes) => http(bytes, "many"), /Parse Error/],
        [
          "two of them",
          (bytes) => http(bytes, `${bytes.length}\r\ncontent-length: 1`),
          /Parse Error/,
        ],
        [
          "a header without end",
          () => Buffer.from(`HTTP/1.1 200 OK\r\na: ${"x".repeat(1e5)}`),
          /overflow/,
        ],
        ["no HTTP", () => Buffer.from("SSH-2.0-OpenSSH_9.6\r\n"), /Parse Error/],
      ];
      for (const [name, build, why] of rows) {
        it(name, async () => {
          reply = build(png);
          const { port } = raw.address() as { port: number };
          const origin = `http://127.0.0.1:${port}`;
          const images = { remote: true, privateOrigins: [origin], timeout: 3000 };
          await withAssets({ images }, async ({ pictures }) => {
            if (why === null) assert.equal((await pictures.load(`${origin}/${count++}`)).width, 4);
            else assert.match((await failureOf(() => pictures.load(origin))).errMsg, why);
          });
        });
      }
    });
  });

  describe("names", () => {
    const look = (name: string, options: dns.LookupOptions) =>
      new Promise((resolve, reject) =>
        publicLookup(name, options, (error, ...answer) =>
          error ? reject(error) : resolve(answer),
        ),
      );
    it("give their addresses in the requested form, if all are public", () =>
      resolving(
        { one: ["8.8.8.8"], two: ["8.8.4.4", "2001:4860::1"], mixed: ["8.8.8.8", "10.0.0.1"] },
        async () => {
          assert.deepEqual(await look("one", {}), ["8.8.8.8", 4]);
          assert.deepEqual(await look("two", { all: true }), [
            [
              { address: "8.8.4.4", family: 4 },
              { address: "2001:4860::1", family: 6 },
            ],
          ]);
          for (const options of [{}, { all: true }]) {
            await assert.rejects(look("mixed", options), /mixed is 10\.0\.0\.1, which is not/);
            await assert.rejects(look("none", options), /ENOTFOUND/);
          }
        },
      ));
  });

  describe("addresses", () => {
    for (const address of ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"]) {
      it(`${address} is public`, () => assert.equal(isPublic(address), true));
    }
    for (const address of [
      "168.63.129.16",
      "161.26.0.10",
      "166.11.255.255",
      "::ffff:8.8.8.8",
      "fe80::1%eth0",
      "2000::1%eth0",
      "3fff::1",
      "5f00::1",
      "no address",
    ]) {
      it(`${address} is not`, () => assert.equal(isPublic(address), false));
    }
  });

  const wrong: [unknown, RegExp][] = [
    [5, /images: expected an object, got 5$/],
    [{ remote: "yes" }, /images\.remote: expected true, false or a function, got "yes"$/],
    [{ privateOrigins: [5] }, /images\.privateOrigins: expected an array of origins/],
    [{ privateOrigins: "http://a" }, /images\.privateOrigins: expected an array of origins/],
    [{ privateOrigins: ["127.0.0.1:80"] }, /images\.privateOrigins/],
    [{ privateOrigins: ["http://a/path"] }, /images\.privateOrigins/],
    [{ timeout: 0 }, /images\.timeout: expected milliseconds, a whole number from 1 to .*, got 0$/],
    [{ timeout: 2 ** 31 }, /images\.timeout: .* got 2147483648$/],
    [{ maxBytes: 1.5 }, /images\.maxBytes: expected a whole number .*, got 1\.5$/],
    [{ maxPixels: -1 }, /images\.maxPixels: .* got -1$/],
    [{ maxbytes: 5 }, /images: "maxbytes" is not one of the settings$/],
  ];
  for (const [images, errMsg] of wrong) {
    it(`refuses the setting ${JSON.stringify(images)}`, async () => {
      const failure = await failureOf(() => createHost({ images: images as ImageOptions }));
      assert.equal(failure.code, "INVALID");
      assert.match(failure.errMsg, errMsg);
    });
  }
});

function drip(response: ServerResponse, every: number): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write("x"), every);
  response.on("close", () => clearInterval(timer));
}

function http(body: Buffer, length?: number | string): Buffer {
  const header = length === undefined ? "" : `content-length: ${length}\r\n`;
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${header}\r\n`), body]);
}

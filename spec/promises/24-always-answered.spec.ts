// Promise 24: every call is answered in time, whatever servers, signals, hooks and listeners do.
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { createHost, type Host, type HostOptions, setConcurrency } from "../../lib/index.ts";
import { createRandom } from "../fuzz/random.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { LONG, times } from "../support/promises.ts";
import { answerOf, type RawServer, serveRaw, write } from "../support/servers.ts";
import { withStub } from "../support/stubs.ts";

const ANSWERS = times(2000, 60);
const TIMEOUT = 400;
/** A busy machine takes its time. */
const SLACK = 4000;

/** Fails when the promise is not settled within so many milliseconds; else how it ended. */
async function within<T>(
  what: string,
  promise: Promise<T>,
  ms = TIMEOUT + SLACK,
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer after ${ms} ms`)), ms);
  });
  const ended = promise.then(
    (value) => value,
    (error: { code: string }) => error,
  );
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}

/** All that fetches, at once; the export of a canvas waits for its draw. */
async function fetchAll(host: Host, url: string, name: string): Promise<void> {
  host.mountCanvas({ canvasId: "a", width: 8, height: 8 });
  const context = host.wx.createCanvasContext("a");
  context.drawImage(`${url}/draw`, 0, 0);
  await Promise.all([
    within(`${name}: draw`, new Promise((done) => context.draw(false, done))),
    within(`${name}: export`, host.canvasToBuffer({ canvasId: "a" })),
    within(`${name}: getImageInfo`, host.wx.getImageInfo({ src: `${url}/info` })),
    within(`${name}: downloadFile`, host.wx.downloadFile({ url: `${url}/file` })),
  ]);
}

describe("promise 24: every call is answered", function () {
  this.timeout(LONG);
  let picture: Buffer;
  let tempDir: string;
  before(async () => {
    tempDir = await mkdtemp(join(tmpdir(), "promise-"));
    picture = await sharp({ create: { width: 3, height: 2, channels: 3, background: "#f00" } })
      .png()
      .toBuffer();
  });
  after(() => rm(tempDir, { recursive: true, force: true }));

  const options = (server: RawServer, more: HostOptions = {}): HostOptions => ({
    tempDir,
    onError() {},
    ...more,
    images: { remote: true, privateOrigins: [server.origin], timeout: TIMEOUT },
  });

  it(`holds for ${ANSWERS} answers of servers by a grammar, with no connection left`, async () => {
    const first = Math.floor(Math.random() * 2 ** 31);
    const server = await serveRaw((path, socket) => {
      const seed = Number(/^\/(\d+)\//.exec(path)?.[1]);
      // A redirect to `/` leads here.
      if (Number.isNaN(seed)) return void socket.end("HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n");
      return void write(socket, answerOf(createRandom(seed), picture));
    });
    try {
      for (let done = 0; done < ANSWERS; done += 10) {
        await Promise.all(
          Array.from({ length: 10 }, async (_, i) => {
            const seed = first + done + i;
            const host = createHost(options(server));
            await fetchAll(host, `${server.origin}/${seed}`, `seed ${seed}`);
            await within(`seed ${seed}: dispose`, host.dispose(), SLACK);
          }),
        );
      }
      for (let i = 0; server.open() > 0 && i < 100; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.equal(server.open(), 0, `seeds from ${first}`);
      assert.deepEqual(await readdir(tempDir), []);
    } finally {
      server.close();
    }
  });

  it("holds for each status and upgrade, with no more connections than allowed", async () => {
    const server = await serveRaw((path, socket) => {
      const [, status, upgrade] = path.split("/");
      const headers = upgrade === "upgrade" ? "connection: upgrade\r\nupgrade: x\r\n" : "";
      socket.write(`HTTP/1.1 ${status} X\r\n${headers}\r\n`);
    });
    try {
      await withHost(options(server), async (host) => {
        const statuses = Array.from({ length: times(400, 40) }, (_, i) => 200 + i * times(1, 10));
        const urls = [...statuses, 204, 304, 426].flatMap((status) => [
          `${server.origin}/${status}/plain`,
          `${server.origin}/${status}/upgrade`,
        ]);
        // More requests than connections: each connection is returned.
        for (let i = 0; i < 20; i++) urls.push(`${server.origin}/101/upgrade`);
        for (const status of [100, 102, 103, 199]) urls.push(`${server.origin}/${status}/plain`);
        for (let i = 0; i < urls.length; i += 8) {
          const some = urls.slice(i, i + 8);
          const calls = some.map((url) => within(url, host.wx.downloadFile({ url })));
          for (const answer of await Promise.all(calls)) {
            assert.equal((answer as { code?: string }).code, "SOURCE");
          }
        }
      });
    } finally {
      server.close();
    }
  });

  const CHUNKED = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
  for (const [name, head, more, why] of [
    ["chunks of one byte", CHUNKED, "1\r\na\r\n".repeat(5000), /in chunks of a few bytes$/],
    ["chunks with extensions", CHUNKED, "1;a=b\r\na\r\n".repeat(5000), /in chunks of a few bytes$/],
    [
      "answers of status 103",
      "",
      "HTTP/1.1 103 X\r\n\r\n".repeat(500),
      /never comes to an answer$/,
    ],
  ] as const) {
    it(`refuses endless ${name} long before the timeout, and serves others`, async () => {
      const server = await serveRaw(
        (_, socket) => void write(socket, { pieces: [head, { forever: more }], end: "keep" }),
      );
      try {
        const images = { remote: true, privateOrigins: [server.origin], timeout: 120_000 };
        await withHost({ tempDir, images }, async (host) => {
          let pauses = 0;
          const counted = (pause: Socket["pause"]) =>
            function (this: Socket) {
              pauses++;
              return pause.call(this);
            };
          const answer = await withStub(Socket.prototype, "pause", counted, () =>
            within(name, host.wx.downloadFile({ url: server.origin }), 60_000),
          );
          assert.match((answer as { errMsg: string }).errMsg, why);
          // A megabyte is read in 16 pieces at least; the loop turns between them.
          if (head) assert.ok(pauses >= 8, `others had ${pauses} turns`);
        });
      } finally {
        server.close();
      }
    });
  }

  it("ends fetches at once by dispose and the host's signal, and begins none later", async () => {
    const server = await serveRaw(() => {});
    try {
      for (const how of ["dispose", "signal", "timeout"] as const) {
        const controller = new AbortController();
        const signal = how === "timeout" ? AbortSignal.timeout(100) : controller.signal;
        const host = createHost({
          ...options(server, { signal }),
          images: { remote: true, privateOrigins: [server.origin], timeout: 60_000 },
          onChooseImage: () => new Promise(() => {}),
          onModal: () => new Promise(() => {}),
        });
        host.createCanvas("b", 5, 5);
        host.mountCanvas({ canvasId: "a", width: 8, height: 8 });
        const context = host.wx.createCanvasContext("a");
        context.drawImage(`${server.origin}/draw`, 0, 0);
        const { wx } = host;
        const calls: Record<string, Promise<unknown>> = {
          draw: new Promise((done) => context.draw(false, done)),
          export: host.canvasToBuffer({ canvasId: "a" }),
          getImageInfo: wx.getImageInfo({ src: server.origin }),
          downloadFile: wx.downloadFile({ url: server.origin }) as Promise<unknown>,
          loadFontFace: wx.loadFontFace({ family: "a", source: `url("${server.origin}/a.ttf")` }),
          chooseImage: wx.chooseImage({}),
          showModal: wx.showModal({}),
        };
        for (const call of Object.values(calls)) call.catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 50));
        const begun = performance.now();
        if (how === "signal") controller.abort(new Error("the client has gone"));
        if (how === "dispose") void host.dispose();
        for (const [name, call] of Object.entries(calls)) {
          const answer = (await within(`${how}: ${name}`, call, SLACK)) as { code?: string };
          const expected = how === "dispose" ? "DISPOSED" : "ABORTED";
          // Dispose has the draw paint what it can, and the export shows it.
          if (how === "dispose" && name === "draw") assert.equal(answer.code, "SOURCE");
          else if (how === "dispose" && name === "export") assert.equal(answer.code, undefined);
          else assert.equal(answer.code, expected, `${how}: ${name}`);
        }
        await within("dispose", host.dispose(), SLACK);
        assert.ok(performance.now() - begun < SLACK);
        for (const later of [
          () => host.canvasToBuffer({ canvasId: "b" }),
          () => host.canvasToTempFilePath({ canvasId: "b" }),
          () => host.createCanvas("c", 5, 5),
          () => host.wx.setStorageSync("a", 1),
          () => host.wx.getImageInfo({ src: server.origin }),
        ]) {
          assert.equal((await failureOf(later)).code, how === "dispose" ? "DISPOSED" : "ABORTED");
        }
      }
      assert.deepEqual(await readdir(tempDir), []);
    } finally {
      server.close();
    }
  });

  it("does nothing on a host with an aborted signal", async () => {
    const host = createHost({ tempDir, signal: AbortSignal.abort() });
    assert.equal((await failureOf(() => host.createCanvas("a", 5, 5))).code, "ABORTED");
    await host.dispose();
  });

  it("leaves nothing of a download that is aborted at any moment", async () => {
    const server = await serveRaw((_, socket) => {
      setTimeout(() => socket.end(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(1000)}`), 20);
    });
    try {
      for (let wait = 0; wait < times(200, 20); wait++) {
        const host = createHost(options(server));
        const task = host.wx.downloadFile({ url: server.origin });
        task.catch(() => {});
        setTimeout(task.abort, wait * 2);
        await new Promise((resolve) => setTimeout(resolve, 10));
        await within("dispose", host.dispose(), SLACK);
        assert.equal(
          ((await within("download", task)) as { errMsg: string }).errMsg.slice(0, 17),
          "downloadFile:fail",
        );
        assert.deepEqual(await readdir(tempDir), []);
      }
    } finally {
      server.close();
    }
  });

  it("reports a throwing progress listener, and completes the download", async () => {
    const server = await serveRaw((_, socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\nhello"));
    const errors: unknown[] = [];
    try {
      await withHost(options(server, { onError: (error) => errors.push(error) }), async (host) => {
        const received: number[] = [];
        const task = host.wx.downloadFile({ url: server.origin });
        task.onProgressUpdate(() => {
          throw new Error("thrown by a listener");
        });
        task.onProgressUpdate((async () => {
          throw new Error("rejected by a listener");
        }) as never);
        task.onProgressUpdate(({ progress }) => received.push(progress));
        assert.equal((await task).statusCode, 200);
        assert.deepEqual(received, [100]);
      });
      assert.deepEqual(errors.map(String), [
        "Error: thrown by a listener",
        "Error: rejected by a listener",
      ]);
    } finally {
      server.close();
    }
  });

  const boom = () => {
    throw new Error("boom");
  };
  const controllerSignal = (change: (signal: AbortSignal) => void) => () => {
    const { signal } = new AbortController();
    change(signal);
    return signal;
  };
  const own = (signal: object, name: string, get: () => unknown) =>
    Object.defineProperty(signal, name, { get, configurable: true });
  /**
   * Signals that are odd, and the code that an export with them ends in; undefined: it succeeds.
   */
  const SIGNALS: Record<string, [make: () => unknown, code: string | undefined]> = {
    "of another realm": [
      () => {
        const listeners: (() => void)[] = [];
        setTimeout(() => {
          for (const listener of listeners) listener();
        }, 1);
        return {
          aborted: false,
          addEventListener: (_: string, f: () => void) => listeners.push(f),
        };
      },
      "ABORTED",
    ],
    "whose aborted throws": [controllerSignal((signal) => own(signal, "aborted", boom)), "INVALID"],
    "whose aborted throws later": [
      () => {
        let asked = 0;
        return own(new AbortController().signal, "aborted", () => (asked++ < 3 ? false : boom()));
      },
      undefined,
    ],
    "whose addEventListener throws": [
      controllerSignal((signal) => Object.assign(signal, { addEventListener: boom })),
      "INVALID",
    ],
    "whose addEventListener cannot be read": [
      controllerSignal((signal) => own(signal, "addEventListener", boom)),
      "INVALID",
    ],
    "whose removeEventListener throws": [
      controllerSignal((signal) => Object.assign(signal, { removeEventListener: boom })),
      undefined,
    ],
    "without removeEventListener": [() => ({ aborted: false, addEventListener() {} }), undefined],
    "that aborts while it is listened to": [
      () => ({
        aborted: false,
        addEventListener(this: { aborted: boolean }, _: string, f: () => void) {
          this.aborted = true;
          f();
        },
      }),
      "ABORTED",
    ],
    "that aborts again and again": [
      () => ({
        aborted: false,
        addEventListener(_: string, f: () => void) {
          const timer = setInterval(f, 1);
          setTimeout(() => clearInterval(timer), 100);
        },
      }),
      "ABORTED",
    ],
    "whose reason throws": [() => own(AbortSignal.abort(), "reason", boom), "ABORTED"],
  };
  for (const [name, [make, code]] of Object.entries(SIGNALS)) {
    it(`ends at most its own export by a signal ${name}`, () =>
      withHost({ tempDir, onError() {} }, async (host) => {
        // One after the other, so that all but the first wait, and some are ended as they do.
        setConcurrency({ exports: 1 });
        try {
          host.createCanvas("a", 300, 300).getContext("2d").fillRect(5, 5, 200, 200);
          const odd = () =>
            host.canvasToTempFilePath({ canvasId: "a", signal: make() as AbortSignal });
          const plain = () => host.canvasToTempFilePath({ canvasId: "a" });
          const calls = [plain(), odd(), plain(), odd(), plain()];
          const answers = await Promise.all(calls.map((call) => within(name, call)));
          for (const [i, answer] of answers.entries()) {
            const expected = i % 2 ? code : undefined;
            assert.equal((answer as { code?: string }).code, expected, `${name}: ${answer}`);
          }
        } finally {
          setConcurrency({ exports: 2 });
        }
      }));
  }

  describe("leaves the event loop to others while code calls again in each callback", () => {
    const FEW = 20_000;
    /** Each makes a call that does something again when it is answered. */
    const LOOPS: Record<string, (host: Host, again: () => void) => () => unknown> = {
      "after a wrong option":
        ({ wx }, again) =>
        () =>
          wx.getImageInfo({ src: "", fail: again }),
      "after a rejection": (host, again) => () =>
        host.canvasToBuffer({ canvasId: "none" }).catch(again),
      "after a draw": ({ wx }, again) => {
        const context = wx.createCanvasContext("a");
        return () => {
          context.fillRect(0, 0, 1, 1);
          context.draw(false, again);
        };
      },
      "for an image whose stand-in is missing, too": ({ wx }, again) => {
        const image = wx.createOffscreenCanvas({ type: "2d", width: 1, height: 1 }).createImage();
        image.onerror = again;
        return () => {
          image.src = "none.png";
        };
      },
      "by nextTick":
        ({ wx }, again) =>
        () =>
          wx.nextTick(again),
    };
    for (const [name, prepare] of Object.entries(LOOPS)) {
      for (const isDisposed of [false, true]) {
        it(`${name}${isDisposed ? ", on a disposed host" : ""}`, () =>
          withHost({ onError() {} }, async (host) => {
            host.mountCanvas({ canvasId: "a", width: 8, height: 8 });
            let [calls, isOver] = [0, false];
            const call = prepare(host, () => {
              if (!isOver && ++calls < FEW) call();
            });
            if (isDisposed) await host.dispose();
            call();
            await new Promise((resolve) => setTimeout(resolve, 5));
            isOver = true;
            assert.ok(calls < FEW);
          }));
      }
    }
  });

  it("listens once to the signal of a hundred exports", () =>
    withHost({ tempDir }, async (host) => {
      host.createCanvas("a", 10, 10);
      const { signal } = new AbortController();
      let [added, removed] = [0, 0];
      const { addEventListener, removeEventListener } = signal;
      Object.assign(signal, {
        addEventListener: (...args: Parameters<typeof addEventListener>) => {
          added++;
          return addEventListener.apply(signal, args);
        },
        removeEventListener: (...args: Parameters<typeof removeEventListener>) => {
          removed++;
          return removeEventListener.apply(signal, args);
        },
      });
      await Promise.all(
        Array.from({ length: 100 }, () => host.canvasToBuffer({ canvasId: "a", signal })),
      );
      assert.deepEqual([added, removed], [1, 1]);
    }));
});

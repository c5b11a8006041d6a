// A test host: which pictures pass, which fail, and why.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SKRSContext2D } from "@napi-rs/canvas";
import type { Host } from "../../lib/index.ts";
import { createTestHost, matchPicture, type TestHostOptions } from "../../lib/testing/index.ts";
import { decode } from "../support/pictures.ts";
import { failing, inPlayground, square } from "./support.ts";

const { resolve } = createRequire(import.meta.url);
const font = (part: string) =>
  resolve(`@fontsource/noto-sans-sc/files/noto-sans-sc-${part}-400-normal.woff2`);
/** Letters and digits only; Chinese is in another file. */
const latin = { "Test Latin": font("latin") };
const chinese = { ...latin, "Test Chinese": font("chinese-simplified") };

/** The host's findings, each reason in a line; empty when dispose reports none. */
async function foundBy(options: TestHostOptions, draw: (host: Host) => unknown): Promise<string[]> {
  const host = createTestHost({ test: { after: () => {} }, ...options });
  try {
    await draw(host);
  } catch (error) {
    await host.dispose().catch(() => {});
    throw error;
  }
  try {
    await host.dispose();
    return [];
  } catch (error) {
    assert.equal((error as { code: string }).code, "BLANK");
    return (error as Error).message.split("\n  ").slice(1);
  }
}

function write(host: Host, text: string, css = "20px sans-serif"): Promise<unknown> {
  const canvas = host.createCanvas(`text ${Math.random()}`, 200, 40);
  const context = canvas.getContext("2d");
  context.font = css;
  context.fillText(text, 5, 25);
  return host.canvasToBuffer({ canvas });
}

describe("a test host fails for", () => {
  it("an empty canvas that is exported, in each format and size, by each function", async () => {
    const blank =
      /a picture of .* was exported, and nothing was drawn on its canvas \(allow: \["blank"\]/;
    const exports: ((host: Host) => unknown)[] = [
      (host) => host.canvasToBuffer({ canvas: host.createCanvas("a", 300, 200) }),
      (host) =>
        host.canvasToTempFilePath({ canvas: host.createCanvas("a", 30, 20), fileType: "jpg" }),
      (host) =>
        host.canvasToBuffer({
          canvas: host.createCanvas("a", 1500, 2668),
          quality: 0.3,
          fileType: "jpg",
        }),
      (host) =>
        host.canvasToBuffer({
          canvas: host.createCanvas("a", 300, 200),
          compression: "fast",
          destWidth: 600,
        }),
      (host) => host.wx.createOffscreenCanvas({ width: 40, height: 40 }).toTempFilePath({}),
      async (host) => {
        host.mountCanvas({ canvasId: "m", width: 50, height: 50 });
        host.wx.createCanvasContext("m").draw();
        await host.wx.canvasToTempFilePath({ canvasId: "m" });
      },
      async (host) => {
        const canvas = host.createCanvas("a", 50, 50);
        canvas.getContext("2d").fillRect(0, 0, 5, 5);
        canvas.width = 50;
        await host.canvasToBuffer({ canvas });
        await host.canvasToBuffer({ canvas });
      },
    ];
    for (const run of exports) {
      const found = await foundBy({}, run);
      assert.equal(found.length, 1, String(run));
      assert.match(found[0] as string, blank);
      assert.deepEqual(await foundBy({ allow: ["blank"] }, run), []);
    }
    const drawn: ((context: SKRSContext2D) => void)[] = [
      (context) => context.fillRect(150, 100, 1, 1),
      // Enough to make the file larger than an empty one can be.
      (context) => {
        for (let i = 0; i < 3000; i++) {
          context.fillStyle = `hsl(${i} 80% 50%)`;
          context.fillRect((i * i) % 299, (i * 37) % 199, 1, 1);
        }
      },
    ];
    for (const draw of drawn) {
      const found = await foundBy({}, (host) => {
        const canvas = host.createCanvas("a", 300, 200);
        draw(canvas.getContext("2d"));
        return host.canvasToBuffer({ canvas });
      });
      assert.deepEqual(found, []);
    }
  });

  it("characters and families that its named fonts lack", async () => {
    assert.deepEqual(await foundBy({ fonts: latin }, (host) => write(host, "Price 42")), []);
    assert.deepEqual(
      await foundBy({ fonts: latin }, (host) => write(host, "x", "20px PingFang SC")),
      [],
    );
    // A name that is empty is no family: the default is used.
    assert.deepEqual(await foundBy({ fonts: latin }, (host) => write(host, "x", '20px ""')), []);
    assert.deepEqual(await foundBy({ fonts: chinese }, (host) => write(host, "邀请函 42")), []);
    const cases: [options: TestHostOptions, text: string, css: string, reason: RegExp][] = [
      [{ fonts: latin }, "邀请", "20px sans-serif", /no font of the test has "邀请"/],
      [
        { fonts: latin },
        "x",
        '20px "Comic Sans MS", sans-serif',
        /the family "Comic Sans MS" is none of the fonts/,
      ],
      [{ fonts: chinese }, "\u{10ffff}", "20px sans-serif", /no font of the test has/],
      [{}, "x", "20px sans-serif", /the family "sans-serif" is none of the fonts/],
    ];
    for (const [options, text, css, reason] of cases) {
      const found = await foundBy(options, (host) => write(host, text, css));
      assert.match(found.join(), reason);
      assert.deepEqual(
        await foundBy({ ...options, allow: ["fonts"] }, (host) => write(host, text, css)),
        [],
      );
    }
  });

  it("no fonts that are given by path, URL or bytes, or loaded by the code", async () => {
    const bytes = readFileSync(font("latin"));
    for (const source of [pathToFileURL(font("latin")), bytes, [bytes]]) {
      assert.deepEqual(
        await foundBy({ fonts: { "Test Latin": source } }, (host) => write(host, "a")),
        [],
      );
    }
    const url = "https://cdn.example.com/brand.woff2";
    const found = await foundBy(
      { fonts: latin, pictures: { [url]: font("latin") } },
      async (host) => {
        await host.loadFont(font("latin"), "Test Brand");
        await host.wx.loadFontFace({ family: "Test Page", source: `url("${url}")` });
        await write(host, "a", "20px 'Test Brand'");
        await write(host, "a", "20px 'Test Page'");
      },
    );
    assert.deepEqual(found, []);
    const lost = await foundBy({ fonts: { Lost: "no/such/font.ttf" } }, () => {});
    assert.match(lost.join(), /ENOENT.*font\.ttf/);
    const taken = await foundBy({ fonts: { "Test Latin": font("chinese-simplified") } }, () => {});
    assert.match(taken.join(), /is another font already/);
  });

  it("pictures that could not be loaded, also when the code handles the failure", async () => {
    const source = "https://cdn.example.com/missing.png";
    const loads: ((host: Host) => unknown)[] = [
      (host) => host.wx.getImageInfo({ src: source }).catch(() => {}),
      (host) => host.wx.getImageInfo({ src: join(process.cwd(), "none.png") }).catch(() => {}),
      (host) => host.wx.getImageInfo({ src: "data:image/png;base64,AAAA" }).catch(() => {}),
      (host) => host.loadImage(Buffer.from("no picture")).catch(() => {}),
      // Fonts count as well, where the code does not listen.
      (host) => {
        const source = 'url("data:font/woff2;base64,AAAA")';
        host.wx.loadFontFace({ family: "Test Broken", source });
        return new Promise((end) => setTimeout(end, 100));
      },
      async (host) => {
        await new Promise<void>(
          (end) => void host.wx.downloadFile({ url: source, complete: () => end() }),
        );
      },
      async (host) => {
        host.mountCanvas({ canvasId: "m", width: 50, height: 50 });
        const context = host.wx.createCanvasContext("m");
        context.fillRect(0, 0, 5, 5);
        context.drawImage(source, 0, 0, 10, 10);
        await new Promise<void>((end) => context.draw(false, () => end()));
      },
      async (host) => {
        const image = host.wx.createOffscreenCanvas({ width: 4, height: 4 }).createImage();
        await new Promise<void>((end) => {
          image.onerror = () => end();
          image.src = source;
        });
      },
    ];
    for (const run of loads) {
      const found = await foundBy({}, run);
      assert.equal(found.length, 1, `${run} ${found}`);
      assert.match(found[0] as string, /\(allow: \["pictures"\] lets it pass\)/);
      assert.deepEqual(await foundBy({ allow: ["pictures"] }, run), []);
    }
  });

  it("unhandled failures", async () => {
    const runs: ((host: Host) => unknown)[] = [
      (host) => void host.wx.canvasToTempFilePath({ canvasId: "none" }),
      (host) => void host.wx.canvasToTempFilePath({ canvasId: "none", success() {} }),
      (host) => {
        host.wx.getSystemInfo({
          success() {
            throw new Error("of the callback");
          },
        });
      },
      (host) => {
        const node = host.wx.createOffscreenCanvas({ width: 4, height: 4 });
        node.requestAnimationFrame(() => {
          throw new Error("of the frame");
        });
        return new Promise((end) => setTimeout(end, 20));
      },
    ];
    for (const run of runs) {
      const found = await foundBy({}, run);
      assert.equal(found.length, 1, `${run} ${found}`);
      assert.match(found[0] as string, /allow: \["failures"\]/);
      assert.deepEqual(await foundBy({ allow: ["failures"] }, run), []);
      const received: unknown[] = [];
      assert.deepEqual(await foundBy({ onError: (error) => void received.push(error) }, run), []);
      assert.equal(received.length, 1);
    }
  });

  it("a picture once: matchPicture has the reasons and keeps it, the end is silent", () =>
    inPlayground(async ({ file, records, baseline }) => {
      const found = await foundBy({ fonts: latin }, async (host) => {
        host.mountCanvas({ canvasId: "m", width: 50, height: 50 });
        const context = host.wx.createCanvasContext("m");
        context.fillText("中", 10, 10);
        context.draw();
        const { code, message } = await failing(() =>
          matchPicture({ host, canvasId: "m" }, "boxes", { in: file }),
        );
        assert.equal(code, "BLANK");
        assert.match(
          message,
          /the picture is not what the code would show:\n {2}no font of the test has "中"/,
        );
        const canvas = host.createCanvas("empty", 50, 50);
        const empty = await failing(() => matchPicture(canvas, "empty", { in: file }));
        assert.match(empty.message, /nothing was drawn/);
      });
      assert.deepEqual(found, []);
      assert.deepEqual(
        records().map((record) => record.kind === "picture" && [record.name, record.status]),
        [
          ["boxes", "blank"],
          ["empty", "blank"],
        ],
      );
      assert.throws(() => readFileSync(baseline("boxes")), /ENOENT/);
    }));
});

describe("a test host", () => {
  it("has no network, and stand-ins for its pictures", async () => {
    let connections = 0;
    const server = createServer((_, response) => response.end());
    server.on("connection", () => connections++);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const png = await square().encode("png");
      await inPlayground(async ({ folder }) => {
        writeFileSync(join(folder, "a.png"), png);
        const pictures = {
          [`${origin}/a.png`]: join(folder, "a.png"),
          [`${origin}/b.png`]: pathToFileURL(join(folder, "a.png")),
          [`${origin}/c.png`]: png,
          [`${origin}/d.svg`]: Buffer.from(
            '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>',
          ),
          [`${origin}/e.json`]: Buffer.from("{}"),
          "/local.png": png,
        };
        const found = await foundBy({ pictures }, async (host) => {
          for (const source of [
            `${origin}/a.png`,
            `${origin}/x/../b.png`,
            `${origin}/c.png`,
            "/local.png",
          ]) {
            const { width, height } = await host.wx.getImageInfo({ src: source });
            assert.deepEqual([width, height], [40, 20]);
          }
          const node = host.wx.createOffscreenCanvas({ width: 40, height: 20 });
          const image = node.createImage();
          await new Promise((done) => {
            image.onload = done;
            image.src = `${origin}/a.png`;
          });
          node.getContext("2d").drawImage(image, 0, 0);
          const { data } = await host.canvasToBuffer({ canvas: node });
          assert.deepEqual((await decode(data)).at(6, 6), [255, 0, 0, 255]);
          for (const [url, end] of [
            ["c.png", ".png"],
            ["d.svg", ".svg"],
            ["e.json", ""],
          ] as const) {
            const { tempFilePath } = await new Promise<{ tempFilePath: string }>(
              (success, fail) => {
                host.wx.downloadFile({ url: `${origin}/${url}`, success, fail });
              },
            );
            assert.ok(tempFilePath.endsWith(end), tempFilePath);
          }
        });
        assert.deepEqual(found, []);
        const refused = await foundBy({}, (host) =>
          host.wx.getImageInfo({ src: origin }).catch(() => {}),
        );
        assert.match(refused.join(), /a test host fetches nothing/);
      });
      assert.equal(connections, 0);
    } finally {
      server.close();
    }
  });

  it("has frames a 60th of a second apart, the first at 0, at any speed", async () => {
    const times: number[] = [];
    const host = createTestHost();
    const node = host.wx.createOffscreenCanvas({ width: 4, height: 4 });
    await new Promise<void>((done) => {
      const frame = (time: number) => {
        times.push(time);
        if (times.length === 1) for (const end = Date.now() + 30; Date.now() < end; );
        if (times.length === 4) done();
        else node.requestAnimationFrame(frame);
      };
      node.cancelAnimationFrame(node.requestAnimationFrame(() => times.push(-1)));
      node.requestAnimationFrame(frame);
    });
    assert.deepEqual(
      times,
      [0, 1, 2, 3].map((number) => (number * 1000) / 60),
    );
    assert.throws(() => node.requestAnimationFrame(5 as never), /callback: expected a function/);
    node.requestAnimationFrame(() => times.push(-2));
    await host.dispose();
    node.requestAnimationFrame(() => times.push(-3));
    await new Promise((done) => setTimeout(done, 20));
    assert.equal(times.length, 4);
  });

  it("ends with its test, by the runner's hooks", async () => {
    for (const name of ["teardown", "after", "onTestFinished"]) {
      let end: (() => Promise<void>) | undefined;
      const test = {
        [name](callback: () => Promise<void>) {
          end = callback;
        },
      };
      const host = createTestHost({ test });
      await host.canvasToBuffer({ canvas: host.createCanvas("a", 10, 10) });
      await assert.rejects(async () => end?.(), /nothing was drawn/);
      assert.throws(() => host.createCanvas("b", 1, 1), /DISPOSED|disposed/);
      // A reported finding is not reported again.
      await host[Symbol.asyncDispose]();
    }
  });

  let before: Host | undefined;
  it("ends with its test in mocha", () => {
    before = createTestHost();
    before.createCanvas("a", 1, 1);
  });
  it("has ended when the next test begins", () => {
    assert.throws(() => before?.createCanvas("b", 1, 1), /disposed/);
  });

  it("refuses wrong settings", () => {
    const cases: [options: unknown, message: RegExp][] = [
      [null, /createTestHost:fail options: expected an object, got null/],
      [{ images: { remote: true } }, /images: not one of the settings.*`pictures` has/],
      [
        { allow: ["everything"] },
        /allow\.0: expected some of blank, fonts, pictures, failures, got "everything"/,
      ],
      [{ test: {} }, /test: expected the context of a test/],
      [{ fonts: { a: 5 } }, /fonts\["a"\]: expected the path or the bytes of a font, got 5/],
      [
        { pictures: { a: 5 } },
        /pictures\["a"\]: expected the path or the bytes of a picture, got 5/,
      ],
      [
        { pictures: { a: "no/such.png" } },
        /pictures\["a"\]: expected a file, for there is none at .*such\.png/,
      ],
      [{ pixelRatio: -1 }, /createTestHost:fail pixelRatio|pixelRatio/],
    ];
    for (const [options, message] of cases) {
      assert.throws(() => createTestHost(options as never), message);
    }
  });
});

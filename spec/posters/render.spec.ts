// A poster rendered in this process: its forms, formats and data, and its warnings.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { CanvasError, type Host, type HostOptions } from "../../lib/index.ts";
import type { Page, ProjectOptions } from "../../lib/miniprogram/index.ts";
import {
  type DrawnPoster,
  definePoster,
  type LegacyPoster,
  type Poster,
  type RenderPosterOptions,
  renderPoster,
} from "../../lib/posters/index.ts";
import { failureOf } from "../support/hosts.ts";
import { assertPixel, decode } from "../support/pictures.ts";
import { withFolder } from "../support/projects.ts";
import { STAMP } from "../support/scenes.ts";
import card from "./fixtures/card.ts";
import legacy from "./fixtures/legacy.ts";

const STAND_IN = STAMP.toBuffer("image/png");

type Draw = DrawnPoster<unknown>["draw"];
/** A red poster of 20 × 10, with further options. */
const red = (draw: Draw = () => {}, more: Partial<DrawnPoster<unknown>> = {}) =>
  definePoster<unknown>({
    width: 20,
    height: 10,
    ...more,
    async draw(drawing) {
      drawing.context.fillStyle = "#f00";
      drawing.context.fillRect(0, 0, 500, 500);
      await draw(drawing);
    },
  });
const old = (code: LegacyPoster<unknown>["legacy"], more: Partial<LegacyPoster<unknown>> = {}) =>
  definePoster<unknown>({ width: 20, height: 10, ...more, legacy: code });

/** A poster whose code draws that picture. */
const withPicture = (src: unknown, more: Partial<LegacyPoster<unknown>> = {}) =>
  old(
    ({ wx }) =>
      new Promise((resolve) => {
        const context = wx.createCanvasContext("poster");
        context.drawImage(src as string, 0, 0, 20, 10);
        context.draw(false, () => resolve(undefined));
      }),
    more,
  );

describe("renderPoster", () => {
  it("draws with the standard context, and reports size, type and stages", async () => {
    const picture = await renderPoster(card, { title: "Hi", colour: "#00ff00" });
    const { width, height, at } = await decode(picture.data);
    assert.deepEqual([width, height, picture.width, picture.height], [120, 80, 120, 80]);
    assert.equal(picture.type, "image/png");
    assertPixel(at(2, 2), [0, 255, 0, 255]);
    assert.deepEqual(picture.warnings, []);
    assert.deepEqual(Object.keys(picture.stages), ["data", "draw", "export"]);
  });

  it("draws with the legacy context, on the mounted canvas", async () => {
    const { width, height, at } = await decode((await renderPoster(legacy)).data);
    assert.deepEqual([width, height], [120, 80]);
    assertPixel(at(60, 40), [238, 51, 51, 255]);
  });

  it("takes the path that legacy code returns, of either type", async () => {
    for (const fileType of ["png", "jpg"]) {
      const poster = old(
        async ({ wx }) => {
          const options = { canvasId: "card", x: 5, fileType };
          return (await wx.canvasToTempFilePath(options)).tempFilePath;
        },
        { canvasId: "card" },
      );
      const picture = await renderPoster(poster);
      assert.deepEqual([picture.width, picture.height], [15, 10]);
      assert.equal(picture.type, fileType === "jpg" ? "image/jpeg" : "image/png");
      assert.equal((await decode(picture.data)).width, 15);
      const other = fileType === "jpg" ? "png" : "jpg";
      const failure = await failureOf(() => renderPoster(poster, {}, { fileType: other }));
      assert.equal(failure.code, "INVALID");
      assert.equal((failure as { isOwnType?: boolean }).isOwnType, true);
      assert.match(failure.message, /fileType: the poster's own code makes a \w+, asked for \w+/);
    }
  });

  it("takes only a path of the poster's own host", async () => {
    const failure = await failureOf(() => renderPoster(old(() => "/etc/hostname")));
    assert.equal(failure.code, "INVALID");
  });

  it("lets the sides depend on the data", async () => {
    const poster = definePoster<{ rows: number }>({
      width: 20,
      height: ({ rows }) => rows * 5,
      draw() {},
    });
    assert.equal((await renderPoster(poster, { rows: 7 })).height, 35);
    const failure = await failureOf(() => renderPoster(poster, {}));
    assert.match(failure.errMsg, /^renderPoster:fail height: .* got NaN$/);
  });

  const formats: [Partial<DrawnPoster<unknown>>, RenderPosterOptions, [string, number]][] = [
    [{}, {}, ["png", 20]],
    [{ fileType: "jpg", pixelRatio: 2 }, {}, ["jpeg", 40]],
    [{ fileType: "jpg", pixelRatio: 2 }, { fileType: "png", pixelRatio: 3 }, ["png", 60]],
    [{ host: { pixelRatio: 4 } }, {}, ["png", 80]],
    [{ host: { pixelRatio: 4 }, pixelRatio: 1.5 }, {}, ["png", 30]],
  ];
  for (const [own, options, expected] of formats) {
    it(`renders ${expected} for ${JSON.stringify(own)} and ${JSON.stringify(options)}`, async () => {
      const { format, width } = await decode(
        (await renderPoster(red(undefined, own), {}, options)).data,
      );
      assert.deepEqual([format, width], expected);
    });
  }

  it("uses the quality of the poster; that of the call wins", async () => {
    const noisy: Draw = ({ context }) => {
      for (let i = 0; i < 200; i++) {
        context.fillStyle = `rgb(${(i * 37) % 256} ${(i * 91) % 256} ${(i * 53) % 256})`;
        context.fillRect(i % 20, Math.floor(i / 20), 1, 1);
      }
    };
    const poster = red(noisy, { fileType: "jpg", quality: 0.1, pixelRatio: 4 });
    const [own, better] = await Promise.all([
      renderPoster(poster),
      renderPoster(poster, {}, { quality: 1 }),
    ]);
    assert.ok(better.data.length > own.data.length * 2);
  });

  it("checks the data by a schema of zod, and passes on its output", async () => {
    const schema = z.object({ name: z.string().max(3), at: z.coerce.date() });
    let seen: unknown;
    const poster = red(
      ({ data }) => {
        seen = data;
      },
      { data: schema },
    );
    await renderPoster(poster, { name: "abc", at: "2026-11-28", more: 1 });
    assert.deepEqual(seen, { name: "abc", at: new Date("2026-11-28") });
    const failure = await failureOf(() => renderPoster(poster, { name: "abcd", at: "never" }));
    assert.equal(failure.code, "DATA");
    assert.deepEqual(
      (failure as unknown as { issues: { path: string }[] }).issues.map(({ path }) => path),
      ["name", "at"],
    );
  });

  it("names each place of wrong data", async () => {
    const failure = await failureOf(() => renderPoster(card, { colour: "red" }));
    assert.equal(
      failure.errMsg,
      "renderPoster:fail data: title: must be a text; colour: must be #rrggbb",
    );
    const whole = {
      "~standard": {
        version: 1 as const,
        vendor: "x",
        validate: () => ({ issues: [{ message: "wrong" }] }),
      },
    };
    const other = await failureOf(() => renderPoster(red(undefined, { data: whole }), 5));
    assert.equal(other.errMsg, "renderPoster:fail data: wrong");
  });

  it("lists the first hundred places of wrong data, in bounded texts", async () => {
    const poster = red(undefined, { data: z.record(z.string(), z.string()) });
    const wrong = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`${i}`.repeat(200), i]),
    );
    const { issues, reason } = (await failureOf(() => renderPoster(poster, wrong))) as unknown as {
      issues: { path: string }[];
      reason: string;
    };
    assert.equal(issues.length, 100);
    assert.ok(issues.every(({ path }) => path.length <= 201));
    assert.ok(reason.length < 30_000);
  });

  it("gives each picture its own host, which it disposes", async () => {
    const hosts = new Set<unknown>();
    const poster = red(({ host, wx }) => {
      assert.equal(host.wx, wx);
      hosts.add(host);
    });
    await Promise.all(Array.from({ length: 5 }, () => renderPoster(poster)));
    assert.equal(hosts.size, 5);
    for (const host of hosts) {
      const failure = await failureOf(() =>
        (host as { createCanvas(...a: unknown[]): unknown }).createCanvas("a", 1, 1),
      );
      assert.equal(failure.code, "DISPOSED");
    }
  });

  it("fails with DRAW for whatever the code throws, a revoked proxy too", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const failure = await failureOf(() => renderPoster(red(() => Promise.reject(proxy))));
    assert.equal(failure.code, "DRAW");
    assert.equal(failure.cause, proxy);
  });

  it("disposes the host when the code throws; fails with DRAW and the cause", async () => {
    let host: unknown;
    const error = new TypeError("it is wrong");
    const poster = red((drawing) => {
      host = drawing.host;
      throw error;
    });
    const failure = await failureOf(() => renderPoster(poster));
    assert.equal(failure.code, "DRAW");
    assert.equal(failure.errMsg, "renderPoster:fail it is wrong");
    assert.equal(failure.cause, error);
    assert.equal(
      (
        await failureOf(() =>
          (host as { createCanvas(...a: unknown[]): unknown }).createCanvas("a", 1, 1),
        )
      ).code,
      "DISPOSED",
    );
  });

  for (const code of ["ABORTED", "TIMEOUT", "constructor", "X".repeat(50), 5, Symbol("odd")]) {
    it(`fails with DRAW for a CanvasError of the code ${String(code).slice(0, 20)}`, async () => {
      const odd = Object.assign(new CanvasError("DATA", "odd"), { code });
      const poster = red(() => {
        throw odd;
      });
      const failure = await failureOf(() => renderPoster(poster));
      assert.deepEqual([failure.code, failure.reason], ["DRAW", "odd"]);
      assert.equal(failure.cause, odd);
    });
  }

  it("keeps the code of a CanvasError that the poster's code throws", async () => {
    const poster = red(({ host }) => void host.createCanvas("a", 1e6, 1e6));
    assert.equal((await failureOf(() => renderPoster(poster))).code, "TOO_LARGE");
  });

  const wrong: [unknown, unknown, RegExp][] = [
    [
      { draw() {} },
      {},
      /^renderPoster:fail poster: expected the result of definePoster\(\{ … \}\), got an object$/,
    ],
    [red(), { fileType: "gif" }, /fileType: expected "png" or "jpg", got "gif"$/],
    [red(), { quality: 2 }, /quality: expected .* got 2$/],
    [red(), { pixelRatio: 0 }, /pixelRatio: expected .* got 0$/],
    [red(), { signal: 5 }, /signal: expected an AbortSignal, got 5$/],
  ];
  for (const [poster, options, errMsg] of wrong) {
    it(`refuses ${JSON.stringify(options)} of ${JSON.stringify(poster)}`, async () => {
      const failure = await failureOf(() =>
        renderPoster(poster as Poster<unknown>, {}, options as never),
      );
      assert.equal(failure.code, "INVALID");
      assert.match(failure.errMsg, errMsg);
    });
  }

  it("fails with ABORTED before, during and after drawing", async () => {
    const before = await failureOf(() => renderPoster(red(), {}, { signal: AbortSignal.abort() }));
    assert.equal(before.code, "ABORTED");
    const controller = new AbortController();
    const poster = red(({ signal }) => {
      assert.equal(signal, controller.signal);
      controller.abort(new Error("gone"));
    });
    const failure = await failureOf(() => renderPoster(poster, {}, { signal: controller.signal }));
    assert.equal(failure.code, "ABORTED");
    assert.equal((failure.cause as Error).message, "gone");
  });

  it("fails with ABORTED at once, whatever the poster's code waits for, and disposes the host", async () => {
    const hosts: Host[] = [];
    const never = new Promise<never>(() => {});
    const waits = {
      draw: red(({ host }) => {
        hosts.push(host);
        return never;
      }),
      schema: definePoster({
        width: 1,
        height: 1,
        data: { "~standard": { version: 1, vendor: "spec", validate: () => never } },
        draw() {},
      }),
      onPicture: withPicture("missing.png", { onPicture: () => never }),
    };
    for (const [name, poster] of Object.entries(waits)) {
      const signal = AbortSignal.timeout(20);
      const failure = await failureOf(() =>
        renderPoster(poster as Poster<unknown>, {}, { signal }),
      );
      assert.equal(failure.code, "ABORTED", name);
    }
    const [host] = hosts;
    assert.equal(
      (await failureOf(() => (host as Host).createCanvas("late", 1, 1))).code,
      "DISPOSED",
    );
  });

  it("fails with DRAW for a schema that throws", async () => {
    for (const validate of [
      () => {
        throw new TypeError("the schema is wrong");
      },
      () => Promise.reject(new TypeError("the schema is wrong")),
    ]) {
      const data = { "~standard": { version: 1 as const, vendor: "spec", validate } };
      const poster = definePoster({ width: 1, height: 1, data, draw() {} });
      const failure = await failureOf(() => renderPoster(poster));
      assert.deepEqual([failure.code, failure.reason], ["DRAW", "the schema is wrong"]);
    }
  });
});

describe("A page as a poster", () => {
  const root = new URL("./fixtures/project", import.meta.url);
  const page = "pages/card/card";

  it("gives the first picture that it exports, with the data as its query", async () => {
    const poster = definePoster({ miniProgram: { root, page } });
    const picture = await renderPoster(poster, { colour: "#ff0000" });
    assert.deepEqual([picture.width, picture.height, picture.type], [60, 40, "image/jpeg"]);
    assertPixel((await decode(picture.data)).at(30, 20), [254, 0, 0, 255], 2);
    assert.deepEqual(picture.warnings, [{ code: "PAGE", message: "showToast: saved" }]);
    assert.equal((await renderPoster(poster, { colour: "red" }, { fileType: "jpg" })).width, 60);
    assert.equal((await renderPoster(poster, null, { pixelRatio: 2 })).width, 120);
    const failure = await failureOf(() => renderPoster(poster, {}, { fileType: "png" }));
    assert.equal(failure.code, "INVALID");
  });

  it("is awaited as the poster defines", async () => {
    const seen: string[] = [];
    const poster = definePoster<{ colour: string }>({
      miniProgram: {
        root: fileURLToPath(root),
        page: ({ colour }) => `${page}?colour=${colour}`,
        done: async (page) => {
          await page.waitFor("idle");
          seen.push(page.path);
        },
      },
    });
    await renderPoster(poster, { colour: "red" });
    assert.equal(seen.length, 1);
  });

  it("lists each picture that it left out once", async () => {
    const poster = definePoster({ miniProgram: { root, page } });
    const { warnings } = await renderPoster(poster, { src: "none.png" });
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["PICTURE", "PAGE"],
    );
    const failure = await failureOf(() =>
      renderPoster(poster, { src: "none.png" }, { strict: true }),
    );
    assert.equal(failure.code, "INCOMPLETE");
  });

  it("fails when it exports nothing", async () => {
    const poster = definePoster({ miniProgram: { root, page } });
    const failure = await failureOf(() => renderPoster(poster, { quiet: "1" }));
    assert.equal(failure.code, "NOT_FOUND");
    assert.match(failure.message, /the page .*pages\/card\/card.* exported no picture/);
  });

  const canvas = (id: string) => `<canvas canvas-id="${id}" style="width: 30px; height: 20px" />`;
  const draw = `const draw = (id, then) => {
    const context = wx.createCanvasContext(id);
    context.setFillStyle("#f00");
    context.fillRect(0, 0, 30, 20);
    context.draw(false, then);
  };`;

  /** Renders the only page of a project. */
  const rendered = (
    wxml: string,
    js: string,
    done?: (page: Page) => unknown,
    given: RenderPosterOptions = {},
    options: Partial<ProjectOptions> = {},
  ) =>
    withFolder(
      {
        "app.json": { pages: ["a"] },
        "a.wxml": wxml,
        "a.js": `${draw}\nPage({ ${js} });`,
        "box.js": "Component({});",
        "box.wxml": '<canvas type="2d" id="two" style="width: 5px; height: 5px" />',
        "a.json": { usingComponents: { box: "./box" } },
      },
      (root) =>
        renderPoster(definePoster({ miniProgram: { root, page: "a", done, options } }), {}, given),
    );

  it("gives the only canvas of a page that only draws, in the type asked for", async () => {
    const js = 'onReady() { draw("c"); }';
    const picture = await rendered(canvas("c"), js, undefined, { pixelRatio: 2, fileType: "jpg" });
    assert.deepEqual([picture.width, picture.height, picture.type], [60, 40, "image/jpeg"]);
    assertPixel((await decode(picture.data)).at(30, 20), [254, 0, 0, 255], 2);
    for (const none of ['<canvas type="webgl" />', '<canvas canvas-id="c" style="width: 0" />']) {
      assert.equal((await failureOf(() => rendered(none, js))).code, "NOT_FOUND");
    }
  });

  it("gives the picture that `done` returns, and asks for it where canvases are several", async () => {
    const wxml = `${canvas("a")}<box />`;
    const js = 'onReady() { draw("a"); }';
    const failure = await failureOf(() => rendered(wxml, js));
    assert.match(failure.message, /exported no picture \(it has 2 canvases: done: .*\)$/);
    const picture = await rendered(wxml, js, (page) => page.export("#a"));
    assert.equal(picture.width, 30);
  });

  it("fails with what the page's code threw, with file and line, where that leaves no picture", async () => {
    for (const js of [
      'onReady() { draw("c", () => { null.x; }); }',
      'async onLoad() { await 1; null.x; }, onReady() { draw("c"); }',
    ]) {
      const failure = await failureOf(() => rendered(canvas("c"), js));
      assert.equal(failure.code, "SOURCE");
      assert.match(failure.message, /\/a\.js:7: Cannot read properties of null/);
    }
    const seen: unknown[] = [];
    const onError = (error: unknown) => seen.push(error);
    const js = "onReady() { setTimeout(() => null.x); }";
    await failureOf(() => rendered(canvas("c"), js, undefined, {}, { onError }));
    assert.match(String(seen), /^TypeError/);
  });

  it("says why there is no picture", async () => {
    const cases = [
      [
        'onReady() { draw("c", () => wx.canvasToTempFilePath({ canvasId: "no", fail() {} })); }',
        "canvasToTempFilePath: canvas is empty",
      ],
      ['async onReady() { await wx.request({ url: "https://a.invalid" }); }', "request:fail .*"],
      ['onReady() { wx.showToast({ title: "log in" }); }', "showToast: log in"],
    ] as const;
    for (const [js, why] of cases) {
      const failure = await failureOf(() => rendered(canvas("c"), js));
      assert.equal(failure.code, "NOT_FOUND");
      assert.match(failure.message, new RegExp(`exported no picture: ${why}$`));
    }
  });

  it("needs no request that failed, if the page has drawn", async () => {
    const js = 'async onLoad() { draw("c"); await wx.request({ url: "https://a.invalid" }); }';
    const { width, warnings } = await rendered(canvas("c"), js);
    assert.equal(width, 30);
    assert.match(warnings[0]?.message ?? "", /a\.invalid/);
  });
});

describe("The missing parts of a poster", () => {
  it("are listed in its warnings", async () => {
    const { warnings } = await renderPoster(withPicture("missing.png"));
    assert.deepEqual(
      warnings.map(({ code, src }) => ({ code, src })),
      [{ code: "PICTURE", src: "missing.png" }],
    );
    assert.match(warnings[0]?.message ?? "", /"missing\.png"/);
  });

  it("are listed once, although the call fails for them, too", async () => {
    const poster = old(({ wx }) => {
      const context = wx.createCanvasContext("poster");
      context.drawImage("missing.png", 0, 0, 20, 10);
      context.draw();
    });
    assert.equal((await renderPoster(poster)).warnings.length, 1);
  });

  it("make it fail with INCOMPLETE in strict mode", async () => {
    for (const src of ["missing.png", "data:image/png;base64,AAAA", Buffer.from("no picture"), 5]) {
      const failure = await failureOf(() => renderPoster(withPicture(src), {}, { strict: true }));
      assert.equal(failure.code, "INCOMPLETE", failure.message);
      const { warnings } = failure as CanvasError & { warnings?: { src: string }[] };
      assert.equal(warnings?.length, 1);
    }
  });

  it("make it fail in strict mode for a draw that is not awaited", async () => {
    const poster = old(({ wx }) => {
      const context = wx.createCanvasContext("poster");
      context.drawImage("missing.png", 0, 0, 20, 10);
      context.draw();
    });
    const failure = await failureOf(() => renderPoster(poster, {}, { strict: true }));
    assert.equal(failure.code, "INCOMPLETE");
  });

  it("include characters that no font has, on a standard and a legacy context", async () => {
    const text = "\u{e0ff}\u{e0fe}";
    const posters = [
      red(({ context }) => {
        context.font = "10px sans-serif";
        context.fillText(text, 0, 8);
      }),
      old(({ wx }) => {
        const context = wx.createCanvasContext("poster");
        context.setFontSize(10);
        context.fillText(text, 0, 8);
        context.draw();
      }),
    ];
    for (const poster of posters) {
      const { warnings } = await renderPoster(poster);
      assert.deepEqual(
        warnings.map(({ code, characters }) => ({ code, characters })),
        [{ code: "MISSING_CHARACTERS", characters: [...text] }],
      );
      const failure = await failureOf(() => renderPoster(poster, {}, { strict: true }));
      assert.equal(failure.code, "INCOMPLETE");
      assert.match(failure.message, /no font has/);
    }
  });

  it("are replaced by a stand-in; that of the call wins over the poster's", async () => {
    const asked: unknown[] = [];
    const onPicture: HostOptions["onPicture"] = ({ src, error }) => {
      asked.push([src, error.code]);
      return STAND_IN;
    };
    const never = () => assert.fail("not asked");
    const posters: [Poster<unknown>, RenderPosterOptions][] = [
      [withPicture("missing.png", { onPicture }), {}],
      [withPicture("missing.png", { onPicture: never }), { onPicture }],
      [withPicture("missing.png", { host: { onPicture } }), {}],
    ];
    for (const [poster, options] of posters) {
      asked.length = 0;
      const { warnings, data } = await renderPoster(poster, {}, { ...options, strict: true });
      assert.deepEqual(warnings, []);
      assert.deepEqual(asked, [["missing.png", "SOURCE"]]);
      assertPixel((await decode(data)).at(0, 0), [0, 102, 204, 255], 3);
    }
  });

  it("include a stand-in that cannot be loaded either", async () => {
    const onPicture = () => "also-missing.png";
    const { warnings } = await renderPoster(withPicture("missing.png"), {}, { onPicture });
    assert.deepEqual(
      warnings.map(({ src }) => src),
      ["also-missing.png"],
    );
  });

  it("include a picture whose onPicture fails, on any context", async () => {
    const image = red(async ({ canvas }) => {
      const image = canvas.createImage();
      await new Promise((resolve) => {
        image.onload = image.onerror = resolve;
        image.src = "missing.png";
      });
    });
    for (const poster of [image, withPicture("missing.png")]) {
      for (const onPicture of [
        () => {
          throw new Error("no stand-in");
        },
        () => Promise.reject(new Error("no stand-in")),
      ]) {
        const { warnings } = await renderPoster(poster, {}, { onPicture });
        assert.deepEqual(
          warnings.map(({ code, src }) => [code, src]),
          [["PICTURE", "missing.png"]],
        );
        assert.match(warnings[0]?.message ?? "", /no such file; and onPicture failed: no stand-in/);
        const strict = await failureOf(() => renderPoster(poster, {}, { onPicture, strict: true }));
        assert.equal(strict.code, "INCOMPLETE");
      }
    }
  });

  it("include images of nodes, and pictures of getImageInfo", async () => {
    const poster = red(async ({ canvas, wx }) => {
      const image = canvas.createImage();
      await new Promise((resolve) => {
        image.onload = image.onerror = resolve;
        image.src = "missing-a.png";
      });
      await assert.rejects(wx.getImageInfo({ src: "missing-b.png" }) as Promise<unknown>);
    });
    const { warnings } = await renderPoster(poster);
    assert.deepEqual(
      warnings.map(({ src }) => src),
      ["missing-a.png", "missing-b.png"],
    );
    assert.deepEqual(
      (await renderPoster(poster, {}, { onPicture: () => STAND_IN }).catch((error) => error)).code,
      "DRAW",
    );
  });

  it("include unhandled failures, which are not holes", async () => {
    const received: unknown[] = [];
    const host: HostOptions = {
      onError: (error) => void received.push(error),
      onWarning: (one) => void received.push(one.code),
    };
    const poster = old(
      ({ wx }) => {
        wx.canvasToTempFilePath({ canvasId: "none", success() {} });
        return new Promise((resolve) => setTimeout(resolve, 20));
      },
      { host },
    );
    const { warnings } = await renderPoster(poster, {}, { strict: true });
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["ERROR"],
    );
    assert.equal(received.length, 1);
    const lacking = red(({ context }) => context.fillText("\u{e0ff}", 0, 8), { host });
    await renderPoster(lacking);
    assert.equal(received[1], "MISSING_CHARACTERS");
  });

  it("names long sources in short", async () => {
    const { warnings } = await renderPoster(
      withPicture(`data:image/png;base64,${"A".repeat(999)}`),
    );
    assert.equal(warnings[0]?.src?.length, 201);
  });
});

describe("Pictures of the network", () => {
  it("are published with origin, time and bytes on a diagnostics channel", async () => {
    const server = createServer((request, response) => {
      if (request.url === "/a.png?secret=1") response.end(STAND_IN);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { subscribe, unsubscribe } = await import("node:diagnostics_channel");
    const messages: Record<string, unknown>[] = [];
    const listen = (message: unknown) => void messages.push(message as never);
    subscribe("wx-canvas-node:fetch", listen);
    try {
      const images = { remote: true, privateOrigins: [origin] };
      const poster = red(
        async ({ wx }) => {
          for (const path of ["/a.png?secret=1", "/a.png?secret=1", "/b.png"]) {
            await Promise.resolve(wx.getImageInfo({ src: origin + path })).catch(() => {});
          }
          await Promise.resolve(wx.downloadFile({ url: "http://[" })).catch(() => {});
        },
        { host: { images } },
      );
      await renderPoster(poster);
    } finally {
      unsubscribe("wx-canvas-node:fetch", listen);
      server.close();
    }
    assert.deepEqual(
      messages.map(({ origin, cached, bytes, error }) => [
        origin,
        cached,
        (bytes as number) > 0,
        (error as CanvasError | undefined)?.code,
      ]),
      [
        [origin, false, true, undefined],
        [origin, true, true, undefined],
        [origin, false, false, "SOURCE"],
        ["", false, false, "SOURCE"],
      ],
    );
    for (const { time } of messages) assert.equal(typeof time, "number");
  });
});

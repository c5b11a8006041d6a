// matchPicture: its arguments, the files that it writes, and its failures.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { type Canvas, createCanvas, ImageData } from "@napi-rs/canvas";
import { createHost } from "../../lib/index.ts";
import { shown } from "../../lib/testing/failure.ts";
import { configurePictures, matchPicture } from "../../lib/testing/index.ts";
import { subjectOf } from "../../lib/testing/subject.ts";
import { withHost } from "../support/hosts.ts";
import { decode } from "../support/pictures.ts";
import { compareAs, failing, findKept, inPlayground, square, withEnv } from "./support.ts";

describe("matchPicture", () => {
  it("writes a missing baseline, and passes with it afterwards", () =>
    inPlayground(async ({ file, baseline, records }) => {
      const made = await matchPicture(square(), "new one", { in: file });
      assert.deepEqual(made, { status: "new", baseline: baseline("new one") });
      assert.equal((await decode(baseline("new one"))).width, 40);
      const { mtimeNs } = statSync(baseline("new one"), { bigint: true });
      const again = await matchPicture(square(), "new one", { in: pathToFileURL(file) });
      // Several of one test are numbered.
      assert.deepEqual(again, { status: "new", baseline: baseline("new one 2") });
      assert.equal(statSync(baseline("new one"), { bigint: true }).mtimeNs, mtimeNs);
      assert.deepEqual(
        records().map((line) => line.kind === "picture" && [line.test, line.name, line.status]),
        [
          ["poster.spec.ts", "new one", "new"],
          ["poster.spec.ts", "new one 2", "new"],
        ].map(([, ...rest]) => [relative(process.cwd(), file), ...rest]),
      );
    }));

  it("fails for a different picture, with its differences and three paths", () =>
    inPlayground(async ({ file, baseline, pictures, records }) => {
      await compareAs(square(), "differs", file);
      const { code, message } = await failing(() =>
        compareAs(square([20, 3], [24, 9]), "differs", file),
      );
      assert.equal(code, "MISMATCH");
      assert.match(
        message,
        /^matchPicture:fail "differs" differs from its baseline: 2 of 800 pixels \(0\.25 %\)/,
      );
      assert.match(message, /within x 20, y 3, width 5, height 7; largest difference 255 of 255/);
      assert.ok(message.includes(baseline("differs")));
      const record = records().at(-1);
      assert.ok(record?.kind === "picture" && record.status === "differs");
      for (const what of ["actual", "diff"]) {
        const path = findKept(pictures, `differs.${what}.png`) as string;
        assert.ok(message.includes(path), message);
        assert.equal((await decode(path)).width, 40);
      }
      const diff = await decode(findKept(pictures, "differs.diff.png") as string);
      assert.deepEqual(diff.at(20, 3), [255, 0, 0, 255]);
      const grey = diff.at(6, 6);
      assert.ok(grey[0] > 200 && grey[0] < 255 && grey[0] === grey[1] && grey[1] === grey[2]);
      assert.deepEqual(diff.at(0, 0), [255, 255, 255, 255]);
    }));

  it("counts anti-aliased pixels and the least difference of a channel by default", () =>
    inPlayground(async ({ file }) => {
      const draw = (edge: number, red: number) => {
        const canvas = createCanvas(20, 20);
        const context = canvas.getContext("2d");
        context.fillStyle = `rgb(${red}, 0, 0)`;
        context.fillRect(0, 0, edge, 20);
        return canvas;
      };
      await compareAs(draw(10, 200), "edge", file);
      for (const canvas of [draw(10.25, 200), draw(10, 201)]) {
        const { code } = await failing(() => compareAs(canvas, "edge", file));
        assert.equal(code, "MISMATCH");
      }
    }));

  it("passes within the tolerance, to the pixel, and never rewrites a passing picture", () =>
    inPlayground(
      async ({ file, baseline }) => {
        await compareAs(square(), "tolerant", file);
        const before = readFileSync(baseline("tolerant"));
        const three = square([20, 3], [22, 3], [24, 9]);
        const passes = (options: object) => compareAs(three, "tolerant", file, options);
        for (const options of [
          { maxDiffPixels: 3 },
          { maxDiffRatio: 3 / 800 },
          { maxDiffPixels: 3, maxDiffRatio: 1 },
          { ignore: [{ x: 20, y: 3, width: 5, height: 7 }] },
          { ignore: [{ x: 19.5, y: 0, width: 100, height: 100 }] },
        ]) {
          assert.equal((await passes(options)).status, "passed", JSON.stringify(options));
        }
        assert.deepEqual(readFileSync(baseline("tolerant")), before);
        await withEnv({}, async () => {
          for (const options of [
            { maxDiffPixels: 2 },
            { maxDiffRatio: 2.99 / 800 },
            { maxDiffPixels: 3, maxDiffRatio: 0.001 },
            { maxDiffPixels: 2, maxDiffRatio: 1 },
            { ignore: [{ x: 20, y: 3, width: 4, height: 7 }] },
            { ignore: [{ x: 90, y: 90, width: 4, height: 7 }] },
          ]) {
            const { code } = await failing(() => passes(options));
            assert.equal(code, "MISMATCH", JSON.stringify(options));
          }
        });
      },
      { UPDATE_PICTURES: "changed" },
    ));

  it("measures colours by the threshold, which ignores anti-aliasing without includeAA", () =>
    inPlayground(async ({ file }) => {
      const edge = (at: number) => {
        const canvas = createCanvas(40, 40);
        const context = canvas.getContext("2d");
        context.fillStyle = "#fff";
        context.fillRect(0, 0, 40, 40);
        context.fillStyle = "#000";
        context.translate(20, 20);
        context.rotate(at);
        context.fillRect(-10, -10, 20, 20);
        return canvas;
      };
      await compareAs(edge(0.3), "edge", file);
      const other = edge(0.305);
      assert.equal((await compareAs(other, "edge", file, { threshold: 0.1 })).status, "passed");
      for (const options of [{ threshold: 0.01, includeAA: true }, {}]) {
        const { code } = await failing(() => compareAs(other, "edge", file, options));
        assert.equal(code, "MISMATCH");
      }
    }));

  it("writes a diff of pictures of different sizes, which no tolerance accepts", () =>
    inPlayground(async ({ file, pictures }) => {
      await compareAs(square(), "size", file);
      const wide = createCanvas(50, 10);
      wide.getContext("2d").drawImage(square(), 0, 0);
      const { code, message } = await failing(() =>
        compareAs(wide, "size", file, { maxDiffRatio: 1 }),
      );
      assert.equal(code, "MISMATCH");
      // 10 × 10 pixels more on the right, 40 × 10 below that are no longer there.
      assert.match(
        message,
        /its size is 50 × 10, expected 40 × 20, 500 of 1,000 pixels \(50\.00 %\)/,
      );
      const diff = await decode(findKept(pictures, "size.diff.png") as string);
      assert.deepEqual([diff.width, diff.height], [50, 20]);
      assert.deepEqual(diff.at(45, 5), [255, 0, 0, 255]);
      assert.deepEqual(diff.at(45, 15), [255, 255, 255, 255]);
    }));

  it("belongs to the file of its test or the calling one, without `in`", () =>
    inPlayground(
      async ({ file, baseline }) => {
        const here = join(import.meta.dirname, "__pictures__", "match-picture.spec.ts", "mine.png");
        const cases: [test: object, expected: string][] = [
          [{ title: "known", filePath: file }, baseline("mine")],
          [{ title: "unknown" }, here],
        ];
        for (const [test, expected] of cases) {
          const { code, message } = await failing(() => matchPicture(square(), "mine", { test }));
          assert.equal(code, "MISSING");
          assert.ok(message.includes(`expected: ${shown(expected)}\n`), message);
        }
      },
      { UPDATE_PICTURES: "none" },
    ));

  it("is numbered in the order of the calls, whatever is ready first", () =>
    inPlayground(async ({ file, baseline }) => {
      const test = { title: "two", attempt: 0 };
      const late = new Promise<Canvas>((done) => setTimeout(() => done(square([1, 1])), 20));
      const compared = [late, square()].map((actual) => matchPicture(actual, { in: file, test }));
      const made = await Promise.all(compared);
      assert.deepEqual(
        made.map(({ baseline }) => baseline),
        [baseline("two"), baseline("two 2")],
      );
    }));

  it("fails a test that ends before its picture is compared", () =>
    inPlayground(async ({ file }) => {
      const ends: (() => Promise<void>)[] = [];
      const test = { title: "", attempt: 0, after: (end: () => Promise<void>) => ends.push(end) };
      test.title = "awaited";
      await matchPicture(square(), { in: file, test });
      await ends[0]?.();
      test.title = "forgotten";
      const forgotten = matchPicture(square(), { in: file, test });
      const { code, message } = await failing(() => ends[1]?.());
      assert.equal(code, "INVALID");
      assert.match(
        message,
        /the test ended before its picture was compared \(`await` is missing\)/,
      );
      assert.equal((await forgotten).status, "new");
      // A comparison that has failed by itself is over.
      test.title = "failing";
      const broken = matchPicture(5 as never, { in: file, test });
      await failing(() => broken);
      await ends[2]?.();
    }));

  it("needs a name when the runner does not name the running test", async () => {
    const asked = { actual: square(), name: undefined, file: "/a.spec.ts", running: undefined };
    const { code, message } = await failing(() => subjectOf(asked));
    assert.equal(code, "INVALID");
    assert.match(message, /name: expected the name of a picture, since this runner.*got undefined/);
  });

  it("accepts a canvas as its host exports it, an id, a path, bytes and ImageData", () =>
    inPlayground(async ({ file, folder }) => {
      await withHost({ pixelRatio: 2 }, async (host) => {
        const { node } = host.mountCanvas({ id: "c", type: "2d", width: 20, height: 10 });
        node.width = 40;
        node.height = 20;
        node.getContext("2d").drawImage(square(), 0, 0);
        const sizeOf = async (actual: Parameters<typeof matchPicture>[0], name: string) => {
          const { baseline } = await matchPicture(actual, name, { in: file });
          const { width, height } = await decode(baseline);
          return [width, height];
        };
        assert.deepEqual(await sizeOf(node, "node"), [40, 20]);
        const offscreen = host.wx.createOffscreenCanvas({ width: 30, height: 30 });
        offscreen.getContext("2d").fillRect(0, 0, 5, 5);
        assert.deepEqual(await sizeOf(offscreen, "offscreen"), [30, 30]);
        const registered = host.createCanvas("poster", 40, 20);
        registered.getContext("2d").drawImage(square(), 0, 0);
        assert.deepEqual(await sizeOf(registered, "registered"), [80, 40]);
        assert.deepEqual(await sizeOf(square(), "foreign"), [40, 20]);
        assert.deepEqual(
          await sizeOf(
            { host, canvasId: "poster", width: 20, destWidth: 20, destHeight: 20 },
            "id",
          ),
          [20, 20],
        );
        const { tempFilePath } = await host.canvasToTempFilePath({
          canvasId: "poster",
          fileType: "jpg",
        });
        assert.deepEqual(await sizeOf(tempFilePath, "jpg"), [80, 40]);
        const { data } = await host.canvasToBuffer({ canvasId: "poster" });
        writeFileSync(join(folder, "a.png"), data);
        assert.deepEqual(await sizeOf(pathToFileURL(join(folder, "a.png")), "url"), [80, 40]);
        assert.deepEqual(await sizeOf(Promise.resolve(data), "promise"), [80, 40]);
        assert.deepEqual(await sizeOf(Uint8Array.from(data), "array"), [80, 40]);
        assert.deepEqual(await sizeOf(Uint8Array.from(data).buffer, "buffer"), [80, 40]);
        const pixels = square().getContext("2d").getImageData(0, 0, 40, 20);
        assert.deepEqual(await sizeOf(pixels, "pixels"), [40, 20]);
        assert.deepEqual(await sizeOf(new ImageData(3, 2), "few pixels"), [3, 2]);
      });
    }));

  it("refuses values that are no picture, with the expected ones", () =>
    inPlayground(async ({ file, folder }) => {
      writeFileSync(join(folder, "text.txt"), "no picture");
      const webp = await square().encode("webp");
      const host = createHost();
      const cases: [actual: unknown, code: string, message: RegExp][] = [
        [undefined, "INVALID", /actual: expected a canvas.*got undefined/],
        [{}, "INVALID", /actual: expected a canvas.*got an object/],
        [7, "INVALID", /got 7/],
        [{ host: 5 }, "INVALID", /actual\.host: expected a host/],
        [{ host, canvasId: "none" }, "NOT_FOUND", /canvas is empty/],
        [{ data: new Uint8ClampedArray(5), width: 1, height: 1 }, "INVALID", /ImageData/],
        [{ data: new Float32Array(4), width: 1, height: 1 }, "INVALID", /ImageData/],
        [{ data: "text", width: 1, height: 1 }, "INVALID", /ImageData/],
        [{ data: new Uint8ClampedArray(0), width: 0, height: 0 }, "INVALID", /ImageData/],
        ["wxfile://tmp_1.png", "INVALID", /host\.resolvePath/],
        [join(folder, "none.png"), "ENOENT", /none\.png cannot be read/],
        [join(folder, "text.txt"), "SOURCE", /actual: expected a PNG/],
        [webp, "SOURCE", /expected a PNG or JPEG picture, got webp/],
        [Buffer.alloc(0), "SOURCE", /it is empty/],
      ];
      for (const [actual, code, message] of cases) {
        const failure = await failing(() => matchPicture(actual as never, "x", { in: file }));
        assert.equal(failure.code, code, failure.message);
        assert.match(failure.message, message);
      }
      class Canvas {}
      const imitation = Object.assign(new Canvas(), { width: 1 });
      Object.defineProperty(imitation, "constructor", { value: { name: "CanvasElement" } });
      const { code } = await failing(() => matchPicture(imitation as never, "x", { in: file }));
      assert.equal(code, "INVALID");
      await host.dispose();
    }));
});

describe("updates of baselines", () => {
  const cases: [env: Record<string, string>, missing: string, changed: string][] = [
    [{}, "new", "MISMATCH"],
    [{ UPDATE_PICTURES: "new" }, "new", "MISMATCH"],
    [{ UPDATE_PICTURES: "changed" }, "new", "updated"],
    [{ UPDATE_PICTURES: "1" }, "new", "updated"],
    [{ UPDATE_PICTURES: "all" }, "new", "updated"],
    [{ UPDATE_PICTURES: "none" }, "MISSING", "MISMATCH"],
    [{ CI: "true" }, "MISSING", "MISMATCH"],
    [{ CI: "1" }, "MISSING", "MISMATCH"],
    [{ CI: "false" }, "new", "MISMATCH"],
    [{ CI: "0" }, "new", "MISMATCH"],
    [{ CI: "true", UPDATE_PICTURES: "new" }, "new", "MISMATCH"],
    [{ CI: "true", UPDATE_PICTURES: "changed" }, "new", "updated"],
  ];
  for (const [env, missing, changed] of cases) {
    it(`are set by ${JSON.stringify(env)}: a missing one is ${missing}, a changed one ${changed}`, () =>
      inPlayground(async ({ file, baseline, pictures }) => {
        await compareAs(square(), "there", file);
        const before = readFileSync(baseline("there"));
        await withEnv(env, async () => {
          const outcome = (name: string) =>
            compareAs(square([1, 1]), name, file).then(
              ({ status }) => status,
              ({ code }) => code,
            );
          assert.equal(await outcome("missing"), missing);
          assert.equal(existsSync(baseline("missing")), missing === "new");
          assert.equal(await outcome("there"), changed);
          assert.equal(readFileSync(baseline("there")).equals(before), changed !== "updated");
          // A failed picture is kept, to be looked at and accepted.
          const isKept = (name: string) => findKept(pictures, name) !== undefined;
          assert.equal(isKept("missing.actual.png"), missing === "MISSING");
          assert.equal(isKept("there.actual.png"), changed === "MISMATCH");
        });
      }));
  }

  it("refuse other settings", () =>
    inPlayground(
      async ({ file }) => {
        const { code, message } = await failing(() => matchPicture(square(), "x", { in: file }));
        assert.equal(code, "INVALID");
        assert.match(
          message,
          /UPDATE_PICTURES: expected new, changed \(or 1\), or none, got "yes"/,
        );
      },
      { UPDATE_PICTURES: "yes" },
    ));

  it("report whether the baseline is from another environment", () =>
    inPlayground(async ({ file, baseline }) => {
      await compareAs(square(), "here", file);
      const ledger = join(dirname(baseline("here")), "environment.json");
      const differ = async () =>
        (await failing(() => compareAs(square([1, 1]), "here", file))).message;
      assert.match(
        await differ(),
        /The environment is the one that made the baseline: the drawing has changed/,
      );
      const { environments, pictures } = JSON.parse(readFileSync(ledger, "utf8"));
      const [key = ""] = Object.keys(environments);
      const { library, ...rest } = environments[key];
      environments[key] = { ...rest, engine: "@napi-rs/canvas 0.0.1", "font Other 400": "abc" };
      writeFileSync(ledger, JSON.stringify({ environments, pictures }));
      const message = await differ();
      assert.match(message, /The environment is not the one that made the baseline:/);
      assert.match(message, /engine: @napi-rs\/canvas 0\.0\.1 → @napi-rs\/canvas \d+\.\d+\.\d+/);
      assert.match(message, /font Other 400: abc → none/);
      assert.match(message, /library: none → wx-canvas-node/);
      writeFileSync(ledger, "<<<<<<< a torn merge");
      assert.match(await differ(), /It is not known which environment made the baseline/);
      // A new picture resolves the failure.
      await matchPicture(square(), "another", { in: file });
      assert.deepEqual(Object.keys(JSON.parse(readFileSync(ledger, "utf8")).pictures), ["another"]);
    }));
});

describe("bad input of picture tests", () => {
  it("names a file that is no picture, cut off or empty, and does not change it", () =>
    inPlayground(async ({ file, baseline }) => {
      const png = await square().encode("png");
      const broken: [bytes: Buffer, reason: RegExp][] = [
        [Buffer.from("no picture at all"), /expected a PNG; it begins with "no pictu"/],
        [Buffer.alloc(0), /expected a PNG; it is empty/],
        [png.subarray(0, png.length - 20), /cut off|truncated/i],
        [
          Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:1\n"),
          /`git lfs pull`/,
        ],
        [await square().encode("jpeg"), /expected a PNG/],
      ];
      for (const [index, [bytes, reason]] of broken.entries()) {
        const name = `broken ${index}`;
        mkdirSync(dirname(baseline(name)), { recursive: true });
        writeFileSync(baseline(name), bytes);
        const { code, message } = await failing(() => compareAs(square(), name, file));
        assert.equal(code, "SOURCE");
        assert.ok(message.includes(baseline(name)), message);
        assert.match(message, reason);
        assert.deepEqual(readFileSync(baseline(name)), bytes);
      }
      await withEnv({ UPDATE_PICTURES: "changed" }, async () => {
        assert.equal((await compareAs(square(), "broken 2", file)).status, "updated");
      });
    }));

  it("names a file that cannot be read or written, and leaves no part of it", () =>
    inPlayground(async ({ file, folder, baseline }) => {
      mkdirSync(baseline("a folder"), { recursive: true });
      const unreadable = await failing(() => matchPicture(square(), "a folder", { in: file }));
      assert.equal(unreadable.code, "EISDIR");
      assert.ok(unreadable.message.includes(baseline("a folder")));
      const other = join(folder, "other.spec.ts");
      writeFileSync(join(folder, "__pictures__", "other.spec.ts"), "in the way");
      const unwritable = await failing(() => matchPicture(square(), "x", { in: other }));
      assert.match(unwritable.code, /^(ENOTDIR|EEXIST)$/);
      assert.ok(unwritable.message.includes(join("other.spec.ts", "x.png")), unwritable.message);
      assert.deepEqual(readdirSync(join(folder, "__pictures__")).sort(), [
        "other.spec.ts",
        "poster.spec.ts",
      ]);
      writeFileSync(join(folder, "a file"), "");
      configurePictures({ folder: join(folder, "a file") });
      const unkept = await failing(() => matchPicture(square(), "y", { in: file }));
      assert.match(
        unkept.message,
        /a file: it cannot be written.*configurePictures\(\{ folder \}\)/,
      );
    }));

  it("is refused: names that no file can have, and wrong options", () =>
    inPlayground(async ({ file }) => {
      const cases: [name: unknown, options: unknown, message: RegExp][] = [
        ["a/b", {}, /name: expected a name without "\/", for it names a file, got "a\/b"/],
        ["a\\b", {}, /without "\\\\"/],
        ["..", {}, /neither begins nor ends with a dot/],
        ["a ", {}, /dot or space/],
        ["", {}, /name: expected the name of a picture, got ""/],
        [5, {}, /name: expected the name of a picture, got 5/],
        ["a".repeat(300), {}, /of at most 150 bytes \(it has 300\)/],
        ["字".repeat(51), {}, /at most 150 bytes \(it has 153\)/],
        ["con", {}, /device of Windows/],
        ["a\0b", {}, /without/],
        ["x", { threshold: 2 }, /threshold: expected a number from 0 to 1, got 2/],
        ["x", { treshold: 0.2 }, /"treshold": not one of the settings/],
        ["x", { maxDiffPixels: -1 }, /maxDiffPixels: expected a whole number of pixels/],
        ["x", { maxDiffRatio: Number.NaN }, /maxDiffRatio: expected a number from 0 to 1, got NaN/],
        [
          "x",
          { ignore: [{ x: 0, y: 0, width: -1, height: 1 }] },
          /ignore\.0\.width: expected a finite number/,
        ],
        ["x", { ignore: { x: 0 } }, /ignore: expected an array of rectangles/],
        ["x", { in: 5 }, /in: expected a path or a file: URL, got 5/],
        ["x", { in: "https://a.b/c" }, /in: expected a path or a file: URL/],
        ["x", { folder: "x" }, /folder: expected nothing here/],
        ["x", { test: 5 }, /test: expected the runner's test context/],
        ["x", { test: null }, /test: expected the runner's test context, got null/],
        ["x", { test: () => {} }, /test: expected the runner's test context, got a function/],
        ["x", null, /options: expected an object, got null/],
      ];
      for (const [name, options, message] of cases) {
        const settings = options && { in: file, ...(options as object) };
        const failure = await failing(() =>
          matchPicture(square(), name as never, settings as never),
        );
        assert.equal(failure.code, "INVALID", failure.message);
        assert.match(failure.message, message);
      }
      assert.throws(
        () => configurePictures({ in: "x" } as never),
        /configurePictures:fail in: expected nothing here/,
      );
      assert.throws(() => configurePictures({ folder: "" }), /folder: expected a path/);
      assert.throws(() => configurePictures(null as never), /options: expected an object/);
      await matchPicture(square(), "字".repeat(50), { in: file });
    }));

  it("uses the configured options, unless the call has its own", () =>
    inPlayground(async ({ file, pictures }) => {
      await compareAs(square(), "configured", file);
      configurePictures({ folder: pictures, maxDiffPixels: 1 });
      const one = square([1, 1]);
      assert.equal((await compareAs(one, "configured", file)).status, "passed");
      const all = { maxDiffPixels: undefined, threshold: 0 };
      assert.equal((await compareAs(one, "configured", file, all)).status, "passed");
      const { code } = await failing(() =>
        compareAs(one, "configured", file, { maxDiffPixels: 0 }),
      );
      assert.equal(code, "MISMATCH");
    }));
});

describe("corners of picture tests", () => {
  it("shows shares that are too small for two digits, and incomparable pictures", () =>
    inPlayground(async ({ file }) => {
      const one = createCanvas(400, 400);
      one.getContext("2d").fillRect(0, 0, 1, 1);
      await compareAs(createCanvas(400, 400), "large", file);
      const { message } = await failing(() => compareAs(one, "large", file));
      assert.match(message, /1 of 160,000 pixels \(< 0\.01 %\)/);
      const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
      assert.equal((await failing(() => compareAs(svg, "svg", file))).code, "SOURCE");
    }));
});

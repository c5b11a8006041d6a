// Contexts of a host's canvases: fonts follow the state as the engine's do, and no image is left
// out silently.
import assert from "node:assert/strict";
import { type Canvas, createCanvas, Image, type SKRSContext2D } from "@napi-rs/canvas";
import { createCanvas as createForeignCanvas, Image as ForeignImage } from "engine-copy";
import fc from "fast-check";
import type { CanvasError, Host } from "../../lib/index.ts";
import { FAMILY } from "../support/fonts.ts";
import { withHost } from "../support/hosts.ts";

const SIDE = 30;

type Change = [name: string, value?: unknown];

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Change>(["save"], ["restore"], ["text"]) },
  fc.constantFrom<Change>(["reset"], ["width", SIDE], ["measure"]),
  fc.tuple(
    fc.constant("font"),
    fc.constantFrom(
      `12px "${FAMILY}"`,
      `bold 20px "${FAMILY}"`,
      `italic 9px "${FAMILY}"`,
      `oblique 30deg 12px "${FAMILY}"`,
      `bold condensed 12px "${FAMILY}"`,
      "no font",
      "20px",
    ),
  ),
  fc.tuple(
    fc.constant("fontVariantCaps"),
    fc.constantFrom("small-caps", "all-small-caps", "unicase", "normal", "none"),
  ),
  fc.tuple(fc.constant("fontStretch"), fc.constantFrom("condensed", "normal", "none")),
);

/** Does the change; returns what code can read afterwards. */
function perform(context: SKRSContext2D, [name, value]: Change): unknown[] {
  if (name === "text") context.fillText("Ag", 2, 20);
  else if (name === "width") context.canvas.width = value as number;
  else if (name === "measure") return [context.measureText("Ag").width];
  else if (value === undefined) (context as unknown as Record<string, () => void>)[name]?.();
  else Object.assign(context, { [name]: value });
  const { font, fontStretch, fontVariantCaps } = context;
  // The engine reads back neither the angle nor the width.
  return [font.replace(/oblique 30deg |condensed /, ""), fontStretch, fontVariantCaps];
}

describe("the font of a context", () => {
  it("is that of a bare context: 1,000 random lists of changes", () =>
    withHost({}, (host) => {
      const ours = host.createCanvas("a", SIDE, SIDE);
      const bare = createCanvas(SIDE, SIDE);
      fc.assert(
        fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
          const start: Change[] = [["reset"], ["font", `10px "${FAMILY}"`]];
          const [own, expected] = [ours, bare].map((canvas) =>
            [...start, ...changes].map((one) => {
              // A reset font is the engine's default, which is another one.
              const isReset = one[0] === "reset" || one[0] === "width";
              const read = perform(canvas.getContext("2d"), one);
              if (isReset) perform(canvas.getContext("2d"), ["font", `10px "${FAMILY}"`]);
              return read;
            }),
          );
          assert.deepEqual(own, expected);
          assert.ok(pixelsOf(ours).equals(pixelsOf(bare)));
        }),
        { numRuns: 1000 },
      );
    }));

  it("drops unparsable values of any type, and reads text as a string", () =>
    withHost({}, (host) => {
      const context = host.createCanvas("a", SIDE, SIDE).getContext("2d");
      context.font = `20px "${FAMILY}"`;
      for (const value of [5, null, {}, "x".repeat(2000)]) context.font = value as never;
      assert.equal(context.font, `20px "${FAMILY}"`);
      assert.throws(() => {
        context.font = Symbol("font") as never;
      }, TypeError);
      const { width } = context.measureText("5");
      assert.equal(context.measureText(5 as never).width, width);
      assert.throws(() => (context.fillText as () => void)(), TypeError);
    }));
});

function pixelsOf(canvas: Canvas): Buffer {
  return Buffer.from(canvas.getContext("2d").getImageData(0, 0, SIDE, SIDE).data.buffer);
}

describe("an image that cannot be drawn yet, or at all", () => {
  /** What the host's onError gets while the code runs. */
  async function reports(run: (host: Host) => unknown): Promise<CanvasError[]> {
    const failures: CanvasError[] = [];
    await withHost({ onError: (error) => failures.push(error as CanvasError) }, async (host) => {
      await run(host);
    });
    return failures;
  }

  const canvases: Record<string, (host: Host) => Canvas> = {
    createCanvas: (host) => host.createCanvas("a", SIDE, SIDE),
    "an offscreen canvas": (host) =>
      host.wx.createOffscreenCanvas({ width: SIDE, height: SIDE }) as Canvas,
    "a 2D node": (host) =>
      host.mountCanvas({ id: "n", type: "2d", width: SIDE, height: SIDE }).node,
  };
  for (const [name, make] of Object.entries(canvases)) {
    it(`is reported with source and reason, once for each: ${name}`, async () => {
      const failures = await reports(async (host) => {
        const context = make(host).getContext("2d");
        const image = host.wx.createOffscreenCanvas({ width: 1, height: 1 }).createImage();
        context.drawImage(image, 0, 0);
        const failed = new Promise((resolve) => {
          image.onerror = resolve;
        });
        image.src = "none.png";
        for (let i = 0; i < 3; i++) context.drawImage(image, 0, 0, 9, 9);
        assert.equal(context.createPattern(image, "repeat"), null);
        await failed;
        for (let i = 0; i < 3; i++) context.drawImage(image, 0, 0);
      });
      assert.deepEqual(
        failures.map(({ code, errMsg }) => [code, errMsg]),
        [
          ["SOURCE", "drawImage:fail left out an image that has no src"],
          ["SOURCE", 'drawImage:fail left out "none.png": it has not loaded yet'],
          ["SOURCE", 'createPattern:fail left out "none.png": it has not loaded yet'],
          ["SOURCE", 'drawImage:fail left out "none.png": there is no such file'],
        ],
      );
      assert.match(failures[1]?.message ?? "", /draw it in its onload/);
    });
  }

  it("names a source that its reason does not name", async () => {
    const failures = await reports(async (host) => {
      const context = host.createCanvas("a", SIDE, SIDE).getContext("2d");
      const image = host.wx.createOffscreenCanvas({ width: 1, height: 1 }).createImage();
      const failed = new Promise((resolve) => {
        image.onerror = resolve;
      });
      image.src = "data:image/png;base64,AAAA";
      await failed;
      context.drawImage(image, 0, 0);
    });
    assert.match(
      failures[0]?.errMsg ?? "",
      /^drawImage:fail left out "data:image\/png;base64,AAAA/,
    );
  });

  it("may have been drawn before another source failed", async () => {
    const failures = await reports(async (host) => {
      const context = host.createCanvas("a", SIDE, SIDE).getContext("2d");
      const image = host.wx.createOffscreenCanvas({ width: 1, height: 1 }).createImage();
      image.onerror = () => {};
      const bytes = createCanvas(3, 3).toBuffer("image/png");
      image.src = `data:image/png;base64,${bytes.toString("base64")}`;
      await image.decode();
      context.drawImage(image, 0, 0);
      image.src = "none.png";
      context.drawImage(image, 0, 0);
      await image.decode().catch(() => {});
      context.drawImage(image, 0, 0);
    });
    assert.deepEqual(
      failures.map(({ errMsg }) => errMsg),
      ['drawImage:fail left out "none.png": there is no such file'],
    );
  });

  it("is not one that is loaded, a canvas, or one of the engine's that is loaded", async () => {
    const failures = await reports((host) => {
      const context = host.createCanvas("a", SIDE, SIDE).getContext("2d");
      const image = new Image();
      context.drawImage(image, 0, 0);
      image.src = createCanvas(3, 3).toBuffer("image/png");
      for (const source of [image, image, createCanvas(3, 3)]) context.drawImage(source, 0, 0);
    });
    assert.deepEqual(
      failures.map(({ errMsg }) => errMsg),
      ["drawImage:fail left out an image that has no src"],
    );
  });

  it("is named in a legacy draw, too", async () => {
    const [failure] = (
      await reports(async (host) => {
        host.mountCanvas({ canvasId: "a", width: SIDE, height: SIDE });
        const context = host.wx.createCanvasContext("a");
        const image = host.wx.createOffscreenCanvas({ width: 1, height: 1 }).createImage();
        image.onerror = () => {};
        image.src = "none.png";
        context.drawImage(image as never, 0, 0, 5, 5);
        await new Promise<void>((resolve) => context.draw(false, () => resolve()));
      })
    ).slice(-1);
    assert.match(failure?.errMsg ?? "", /^drawCanvas:fail left out "none.png": /);
  });

  it("is refused with a hint when it belongs to another copy of the engine", () =>
    withHost({}, (host) => {
      const context = host.createCanvas("a", SIDE, SIDE).getContext("2d");
      const [canvas, image] = [createForeignCanvas(5, 5), new ForeignImage()];
      for (const [what, foreign] of Object.entries({ canvas, image })) {
        for (const name of ["drawImage", "createPattern"] as const) {
          assert.throws(() => context[name](foreign as never, 0 as never, 0), {
            code: "INVALID",
            errMsg: new RegExp(`^${name}:fail ${what}: .* another copy of @napi-rs/canvas$`),
            hint: "`npm ls @napi-rs/canvas` shows both; keep one",
          });
        }
      }
    }));

  it("draws nothing for a proxy that is revoked, on any context", async () => {
    const failures = await reports(async (host) => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      const context = host.createCanvas("a", SIDE, SIDE).getContext("2d");
      assert.throws(() => context.drawImage(proxy as never, 0, 0), TypeError);
      host.mountCanvas({ canvasId: "b", width: SIDE, height: SIDE });
      const legacy = host.wx.createCanvasContext("b");
      legacy.drawImage(proxy as never, 0, 0, 5, 5);
      await new Promise<void>((resolve) => legacy.draw(false, () => resolve()));
    });
    assert.equal(failures.length, 1);
    assert.match(failures[0]?.errMsg ?? "", /^drawCanvas:fail left out /);
  });
});

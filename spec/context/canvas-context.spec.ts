// The record of a legacy context: which values read back, which calls are dropped, what code may
// replace.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import fc from "fast-check";
import { PROPERTIES, WECHAT_SETTERS } from "../../lib/context/members.ts";
import { METHODS } from "../../lib/context/methods.ts";
import { type CanvasContext, loadFont } from "../../lib/index.ts";
import { start } from "../support/children.ts";
import { FAMILY } from "../support/fonts.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { assertPixel, decode } from "../support/pictures.ts";

type Loose = Record<string, (...given: unknown[]) => unknown>;

function recording<T>(test: (context: CanvasContext, loose: Loose) => T | Promise<T>): Promise<T> {
  return withHost({}, (host) => {
    const context = host.wx.createCanvasContext("a");
    return test(context, context as unknown as Loose);
  });
}

describe("the record of a legacy context", () => {
  it("takes old and new style, mixed, and reads properties back", () =>
    recording((context) => {
      context.setFillStyle("red");
      assert.equal(context.fillStyle, "#ff0000");
      context.fillStyle = "blue";
      assert.equal(context.fillStyle, "#0000ff");
      context.setLineWidth(7);
      assert.equal(context.lineWidth, 7);
      context.lineWidth = 3;
      context.save();
      context.lineWidth = 9;
      context.restore();
      assert.equal(context.lineWidth, 3);
      context.setTextBaseline("normal");
      assert.equal(context.textBaseline, "alphabetic");
      context.setShadow(1, 2, 3);
      const { shadowOffsetX, shadowOffsetY, shadowBlur, shadowColor } = context;
      assert.deepEqual(
        [shadowOffsetX, shadowOffsetY, shadowBlur, shadowColor],
        [1, 2, 3, "#000000"],
      );
    }));

  it("gives its actions once, each as method and data", () =>
    recording((context) => {
      context.setFillStyle("red");
      context.fillRect(1, 2, 3, "4" as never);
      assert.deepEqual(context.getActions(), [
        { method: "setFillStyle", data: ["#ff0000"] },
        { method: "fillPath", data: [{ method: "rect", data: [1, 2, 3, 4] }] },
      ]);
      assert.deepEqual(context.getActions(), []);
      context.fillRect(1, 2, 3, 4);
      context.clearActions();
      assert.deepEqual(context.getActions(), []);
    }));

  it("gives actions that wx.drawCanvas paints, from a context without a canvas", () =>
    withHost({}, async (host) => {
      host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
      const context = host.wx.createContext();
      context.setFillStyle("#f00");
      context.fillRect(0, 0, 10, 20);
      const paint = (actions: unknown, reserve: boolean) =>
        host.wx.drawCanvas({ canvasId: "a", actions: actions as never, reserve });
      assert.equal((await paint(context.getActions(), false)).errMsg, "drawCanvas:ok");
      context.setFillStyle("#00f");
      context.fillRect(10, 0, 10, 20);
      const hostile = [
        null,
        5,
        {},
        { method: "constructor", data: [] },
        { method: "__proto__", data: [] },
        { method: "fillRect" },
        { method: "drawCanvas", data: [1, 2, 3] },
        { method: "translate", data: Array(1_000_000).fill(0) },
        { method: "fillPath", data: [{ method: "constructor", data: [] }, { method: "moveTo" }] },
      ];
      await paint([...hostile, ...context.getActions()], true);
      const picture = await decode((await host.canvasToBuffer({ canvasId: "a" })).data);
      assertPixel(picture.at(5, 5), [255, 0, 0, 255]);
      assertPixel(picture.at(15, 5), [0, 0, 255, 255]);
      await assert.rejects(paint("no actions", true), /drawCanvas:fail actions: expected an array/);
      await assert.rejects(host.wx.drawCanvas({ canvasId: "b", actions: [] }), /canvas is empty/);
    }));

  it("works as a member of the data of Vue 3, which makes plain objects reactive", () =>
    withHost({}, async (host) => {
      host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
      const reactive = <T>(value: T): T => {
        if (Object.prototype.toString.call(value) !== "[object Object]") return value;
        return new Proxy(value as object, {
          get: (target, name, receiver) => reactive(Reflect.get(target, name, receiver)),
        }) as T;
      };
      const data = reactive({ context: host.wx.createCanvasContext("a") });
      data.context.setFillStyle("#f00");
      data.context.fillRect(0, 0, 20, 20);
      data.context.draw();
      const picture = await decode((await host.canvasToBuffer({ canvasId: "a" })).data);
      assertPixel(picture.at(5, 5), [255, 0, 0, 255]);
    }));

  it("makes wx.drawCanvas fail beyond maxCalls, as draw does", () =>
    withHost({ limits: { maxCalls: 3 } }, async (host) => {
      host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
      const actions = Array.from({ length: 4 }, () => ({ method: "fillRect", data: [0, 0, 9, 9] }));
      const most = { canvasId: "a", actions: actions.slice(1) };
      assert.equal((await host.wx.drawCanvas(most)).errMsg, "drawCanvas:ok");
      const beyond = () => host.wx.drawCanvas({ canvasId: "a", actions, reserve: true });
      assert.equal((await failureOf(beyond)).code, "TOO_LARGE");
    }));

  it("gives only actions that wx.drawCanvas accepts: each has its whole path", () =>
    withHost({ limits: { maxCalls: 10 } }, async (host) => {
      host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
      const context = host.wx.createContext();
      const draw = (strokes: number) => {
        for (let i = 0; i < 3; i++) context.lineTo(i, i);
        for (let i = 0; i < strokes; i++) context.stroke();
        return context.getActions();
      };
      const actions = draw(2);
      assert.equal((await host.wx.drawCanvas({ canvasId: "a", actions })).errMsg, "drawCanvas:ok");
      assert.deepEqual(draw(3), []);
    }));

  it("drops calls with unusable arguments; a gradient's arguments count as 0", () =>
    recording((context, loose) => {
      context.fillText("a", 1, 2, "wide" as never);
      context.setLineDash([0, 0], undefined as never);
      context.setLineDash([1, 2], Symbol("no number") as never);
      const record = [
        { method: "fillText", data: ["a", 1, 2] },
        { method: "setLineDash", data: [[]] },
        { method: "setLineDash", data: [[1, 2]] },
      ];
      assert.deepEqual(context.getActions(), record);
      assert.equal(context.measureText(Symbol("no text") as never).width, 0);
      for (const given of [[], [Number.NaN, "x", Number.POSITIVE_INFINITY, Symbol("s")]]) {
        for (const name of ["createLinearGradient", "createRadialGradient"]) {
          const gradient = (loose[name] as (...args: unknown[]) => object)(...given);
          assert.equal(gradient.constructor.name, "CanvasGradient");
        }
      }
      for (const repetition of ["", null, "repeat"]) {
        assert.ok(context.createPattern("a.png", repetition as never));
      }
    }));

  it("records a gradient or a pattern again when it is set again", () =>
    recording((context) => {
      for (const style of [
        context.createLinearGradient(0, 0, 1, 1),
        context.createPattern("a.png", "repeat"),
      ]) {
        context.fillStyle = style as never;
        context.fillStyle = style as never;
        const styles = context.getActions().map(({ data }) => data[0]);
        assert.ok(styles.length === 2 && styles.every((one) => one === style));
      }
    }));

  it("lets code replace members, and keeps own properties", () =>
    recording((context) => {
      let width: unknown;
      context.setLineWidth = (value) => {
        width = value;
      };
      context.setLineWidth(5);
      assert.deepEqual([width, context.lineWidth], [5, 1]);
      const own = context as unknown as Record<string, unknown>;
      for (const member of [
        ...Object.keys(METHODS),
        ...WECHAT_SETTERS,
        "draw",
        "measureText",
        "createRadialGradient",
      ]) {
        own[member] = member;
        assert.equal(own[member], member);
      }
    }));

  it("has setters and draw, which 2D contexts lack", () =>
    recording((context) => {
      assert.equal(typeof context.setStrokeStyle, "function");
      assert.equal(typeof context.draw, "function");
    }));

  describe("drops a call that every canvas drops", () => {
    const numeric = Object.entries(METHODS).flatMap(([name, { length }]) =>
      length > 0 ? [name] : [],
    );
    for (const method of numeric) {
      if (["setLineDash", "fill", "clip"].includes(method)) continue;
      it(method, () =>
        recording((context, loose) => {
          const call = loose[method]?.bind(context);
          assert.ok(call);
          call();
          call(Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN);
          call("a", 1, Number.POSITIVE_INFINITY, Symbol("x"), 1n, {}, []);
          assert.deepEqual(context.getActions(), []);
        }),
      );
    }

    it("setLineDash", () =>
      recording((context, loose) => {
        for (const pattern of [undefined, 5, [-1], [Number.NaN], ["a"], [Symbol("x")]]) {
          loose.setLineDash?.call(context, pattern);
        }
        assert.deepEqual(context.getActions(), []);
        context.setLineDash([0, 0], 0);
        assert.deepEqual(context.getLineDash(), []);
      }));

    it("drops an array that throws when it is read", () =>
      recording((_, loose) => {
        const { proxy, revoke } = Proxy.revocable([], {});
        revoke();
        loose.setLineDash?.(proxy);
        loose.roundRect?.(0, 0, 5, 5, proxy);
        assert.deepEqual(loose.getActions?.(), []);
      }));
  });

  it("drops a call that the engine refuses when painting, and paints the rest", () =>
    withHost({}, async (host) => {
      host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
      const context = host.wx.createCanvasContext("a");
      context.arc(5, 5, -1, 0, 7);
      context.ellipse(5, 5, -1, 1, 0, 0, 7);
      context.roundRect(0, 0, 5, 5, -3);
      context.roundRect(0, 0, 5, 5, "x" as never);
      context.fillRect(10, 10, 5, 5);
      const result = await new Promise<{ errMsg: string }>((resolve) =>
        context.draw(false, resolve),
      );
      assert.equal(result.errMsg, "drawCanvas:ok");
      const picture = await decode((await host.canvasToBuffer({ canvasId: "a" })).data);
      assertPixel(picture.at(12, 12), [0, 0, 0, 255]);
      assertPixel(picture.at(2, 2), [0, 0, 0, 0]);
    }));

  it("accepts any value for every argument of every member, and draws", () =>
    withHost({ limits: { maxSide: 100 } }, (host) => {
      host.mountCanvas({ canvasId: "a", width: 10, height: 10 });
      const context = host.wx.createCanvasContext("a") as unknown as Loose &
        Record<string, unknown>;
      const methods = [
        ...Object.keys(METHODS),
        ...WECHAT_SETTERS,
        "setFontSize",
        "setShadow",
        "createLinearGradient",
        "createCircularGradient",
        "createRadialGradient",
        "createConicGradient",
        "createPattern",
        "measureText",
      ];
      // A string would name a file; lib/images tests those.
      const wild = fc
        .anything({
          withBigInt: true,
          withDate: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
        })
        .filter((value) => typeof value !== "string" || value === "");
      const anything = fc.oneof(
        wild,
        fc.constant(Symbol("s")),
        fc.constant(() => {}),
        fc.double(),
      );
      return fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.constantFrom(...methods), fc.array(anything, { maxLength: 9 })), {
            maxLength: 20,
          }),
          fc.array(fc.tuple(fc.constantFrom(...PROPERTIES), anything), { maxLength: 8 }),
          async (calls, values) => {
            for (const [method, data] of calls) context[method]?.(...data);
            for (const [property, value] of values) Object.assign(context, { [property]: value });
            const { errMsg } = await new Promise<{ errMsg: string }>((resolve) => {
              context.draw?.(false, resolve);
            });
            assert.match(errMsg, /^drawCanvas:(ok|fail left out )/);
          },
        ),
        { numRuns: 1500 },
      );
    })).timeout(60_000);

  describe("text", () => {
    it("changes only the size by setFontSize, and by a size alone; rpx is px", () =>
      recording((context) => {
        context.font = `italic bold 12px "${FAMILY}"`;
        context.setFontSize(30);
        assert.equal(context.font, `italic bold 30px "${FAMILY}"`);
        context.font = "20px";
        assert.equal(context.font, `20px "${FAMILY}"`);
        context.font = "bold 18rpx";
        assert.equal(context.font, `bold 18px "${FAMILY}"`);
        context.font = "22rpx serif";
        assert.equal(context.font, "22px serif");
        for (const size of [Number.NaN, -5, "big", undefined, {}])
          context.setFontSize(size as number);
        assert.equal(context.font, "22px serif");
      }));

    it("reads back as it was set, although fonts are registered before and after", () =>
      recording(async (context) => {
        const file = createRequire(import.meta.url).resolve(
          "@fontsource/noto-sans-sc/files/noto-sans-sc-latin-400-normal.woff2",
        );
        await loadFont(file, "plain");
        context.font = "12px serif";
        assert.equal(context.font, "12px serif");
        await loadFont(file, 'Quoted "family"');
        assert.equal(context.font, "12px serif");
        context.setFontSize(20);
        assert.equal(context.font, "20px serif");
        context.fillText("x", 0, 0);
        assert.deepEqual(context.getActions().at(-2), { method: "setFont", data: ["20px serif"] });
      }));

    it("is measured at once and in full, with the current font", () =>
      recording((context) => {
        context.font = `20px "${FAMILY}"`;
        const { width, actualBoundingBoxAscent } = context.measureText("海之间");
        assert.ok(Math.abs(width - 60) < 0.01);
        assert.ok(actualBoundingBoxAscent > 10 && actualBoundingBoxAscent < 25);
        context.setFontSize(40);
        assert.ok(Math.abs(context.measureText("海之间").width - 120) < 0.01);
        assert.equal(context.measureText(5 as never).width > 0, true);
        assert.equal(context.measureText(undefined as never).width > 0, true);
      }));

    it("falls back to a registered font; without any, a warning reports boxes", async () => {
      const file = createRequire(import.meta.url).resolve(
        "@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff2",
      );
      const { stdout, stderr } = await start(
        `
        const { createHost, loadFont } = wxCanvas;
        const inked = async () => {
          const host = createHost({ fonts: { packages: false } });
          host.mountCanvas({ canvasId: "a", width: 90, height: 40 });
          const context = host.wx.createCanvasContext("a");
          for (const font of ["30px PingFang SC", "bold 30px sans-serif"]) context.font = font;
          context.fillText("山海", 5, 32);
          context.fillText("山海", 5, 32);
          const { width } = context.measureText("山海");
          context.draw();
          const { data } = await host.canvasToBuffer({ canvasId: "a" });
          await host.dispose();
          return [Math.round(width), context.font, data.length].join();
        };
        console.log(await inked());
        await loadFont(${JSON.stringify(file)}, "Noto Sans SC");
        console.log(await inked());`,
        { DISABLE_SYSTEM_FONTS_LOAD: "1" },
      ).ended;
      const [boxes, glyphs] = stdout.trim().split("\n");
      assert.match(glyphs ?? "", /^60,10px sans-serif,/, stderr);
      assert.notEqual(boxes, glyphs);
      assert.equal(stderr.split("WX_CANVAS_MISSING_CHARACTERS").length - 1, 1, stderr);
      assert.match(
        stderr,
        /font bold 30px sans-serif: no font has "山海", boxes are drawn instead/,
      );
      assert.match(stderr, /npm i @fontsource\/noto-sans-sc/);
    });

    for (const pixelRatio of [1, 2, 3]) {
      it(`is measured as it is drawn at ratio ${pixelRatio}`, () =>
        withHost({ pixelRatio }, async (host) => {
          const text = "Poster 海报 2026";
          host.mountCanvas({ canvasId: "a", width: 300, height: 60 });
          const context = host.wx.createCanvasContext("a");
          context.font = `24px "${FAMILY}"`;
          const { actualBoundingBoxLeft, actualBoundingBoxRight } = context.measureText(text);
          context.fillText(text, 20, 40);
          context.draw();
          const picture = await decode((await host.canvasToBuffer({ canvasId: "a" })).data);
          const inked = [...Array(picture.width).keys()].filter((x) =>
            [...Array(picture.height).keys()].some((y) => picture.at(x, y)[3] > 40),
          );
          const [left = 0, right = 0] = [inked[0], inked.at(-1)];
          assert.ok(
            Math.abs(left / pixelRatio - (20 - actualBoundingBoxLeft)) < 1.5,
            `left ${left}`,
          );
          assert.ok(
            Math.abs(right / pixelRatio - (20 + actualBoundingBoxRight)) < 2,
            `right ${right}`,
          );
        }));
    }
  });

  describe("a value that cannot be parsed", () => {
    it("keeps the style before it, and warns once for each value", async () => {
      const { stderr, stdout } = await start(`
        const context = wxCanvas.wx.createCanvasContext("a");
        context.setFillStyle("red");
        for (const colour of ["blurple", "#12", "rgb(1)", undefined, null, 5, {}, "", Symbol("c")]) {
          context.setFillStyle(colour);
          context.strokeStyle = colour;
          context.shadowColor = colour;
        }
        for (const font of ["large", "huge", "large"]) context.font = font;
        console.log(context.fillStyle, context.strokeStyle, context.font);
        context.createLinearGradient(0, 0, 1, 1).addColorStop(2, "red");
        console.log(context.createPattern("a.png", "both"));`).ended;
      assert.equal(stdout, "#ff0000 #000000 10px sans-serif\nundefined\n");
      const counts: Record<string, number> = {};
      for (const [, code = ""] of stderr.matchAll(/\[WX_CANVAS_(\w+)\]/g)) {
        counts[code] = (counts[code] ?? 0) + 1;
      }
      assert.deepEqual(counts, {
        FILLSTYLE: 9,
        STROKESTYLE: 9,
        SHADOWCOLOR: 9,
        FONT: 2,
        ADDCOLORSTOP: 1,
        CREATEPATTERN: 1,
      });
      assert.match(stderr, /fillStyle: "blurple" cannot be parsed; "#ff0000" stays/);
    });

    it("keeps the filter before it when it has too many functions for the engine", () =>
      recording((context, loose) => {
        const blurs = (count: number) => Array(count).fill("blur(5px)").join(" ");
        context.filter = blurs(16);
        assert.equal(context.filter, blurs(16));
        for (const filter of [blurs(17), blurs(500), [blurs(17)]]) {
          (loose as { filter: unknown }).filter = filter;
          assert.equal(context.filter, blurs(16));
        }
        context.filter = "none";
        assert.equal(context.filter, "none");
      }));

    it("is no colour of CSS: every one of those is parsed", () =>
      recording((context) => {
        for (const colour of [
          "#abc",
          "#abcd",
          "#aabbcc",
          "#aabbccdd",
          "RED",
          "rgb(1, 2, 3)",
          "rgba(1,2,3,.5)",
          "hsl(120 50% 50%)",
          "hwb(120 10% 10%)",
          "transparent",
          "rebeccapurple",
        ]) {
          context.fillStyle = "#010204";
          context.setFillStyle(colour);
          assert.notEqual(context.fillStyle, "#010204", colour);
        }
      }));
  });
});

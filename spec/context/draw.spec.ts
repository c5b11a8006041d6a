// draw(): when it paints, what it resets, which callbacks it calls, and what a concurrent export
// sees.
import assert from "node:assert/strict";
import { createCanvas, Image } from "@napi-rs/canvas";
import type { CanvasContext, CanvasError, DrawResult, Host } from "../../lib/index.ts";
import { serve } from "../support/assets.ts";
import { start } from "../support/children.ts";
import { drawn, failureOf, withHost } from "../support/hosts.ts";
import { assertPixel, decode, type Picture, type Pixel } from "../support/pictures.ts";

const RED: Pixel = [255, 0, 0, 255];
const BLACK: Pixel = [0, 0, 0, 255];
const BLUE: Pixel = [0, 0, 255, 255];
const NOTHING: Pixel = [0, 0, 0, 0];

function mounted(host: Host, canvasId = "a", width = 200, height = 150): CanvasContext {
  host.mountCanvas({ canvasId, width, height });
  return host.wx.createCanvasContext(canvasId);
}

async function look(host: Host, canvasId = "a"): Promise<Picture> {
  return decode((await host.canvasToBuffer({ canvasId })).data);
}

function drawing(context: CanvasContext, reserve = false): Promise<DrawResult> {
  return new Promise((resolve) => context.draw(reserve, resolve));
}

/** A PNG of one colour, as a data URL. */
async function png(colour: string): Promise<string> {
  const canvas = drawn(createCanvas(10, 10), (context) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 10, 10);
  });
  return canvas.toDataURL("image/png");
}

describe("draw", () => {
  describe("as WeChat documents it", () => {
    it("keeps the red rectangle with reserve, and paints the next one black", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        context.setFillStyle("red");
        context.fillRect(10, 10, 150, 75);
        context.draw();
        context.fillRect(50, 50, 150, 75);
        context.draw(true);
        const picture = await look(host);
        assertPixel(picture.at(20, 20), RED);
        assertPixel(picture.at(100, 90), BLACK);
        assertPixel(picture.at(180, 120), BLACK);
      }));

    it("leaves only the black one without reserve", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        context.setFillStyle("red");
        context.fillRect(10, 10, 150, 75);
        context.draw();
        context.fillRect(50, 50, 150, 75);
        context.draw();
        const picture = await look(host);
        assertPixel(picture.at(20, 20), NOTHING);
        assertPixel(picture.at(100, 90), BLACK);
      }));

    it("keeps the path until beginPath; fillRect does not touch it", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        context.rect(10, 10, 100, 30);
        context.closePath();
        context.beginPath();
        context.rect(10, 40, 100, 30);
        context.setFillStyle("blue");
        context.fillRect(10, 70, 100, 30);
        context.rect(10, 100, 100, 30);
        context.setFillStyle("red");
        context.fill();
        context.draw();
        const picture = await look(host);
        assertPixel(picture.at(50, 20), NOTHING);
        assertPixel(picture.at(50, 50), RED);
        assertPixel(picture.at(50, 80), BLUE);
        assertPixel(picture.at(50, 110), RED);
      }));

    it("begins a path at lineTo when it is empty; fill and stroke both use it", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        context.lineTo(10, 10);
        context.lineTo(110, 10);
        context.lineTo(110, 110);
        context.setFillStyle("red");
        context.fill();
        context.setStrokeStyle("blue");
        context.setLineWidth(4);
        context.stroke();
        context.draw();
        const picture = await look(host);
        assertPixel(picture.at(90, 50), RED);
        assertPixel(picture.at(60, 10), BLUE);
        // The stroke leaves the path open.
        assertPixel(picture.at(30, 45), NOTHING);
      }));
  });

  it("paints nothing before it is called", () =>
    withHost({}, async (host) => {
      const context = mounted(host);
      context.fillRect(0, 0, 50, 50);
      assertPixel((await look(host)).at(10, 10), NOTHING);
      context.draw();
      assertPixel((await look(host)).at(10, 10), BLACK);
    }));

  for (const reserve of [false, true]) {
    it(`resets style, transform, clip, saves and path (reserve ${reserve})`, () =>
      withHost({ pixelRatio: 2 }, async (host) => {
        const context = mounted(host);
        context.setFillStyle("red");
        context.setGlobalAlpha(0.5);
        context.setLineDash([4, 2], 1);
        context.setShadow(5, 5, 5, "blue");
        context.font = "italic 30px serif";
        context.translate(70, 70);
        context.rotate(1);
        context.rect(0, 0, 5, 5);
        context.clip();
        context.save();
        context.save();
        context.draw(reserve);
        assert.equal(context.fillStyle, "#000000");
        assert.equal(context.globalAlpha, 1);
        assert.equal(context.font, "10px sans-serif");
        assert.deepEqual(context.getLineDash(), []);
        context.restore();
        context.fill();
        context.fillRect(0, 0, 20, 20);
        context.draw(reserve);
        const picture = await look(host);
        assertPixel(picture.at(2, 2), BLACK);
        assertPixel(picture.at(39, 39), BLACK);
        assertPixel(picture.at(42, 42), NOTHING);
        assertPixel(picture.at(142, 150), NOTHING);
      }));
  }

  it("never restores more than it saved: the canvas's ratio stays", () =>
    withHost({ pixelRatio: 2 }, async (host) => {
      const context = mounted(host);
      for (let i = 0; i < 5; i++) context.restore();
      context.setTransform(1, 0, 0, 1, 10, 10);
      context.fillRect(0, 0, 10, 10);
      context.resetTransform();
      context.fillRect(0, 0, 5, 5);
      context.draw();
      const picture = await look(host);
      assertPixel(picture.at(20, 20), BLACK);
      assertPixel(picture.at(39, 39), BLACK);
      assertPixel(picture.at(41, 41), NOTHING);
      assertPixel(picture.at(9, 9), BLACK);
      assertPixel(picture.at(11, 11), NOTHING);
    }));

  for (const pixelRatio of [1, 1.5, 2.75, 3]) {
    it(`exports the pixels it has, 1:1, at ratio ${pixelRatio}`, () =>
      withHost({ pixelRatio }, async (host) => {
        const context = mounted(host, "a", 75, 61);
        const [columns, rows] = [Math.round(75 * pixelRatio), Math.round(61 * pixelRatio)];
        // Stripes of one pixel each: any scaling blurs them.
        for (let x = 0; x < columns; x += 2) {
          context.fillRect((x * 75) / columns, 0, 75 / columns, 61);
        }
        context.draw();
        const picture = await look(host);
        assert.deepEqual([picture.width, picture.height], [columns, rows]);
        for (let x = 0; x < columns; x++) {
          assertPixel(picture.at(x, 30), x % 2 === 0 ? BLACK : NOTHING, 2);
        }
        assertPixel(picture.at(0, rows - 1), BLACK, 2);
      }));
  }

  describe("the callback", () => {
    it("is called once, later, with drawCanvas:ok", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        const received: DrawResult[] = [];
        context.draw(false, (result) => received.push(result));
        assert.deepEqual(received, []);
        await host.dispose();
        await new Promise(setImmediate);
        assert.deepEqual(received, [{ errMsg: "drawCanvas:ok" }]);
      }));

    it("gets the failure when the canvas is unknown", () =>
      withHost({}, async (host) => {
        const result = await drawing(host.wx.createCanvasContext("nowhere"));
        assert.equal(result.errMsg, "drawCanvas:fail canvas is empty");
        const inComponent = host.wx.createCanvasContext("a", {});
        mounted(host);
        assert.equal((await drawing(inComponent)).errMsg, "drawCanvas:fail canvas is empty");
        for (const id of [undefined, null, 5, {}]) {
          const context = host.wx.createCanvasContext(id as never);
          assert.equal((await drawing(context)).errMsg, "drawCanvas:fail canvas is empty");
        }
      }));

    it("is optional: without it, onError gets the failure", async () => {
      const errors: unknown[] = [];
      await withHost({ onError: (error) => errors.push(error) }, async (host) => {
        host.wx.createCanvasContext("nowhere").draw();
        await new Promise(setImmediate);
      });
      assert.deepEqual(
        errors.map((error) => (error as CanvasError).errMsg),
        ["drawCanvas:fail canvas is empty"],
      );
    });

    it("may throw: onError gets the error", async () => {
      const errors: unknown[] = [];
      const thrown = new Error("mine");
      await withHost({ onError: (error) => errors.push(error) }, async (host) => {
        mounted(host).draw(false, () => {
          throw thrown;
        });
        await host.dispose();
        await new Promise(setImmediate);
      });
      assert.deepEqual(errors, [thrown]);
    });

    it("is ignored when it is not a function", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        const timer = setTimeout(() => {}, 0);
        for (const misuse of [timer, Promise.resolve(), 5, "done", null, {}]) {
          context.fillRect(0, 0, 10, 10);
          context.draw(false, misuse as never);
          assertPixel((await look(host)).at(5, 5), BLACK);
        }
      }));

    it("gets DISPOSED after dispose", async () => {
      let context: CanvasContext | undefined;
      await withHost({}, (host) => {
        context = mounted(host);
      });
      assert.ok(context);
      assert.equal((await drawing(context)).errMsg, "drawCanvas:fail the host has been disposed");
    });
  });

  describe("an export", () => {
    it("sees the drawing in the callback", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        context.fillRect(0, 0, 10, 10);
        const path = await new Promise<string>((resolve, reject) => {
          context.draw(false, () => {
            host.wx.canvasToTempFilePath({
              canvasId: "a",
              success: ({ tempFilePath }) => resolve(tempFilePath),
              fail: reject,
            });
          });
        });
        assertPixel((await decode(path)).at(5, 5), BLACK);
      }));

    it("sees the drawing with its pictures on the next line, and no later one", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        context.drawImage(await png("#f00"), 0, 0, 20, 20);
        context.draw();
        const first = look(host);
        context.drawImage(await png("#00f"), 0, 0, 20, 20);
        context.draw();
        const second = look(host);
        context.fillRect(0, 0, 20, 20);
        context.draw();
        assertPixel((await first).at(10, 10), RED);
        assertPixel((await second).at(10, 10), BLUE);
        assertPixel((await look(host)).at(10, 10), BLACK);
      }));

    it("is blank before any draw, and frozen at once with nothing pending", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        const before = look(host);
        context.fillRect(0, 0, 10, 10);
        context.draw();
        assertPixel((await before).at(5, 5), NOTHING);
      }));

    it("queues with resizing and releasing", () =>
      withHost({}, async (host) => {
        const handle = host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
        const context = host.wx.createCanvasContext("a");
        context.drawImage(await png("#f00"), 0, 0, 20, 20);
        context.draw();
        const small = look(host);
        handle.resize(40, 30);
        const large = look(host);
        host.releaseCanvas("a");
        assertPixel((await small).at(10, 10), RED);
        assert.deepEqual([(await small).width, (await large).width], [20, 40]);
        assertPixel((await large).at(10, 10), NOTHING);
        assert.equal((await failureOf(() => look(host))).code, "NOT_FOUND");
      }));
  });

  describe("the queue", () => {
    it("is one for all contexts of a canvas, in the order of the calls", () =>
      withHost({}, async (host) => {
        const one = mounted(host);
        const other = host.wx.createCanvasContext("a");
        const order: string[] = [];
        one.drawImage(await png("#f00"), 0, 0, 30, 30);
        one.draw(true, () => order.push("one"));
        other.setFillStyle("blue");
        other.fillRect(10, 10, 30, 30);
        other.draw(true, () => order.push("other"));
        one.fillRect(20, 20, 30, 30);
        const last = drawing(one, true);
        await last;
        assert.deepEqual(order, ["one", "other"]);
        const picture = await look(host);
        assertPixel(picture.at(5, 5), RED);
        assertPixel(picture.at(15, 15), BLUE);
        assertPixel(picture.at(25, 25), BLACK);
      }));

    it("does not delay the draws of another canvas", () =>
      withHost({}, async (host) => {
        const slow = mounted(host, "slow");
        const fast = mounted(host, "fast");
        const order: string[] = [];
        slow.drawImage(await png("#f00"), 0, 0, 30, 30);
        const done = drawing(slow).then(() => order.push("slow"));
        fast.fillRect(0, 0, 5, 5);
        const other = drawing(fast).then(() => order.push("fast"));
        await Promise.all([done, other]);
        assert.deepEqual(order, ["fast", "slow"]);
      }));

    it("continues after a draw that failed", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        context.drawImage("data:image/png;base64,broken", 0, 0);
        context.setFillStyle("red");
        context.fillRect(0, 0, 10, 10);
        const failed = drawing(context);
        context.setFillStyle("blue");
        context.fillRect(10, 0, 10, 10);
        const done = drawing(context, true);
        assert.match((await failed).errMsg, /^drawCanvas:fail left out /);
        assert.equal((await done).errMsg, "drawCanvas:ok");
        const picture = await look(host);
        assertPixel(picture.at(5, 5), RED);
        assertPixel(picture.at(15, 5), BLUE);
      }));
  });

  it("fails for more recorded calls than maxCalls, and frees the record", () =>
    withHost({ limits: { maxCalls: 100 } }, async (host) => {
      const context = mounted(host);
      for (let i = 0; i < 100; i++) context.fillRect(0, 0, 5, 5);
      assert.equal((await drawing(context)).errMsg, "drawCanvas:ok");
      for (let i = 0; i < 101; i++) context.fillRect(10, 10, 5, 5);
      assert.deepEqual(context.getActions(), []);
      for (let i = 0; i < 103; i++) context.fillRect(10, 10, 5, 5);
      const { errMsg } = await drawing(context, true);
      assert.match(errMsg, /^drawCanvas:fail maxCalls allows 100 calls between two draws/);
      const picture = await look(host);
      assertPixel(picture.at(2, 2), BLACK);
      assertPixel(picture.at(12, 12), NOTHING);
      context.fillRect(10, 10, 5, 5);
      assert.equal((await drawing(context, true)).errMsg, "drawCanvas:ok");
    }));

  describe("pictures", () => {
    it("are drawn with 3, 5 and 9 arguments; seven count as five, undefined as omitted", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        const red = await png("#f00");
        context.drawImage(red, 0, 0);
        context.drawImage(red, 20, 0, 20, 20);
        context.drawImage(red, 0, 0, 5, 5, 50, 0, 30, 30);
        (context.drawImage as (...args: unknown[]) => void)(red, 90, 0, 15, 15, 1, 1);
        context.drawImage(red, 120, 0, undefined as never, undefined as never);
        context.drawImage(red, "140" as never, "0" as never);
        assert.equal((await drawing(context)).errMsg, "drawCanvas:ok");
        const picture = await look(host);
        for (const [x, y, edge] of [
          [0, 0, 10],
          [20, 0, 20],
          [50, 0, 30],
          [90, 0, 15],
          [120, 0, 10],
          [140, 0, 10],
        ] as const) {
          assertPixel(picture.at(x + edge - 2, y + edge - 2), RED);
          assertPixel(picture.at(x + edge + 1, y + edge + 1), NOTHING);
        }
      }));

    it("are reported to onError when they are left out, with any callback", async () => {
      const errors: Error[] = [];
      await withHost({ onError: (error) => errors.push(error as Error) }, async (host) => {
        const context = mounted(host);
        context.drawImage("/nowhere.png", 0, 0, 10, 10);
        context.drawImage("https://example.com/a.png", 0, 0, 10, 10);
        await new Promise<void>((resolve) => context.draw(false, () => resolve()));
        context.drawImage("" as never, 0, 0, 10, 10);
        assert.equal((await drawing(context)).errMsg, "drawCanvas:ok");
      });
      assert.equal(errors.length, 2);
      const [left, empty] = errors.map(({ message }) => message);
      assert.match(
        left ?? "",
        /^drawCanvas:fail left out .*"\/nowhere\.png".*; .*"https:\/\/example\.com\/a\.png": this host does not fetch it \(.*images\.remote.*\)$/,
      );
      assert.equal(
        empty,
        'drawCanvas:fail left out drawImage: expected a picture\'s path, URL or data, or a canvas, got ""',
      );
    });

    it("draw nothing for an empty source, without a failure", () =>
      withHost({ onError() {} }, async (host) => {
        const context = mounted(host);
        for (const source of ["", null, undefined]) context.drawImage(source, 0, 0, 10, 10);
        context.drawImage(await png("#f00"), Number.NaN, 0);
        (context.drawImage as (...args: unknown[]) => void)(await png("#f00"), 5);
        assert.equal((await drawing(context)).errMsg, "drawCanvas:ok");
        assert.deepEqual([...new Set((await look(host)).data)], [0]);
      }));

    it("draw a canvas as it was at the call", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        const source = drawn(createCanvas(10, 10), (c) => c.fillRect(0, 0, 10, 10));
        context.drawImage(source, 0, 0);
        context.fillStyle = context.createPattern(source, "repeat");
        context.fillRect(20, 0, 20, 20);
        source.getContext("2d").clearRect(0, 0, 10, 10);
        context.draw();
        const picture = await look(host);
        assertPixel(picture.at(5, 5), BLACK);
        assertPixel(picture.at(30, 15), BLACK);
      }));

    it("take no memory for each time that the same canvas is drawn", async () => {
      const { stdout } = await start(`
        const host = wxCanvas.createHost();
        host.mountCanvas({ canvasId: "a", width: 100, height: 100 });
        const sprite = host.createCanvas("sprite", 1000, 1000);
        sprite.getContext("2d").fillRect(100, 100, 800, 800);
        const context = host.wx.createCanvasContext("a");
        const before = process.memoryUsage.rss();
        for (let i = 0; i < 100; i++) context.drawImage(sprite, i, i, 10, 10);
        await new Promise((resolve) => context.draw(false, resolve));
        console.log((process.memoryUsage.rss() - before) / 1e6);`).ended;
      // 100 copies would be 400 MB.
      assert.ok(Number(stdout) < 100, `${stdout} MB`);
    });

    it("make patterns fill with nothing when an image has lost its pixels", async () => {
      const bytes = createCanvas(10, 10).toBuffer("image/png");
      const image = new Image();
      image.src = bytes;
      await image.decode();
      // The promise resolves after the image is decoded for the pattern and emptied.
      const server = await serve(async (_, response) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        image.src = Buffer.alloc(0);
        response.end(bytes);
      });
      const images = { remote: true, privateOrigins: [server.origin] };
      await withHost({ images }, async (host) => {
        const context = mounted(host);
        context.drawImage(`${server.origin}/a.png`, 50, 0);
        context.setFillStyle(context.createPattern(image, "repeat"));
        context.fillRect(0, 0, 40, 40);
        assert.equal((await drawing(context)).errMsg, "drawCanvas:ok");
        assertPixel((await look(host)).at(20, 20), NOTHING);
      }).finally(server.close);
    });

    it("are loaded for patterns, too, which fill with nothing when one is missing", () =>
      withHost({}, async (host) => {
        const context = mounted(host);
        context.setFillStyle(context.createPattern(await png("#f00"), "repeat"));
        context.fillRect(0, 0, 40, 40);
        context.setFillStyle(context.createPattern("data:,nothing", "repeat"));
        context.fillRect(50, 0, 40, 40);
        assert.match((await drawing(context)).errMsg, /^drawCanvas:fail left out /);
        const picture = await look(host);
        assertPixel(picture.at(33, 33), RED);
        assertPixel(picture.at(70, 20), NOTHING);
      }));
  });
});

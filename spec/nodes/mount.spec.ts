// How canvases are added to a host, in which scope they are found, and how they are removed.
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createCanvas } from "@napi-rs/canvas";
import { createCanvas as createForeignCanvas } from "engine-copy";
import type { Host, MountOptions } from "../../lib/index.ts";
import { drawn, failureOf, withHost } from "../support/hosts.ts";
import { assertPixel, decode } from "../support/pictures.ts";

const NOT_FOUND = /fail canvas is empty/;

/** Width and colour of what the name exports as. */
async function look(host: Host, canvasId: string, component?: object) {
  const { data, width } = await host.canvasToBuffer({ canvasId }, component);
  return { width, pixel: (await decode(data)).at(0, 0) };
}

function fill(host: Host, canvasId: string, colour: string, component?: object): void {
  drawn(host.createCanvas(canvasId, 4, 4, { component }), (context) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 4, 4);
  });
}

describe("a name that is not found", () => {
  it("is explained where the canvas is in another scope, or is a 2D node", () =>
    withHost({}, async (host) => {
      const component = {};
      host.createCanvas("page", 4, 4);
      host.createCanvas("inner", 4, 4, { component });
      host.mountCanvas({ id: "node", type: "2d", width: 4, height: 4, component });
      const why = async (canvasId: string, scope?: object) =>
        (await failureOf(() => host.canvasToBuffer({ canvasId }, scope))).hint;
      const inPage = (name: string) => `no canvas on the page has the canvasId "${name}"`;
      const inOther = (name: string) => `no canvas in this component has the canvasId "${name}"`;
      assert.equal(await why("none"), inPage("none"));
      assert.equal(await why("none", {}), inOther("none"));
      assert.equal(
        await why("inner"),
        `${inPage("inner")}, but a component has: pass the component as the second argument`,
      );
      assert.equal(
        await why("page", {}),
        `${inOther("page")}, but another scope has: host.markAsPage(object) says that an object is the page`,
      );
      const isNode = 'it is the id of a canvas of type "2d", whose node is passed as `canvas`';
      assert.equal(await why("node"), `${inPage("node")}: ${isNode}`);
      assert.equal(await why("node", component), `${inOther("node")}: ${isNode}`);
    }));
});

describe("createCanvas", () => {
  it("makes an engine canvas of that size, rounded", () =>
    withHost({}, (host) => {
      const canvas = host.createCanvas("a", 10.4, 20.5);
      assert.deepEqual([canvas.width, canvas.height], [10, 21]);
      assert.ok(canvas.getContext("2d"));
      assert.equal(host.createCanvas("tiny", 0.2, 0.2).width, 1);
    }));

  it("throws when the scope already has the name", () =>
    withHost({}, async (host) => {
      host.createCanvas("a", 5, 5);
      for (const again of [
        () => host.createCanvas("a", 5, 5),
        () => host.registerCanvas("a", createCanvas(5, 5)),
        () => host.mountCanvas({ canvasId: "a", width: 5, height: 5 }),
      ]) {
        const failure = await failureOf(again);
        assert.match(failure.errMsg, /^\w+Canvas:fail canvasId: "a" is already taken on the page$/);
        assert.equal(failure.code, "INVALID");
      }
      const component = {};
      host.createCanvas("a", 5, 5, { component });
      const failure = await failureOf(() => host.createCanvas("a", 5, 5, { component }));
      assert.match(failure.errMsg, /already taken in this component$/);
    }));

  it("takes any string as a name", () =>
    withHost({}, async (host) => {
      const names = [
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "",
        " ",
        "x".repeat(10_000),
        "🎨",
        "\0",
        "海报",
      ];
      for (const [i, name] of names.entries()) fill(host, name, `rgb(${i}, 0, 0)`);
      for (const [i, name] of names.entries()) {
        assertPixel((await look(host, name)).pixel, [i, 0, 0, 255]);
      }
      assert.equal(({} as Record<string, unknown>).width, undefined);
      await assert.rejects(look(host, "toString"), NOT_FOUND);
    }));

  for (const canvasId of [undefined, null, 5, {}, Symbol("id")]) {
    it(`refuses ${String(canvasId)} as a name`, () =>
      withHost({}, async (host) => {
        const failure = await failureOf(() => host.createCanvas(canvasId as string, 5, 5));
        assert.match(failure.errMsg, /^createCanvas:fail canvasId: expected a string, got /);
      }));
  }
});

describe("the scope of a name", () => {
  it("is the page or one component instance, without a fallback", () =>
    withHost({}, async (host) => {
      const one = {};
      const other = () => {};
      fill(host, "a", "#f00");
      fill(host, "a", "#0f0", one);
      fill(host, "b", "#00f", other);
      assertPixel((await look(host, "a")).pixel, [255, 0, 0, 255]);
      assertPixel((await look(host, "a", one)).pixel, [0, 255, 0, 255]);
      assertPixel((await look(host, "b", other)).pixel, [0, 0, 255, 255]);
      await assert.rejects(look(host, "a", other), NOT_FOUND);
      await assert.rejects(look(host, "b"), NOT_FOUND);
      await assert.rejects(look(host, "a", {}), NOT_FOUND);
    }));

  it("is the page for any false value and for the global object, which is this in sloppy code", () =>
    withHost({}, async (host) => {
      fill(host, "a", "#f00");
      for (const component of [undefined, null, "", false, 0, globalThis]) {
        assert.equal((await look(host, "a", component as unknown as object)).width, 4);
      }
    }));

  for (const component of [5, "page", true, Symbol("c"), 1n]) {
    it(`is never a ${typeof component}`, () =>
      withHost({}, async (host) => {
        fill(host, "a", "#f00");
        const failure = await failureOf(() => look(host, "a", component as unknown as object));
        assert.match(failure.errMsg, /component: expected a component instance, got /);
        const options = { component: component as unknown as object };
        assert.equal(
          (await failureOf(() => host.createCanvas("b", 4, 4, options))).code,
          "INVALID",
        );
      }));
  }

  it("is not shared by two hosts", () =>
    withHost({}, (one) =>
      withHost({}, async (other) => {
        const component = {};
        fill(one, "a", "#f00", component);
        fill(other, "a", "#00f", component);
        fill(one, "b", "#f00");
        assertPixel((await look(one, "a", component)).pixel, [255, 0, 0, 255]);
        assertPixel((await look(other, "a", component)).pixel, [0, 0, 255, 255]);
        await assert.rejects(look(other, "b"), NOT_FOUND);
      }),
    ));

  it("ends when its component is garbage-collected", () =>
    withHost({}, async (host) => {
      setFlagsFromString("--expose-gc");
      const gc = runInNewContext("gc") as () => void;
      const refs = Array.from({ length: 20 }, () => {
        const component = {};
        return new WeakRef(host.createCanvas("a", 10, 10, { component }));
      });
      for (let i = 0; i < 20 && refs.some((ref) => ref.deref()); i++) {
        await new Promise(setImmediate);
        gc();
      }
      assert.equal(refs.filter((ref) => ref.deref()).length, 0);
    }));
});

describe("registerCanvas", () => {
  it("makes the canvas export in its own pixels, or at its ratio", () =>
    withHost({ pixelRatio: 2 }, async (host) => {
      host.registerCanvas("a", createCanvas(100, 50));
      host.registerCanvas("b", createCanvas(100, 50), { pixelRatio: 2 });
      host.registerCanvas("c", createCanvas(100, 50), { pixelRatio: 3 });
      assert.equal((await look(host, "a")).width, 200);
      assert.equal((await look(host, "b")).width, 100);
      assert.equal((await look(host, "c")).width, 67);
    }));

  it("makes the canvas itself export the same, with or without a name", () =>
    withHost({ pixelRatio: 2 }, async (host) => {
      const registered = createCanvas(100, 50);
      host.registerCanvas("a", registered, { pixelRatio: 2 });
      const of = async (options: object) => (await host.canvasToBuffer(options)).width;
      assert.equal(await of({ canvas: registered }), 100);
      assert.equal(await of({ canvas: createCanvas(100, 50) }), 200);
      assert.equal(await of({ canvas: createCanvas(30, 50), canvasId: "a" }), 60);
      assert.equal(await of({ canvas: null, canvasId: "a" }), 100);
      assert.equal(await of({ canvas: undefined, canvasId: "a" }), 100);
    }));

  it("fails for a canvas larger than the engine paints, or a ratio that leaves nothing", () =>
    withHost({}, async (host) => {
      host.registerCanvas("a", createCanvas(30_000, 30_000));
      const small = { canvasId: "a", width: 10, height: 10 };
      const failure = await failureOf(() => host.canvasToBuffer(small));
      assert.equal(failure.code, "TOO_LARGE");
      assert.match(failure.errMsg, /the engine paints 536870911 pixels, it has 30000 × 30000$/);
      host.registerCanvas("b", createCanvas(10, 10), { pixelRatio: 1e-308 });
      const options = { canvasId: "b", destWidth: 9, destHeight: 9 };
      const nothing = await failureOf(() => host.canvasToBuffer(options));
      assert.match(
        nothing.errMsg,
        /pixelRatio: expected a ratio that leaves a finite logical size/,
      );
    }));

  it("gives a canvas one queue, however many names it has", () =>
    withHost({}, async (host) => {
      const canvas = createCanvas(20, 20);
      host.registerCanvas("a", canvas);
      host.registerCanvas("b", canvas);
      const context = host.wx.createCanvasContext("a");
      context.drawImage(
        drawn(createCanvas(20, 20), (c) => c.fillRect(0, 0, 20, 20)).toBuffer("image/png"),
        0,
        0,
      );
      context.draw();
      const [a, b, itself] = await Promise.all([
        host.canvasToBuffer({ canvasId: "a" }),
        host.canvasToBuffer({ canvasId: "b" }),
        host.canvasToBuffer({ canvas }),
      ]);
      assertPixel((await decode(a.data)).at(5, 5), [0, 0, 0, 255]);
      assert.ok(a.data.equals(b.data) && a.data.equals(itself.data));
    }));

  it("forgets the canvas and its ratio when it is released", () =>
    withHost({}, async (host) => {
      const canvas = createCanvas(20, 20);
      host.registerCanvas("a", canvas, { pixelRatio: 2 });
      host.releaseCanvas("a");
      assert.equal((await host.canvasToBuffer({ canvas })).width, 20);
    }));

  it("lets legacy contexts draw from the defaults, in any state of the canvas", () =>
    withHost({}, async (host) => {
      for (const reserve of [true, false]) {
        const canvas = createCanvas(20, 20);
        const own = canvas.getContext("2d");
        own.translate(5, 5);
        own.globalAlpha = 0.2;
        own.fillStyle = "red";
        own.rect(0, 0, 15, 15);
        host.registerCanvas(`own ${reserve}`, canvas);
        const context = host.wx.createCanvasContext(`own ${reserve}`);
        context.fill();
        context.fillRect(0, 0, 10, 10);
        context.draw(reserve);
        const { data } = await host.canvasToBuffer({ canvas });
        assertPixel((await decode(data)).at(0, 0), [0, 0, 0, 255]);
        assertPixel((await decode(data)).at(12, 12), [0, 0, 0, 0]);
      }
    }));

  it("names a second copy of the engine when it refuses its canvas", () =>
    withHost({}, async (host) => {
      const foreign = createForeignCanvas(5, 5);
      for (const call of [
        () => host.registerCanvas("a", foreign as never),
        () => host.canvasToBuffer({ canvas: foreign }),
        () => host.canvasToTempFilePath({ canvas: foreign, canvasId: "a" }),
      ]) {
        const failure = await failureOf(call);
        assert.equal(failure.code, "INVALID");
        assert.match(failure.errMsg, /got one from another copy of @napi-rs\/canvas$/);
      }
    }));

  const imitations: [string, unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["a string", "canvas"],
    ["a plain object", { width: 5, height: 5, getContext() {} }],
    ["a context", createCanvas(5, 5).getContext("2d")],
    ["only the prototype", Object.create(Object.getPrototypeOf(createCanvas(1, 1)))],
    ["an heir of a canvas", Object.create(createCanvas(5, 5))],
    ["a proxy of a canvas", new Proxy(createCanvas(5, 5), {})],
    ["an svg canvas", createCanvas(5, 5, 0x01)],
  ];
  for (const [name, value] of imitations) {
    it(`refuses ${name}`, () =>
      withHost({}, async (host) => {
        const failure = await failureOf(() => host.registerCanvas("a", value as never));
        assert.match(failure.errMsg, /^registerCanvas:fail canvas: expected a canvas of @napi-rs/);
        if (value === undefined || value === null) return;
        assert.equal(
          (await failureOf(() => host.canvasToBuffer({ canvas: value }))).code,
          "INVALID",
        );
      }));
  }

  for (const pixelRatio of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "2", null]) {
    it(`refuses the pixelRatio ${JSON.stringify(pixelRatio)}`, () =>
      withHost({}, async (host) => {
        const options = { pixelRatio: pixelRatio as number };
        const failure = await failureOf(() =>
          host.registerCanvas("a", createCanvas(5, 5), options),
        );
        assert.match(failure.errMsg, /pixelRatio: expected a finite number above 0, got /);
      }));
  }
});

describe("releaseCanvas", () => {
  it("frees the name for another canvas", () =>
    withHost({}, async (host) => {
      fill(host, "a", "#f00");
      host.releaseCanvas("a");
      await assert.rejects(look(host, "a"), NOT_FOUND);
      fill(host, "a", "#00f");
      assertPixel((await look(host, "a")).pixel, [0, 0, 255, 255]);
      host.releaseCanvas("never there");
    }));

  it("releases nothing in other scopes", () =>
    withHost({}, async (host) => {
      const component = {};
      fill(host, "a", "#f00");
      fill(host, "a", "#0f0", component);
      host.releaseCanvas("a", component);
      await assert.rejects(look(host, "a", component), NOT_FOUND);
      assert.equal((await look(host, "a")).width, 4);
    }));

  it("frees the pixels of a canvas that the host made, not of the caller's", () =>
    withHost({}, (host) => {
      const made = host.createCanvas("a", 5, 5);
      const handedOver = createCanvas(5, 5);
      host.registerCanvas("b", handedOver);
      host.releaseCanvas("a");
      host.releaseCanvas("b");
      assert.deepEqual([made.width, handedOver.width], [0, 5]);
    }));
});

describe("mountCanvas", () => {
  const rows: [number, number, number, number, number][] = [
    [375, 667, 2, 750, 1334],
    [375, 667, 1.5, 563, 1001],
    [300, 150, 1, 300, 150],
    [100.4, 50.2, 3, 301, 151],
    [0.2, 0.2, 1, 1, 1],
  ];
  for (const [width, height, pixelRatio, outputWidth, outputHeight] of rows) {
    it(`exports ${width} × ${height} at ${pixelRatio} as ${outputWidth} × ${outputHeight}`, () =>
      withHost({ pixelRatio }, async (host) => {
        host.mountCanvas({ canvasId: "a", width, height });
        const picture = await host.canvasToBuffer({ canvasId: "a" });
        assert.deepEqual([picture.width, picture.height], [outputWidth, outputHeight]);
      }));
  }

  it("resizes by its handle, or when the same canvas is mounted again", () =>
    withHost({ pixelRatio: 2 }, async (host) => {
      const handle = host.mountCanvas({ canvasId: "a", width: 10, height: 10 });
      handle.resize(20, 30);
      assert.equal((await look(host, "a")).width, 40);
      assert.equal(host.mountCanvas({ canvasId: "a", width: 50, height: 10 }), handle);
      assert.equal((await look(host, "a")).width, 100);
      const component = {};
      const other = host.mountCanvas({ canvasId: "a", width: 7, height: 7, component });
      assert.notEqual(other, handle);
      assert.equal((await look(host, "a", component)).width, 14);
    }));

  it("places a canvas anew when it is mounted again", () =>
    withHost({}, async (host) => {
      host.mountCanvas({ canvasId: "a", id: "one", width: 10, height: 10 });
      host.mountCanvas({ canvasId: "a", id: "two", left: 7, width: 10, height: 10 });
      const found = await new Promise<unknown[]>((resolve) => {
        host.wx
          .createSelectorQuery()
          .select("#two")
          .boundingClientRect()
          .select("#one")
          .boundingClientRect()
          .exec(resolve);
      });
      assert.equal((found[0] as { left: number }).left, 7);
      assert.equal(found[1], null);
    }));

  it("removes the canvas at unmount, and frees the name", () =>
    withHost({}, async (host) => {
      const { unmount } = host.mountCanvas({ canvasId: "a", width: 10, height: 10 });
      unmount();
      unmount();
      await assert.rejects(look(host, "a"), NOT_FOUND);
      const again = host.mountCanvas({ canvasId: "a", width: 5, height: 5 });
      unmount();
      assert.equal((await look(host, "a")).width, 5);
      again.unmount();
    }));

  it("makes a 2d node of 300 × 150, which canvas-id does not find", () =>
    withHost({ pixelRatio: 2 }, async (host) => {
      const options = { id: "a", canvasId: "a", type: "2d", width: 375, height: 100 } as const;
      const { node } = host.mountCanvas(options);
      assert.ok(node);
      assert.deepEqual([node.width, node.height], [300, 150]);
      await assert.rejects(look(host, "a"), NOT_FOUND);
      assert.equal(host.mountCanvas(options).node, node);
      assert.notEqual(host.mountCanvas({ ...options, id: "b" }).node, node);
    }));

  describe("regions of a 2d node are in its logical pixels", () => {
    // Mounted at 100 × 50 with twice the pixels: the options with which callers mean everything.
    const everything: [string, object][] = [
      ["nothing", {}],
      ["logical sizes", { x: 0, y: 0, width: 100, height: 50, destWidth: 200, destHeight: 100 }],
      ["backing sizes", { width: 200, height: 100, destWidth: 200, destHeight: 100 }],
      ["only an output", { destWidth: 200, destHeight: 100 }],
    ];
    for (const [name, options] of everything) {
      it(`export the whole picture for ${name}`, () =>
        withHost({ pixelRatio: 2 }, async (host) => {
          const { node } = host.mountCanvas({ id: "a", type: "2d", width: 100, height: 50 });
          assert.ok(node);
          node.width = 200;
          node.height = 100;
          drawn(node, (context) => {
            context.fillStyle = "#00f";
            context.fillRect(190, 90, 10, 10);
          });
          const { data } = await host.canvasToBuffer({ canvas: node, ...options });
          const picture = await decode(data);
          assert.deepEqual([picture.width, picture.height], [200, 100]);
          assertPixel(picture.at(199, 99), [0, 0, 255, 255]);
          assertPixel(picture.at(189, 99), [0, 0, 0, 0]);
        }));
    }
  });

  it("keeps the pixels when the same size is mounted again", () =>
    withHost({ pixelRatio: 2 }, async (host) => {
      const options = { canvasId: "a", width: 10, height: 10 };
      const handle = host.mountCanvas(options);
      const context = host.wx.createCanvasContext("a");
      context.fillRect(0, 0, 10, 10);
      context.draw();
      const alpha = async () => {
        const { data } = await host.wx.canvasGetImageData({ ...options, x: 0, y: 0 });
        return data[3];
      };
      assert.equal(host.mountCanvas({ ...options, left: 5 }), handle);
      assert.equal(await alpha(), 255);
      handle.resize(10, 10);
      assert.equal(await alpha(), 255);
      handle.resize(10, 11);
      assert.equal(await alpha(), 0);
    }));

  it("recognises a node that has only a class, and no other", () =>
    withHost({}, (host) => {
      const mount = (className?: string, id?: string, component?: object) =>
        host.mountCanvas({ type: "2d", className, id, component, width: 10, height: 10 });
      const chart = mount("chart");
      assert.equal(mount("chart"), chart);
      assert.notEqual(mount("chart other"), chart);
      assert.notEqual(mount("chart", "id"), chart);
      assert.notEqual(mount("chart", undefined, {}), chart);
      assert.notEqual(mount(), mount());
    }));

  it("mounts a canvas without a size, whose export fails clearly", () =>
    withHost({}, async (host) => {
      for (const size of [{}, { width: 0, height: 5 }, { width: 5, height: undefined }]) {
        const handle = host.mountCanvas({ canvasId: "a", ...size });
        const context = host.wx.createCanvasContext("a");
        context.fillRect(0, 0, 5, 5);
        context.draw();
        const failure = await failureOf(() => host.canvasToBuffer({ canvasId: "a" }));
        assert.equal(failure.code, "EMPTY_REGION");
        assert.match(failure.errMsg, /the canvas has no size, it is \d × \d: nothing to export$/);
        handle.resize(5, 5);
        assert.equal((await host.canvasToBuffer({ canvasId: "a" })).width, 5);
        handle.resize(0, 0);
        const { node } = host.mountCanvas({ id: "n", type: "2d", ...size });
        assert.deepEqual([node?.width, node?.height], [300, 150]);
      }
    }));

  it("treats an empty type as none, as pages bind it", () =>
    withHost({}, (host) => {
      for (const type of ["", null] as never[]) {
        assert.equal(
          host.mountCanvas({ canvasId: "a", type, width: 5, height: 5 }).node,
          undefined,
        );
      }
    }));

  it("makes errors name the unit of a region and the factor of a size", () =>
    withHost({ pixelRatio: 3 }, async (host) => {
      const canvas = host.wx.createOffscreenCanvas({ width: 900, height: 400 });
      const outside = await failureOf(() => host.canvasToBuffer({ canvas, x: 300 }));
      assert.equal(
        outside.errMsg,
        "canvasToBuffer:fail the region lies outside of the canvas of 300 × 133.33 logical, " +
          "900 × 400 pixels: x 300, y 0, width to the edge, height to the edge",
      );
      const own = host.createCanvas("a", 6000, 10);
      const wide = await failureOf(() => host.canvasToBuffer({ canvas: own }));
      assert.match(
        wide.errMsg,
        /maxSide allows 16384 pixels, asked for 6000 × pixelRatio 3 = 18000$/,
      );
      const given = await failureOf(() => host.canvasToBuffer({ canvas: own, destWidth: 18000 }));
      assert.match(given.errMsg, /maxSide allows 16384 pixels, asked for 18000$/);
      const large = await failureOf(() =>
        host.mountCanvas({ canvasId: "b", width: 2000, height: 2000 }),
      );
      assert.match(
        large.errMsg,
        /asked for \(2000 × pixelRatio 3 = 6000\) × \(2000 × pixelRatio 3 = 6000\) = 36000000$/,
      );
    }));

  const wrong: [Partial<Record<keyof MountOptions, unknown>> | null, RegExp][] = [
    [null, /options: expected an object, got null/],
    [{}, /canvasId: expected a string, or type: "2d", got undefined/],
    [{ canvasId: "a", width: -0.5, height: 0 }, /canvas width: .* above 0, got -0.5/],
    [{ canvasId: "a", width: 5, height: -1 }, /canvas height: .* got -1/],
    [{ canvasId: "a", width: "5", height: 5 }, /canvas width: .* got "5"/],
    [
      { canvasId: "a", width: 5, height: 5, type: "webgl" },
      /type: expected "2d" or nothing, got "webgl"/,
    ],
    [{ canvasId: "a", width: 5, height: 5, id: 5 }, /id: expected a string, got 5/],
    [{ canvasId: "a", width: 5, height: 5, className: {} }, /className: expected a string/],
    [
      { canvasId: "a", width: 5, height: 5, left: Number.NaN },
      /left: expected a finite number, got NaN/,
    ],
    [{ canvasId: "a", width: 5, height: 5, top: "1" }, /top: expected a finite number, got "1"/],
    [
      { canvasId: "a", width: 5, height: 5, component: 5 },
      /component: expected a component instance/,
    ],
  ];
  for (const [options, errMsg] of wrong) {
    it(`refuses ${JSON.stringify(options)}`, () =>
      withHost({}, async (host) => {
        const failure = await failureOf(() => host.mountCanvas(options as unknown as MountOptions));
        assert.equal(failure.code, "INVALID");
        assert.match(failure.errMsg, errMsg);
      }));
  }
});

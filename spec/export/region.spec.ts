// The geometry of an export, as a table and as properties.
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseExportOptions } from "../../lib/export/options.ts";
import { resolveRegion } from "../../lib/export/region.ts";

const N = Number.NaN;
const INF = Number.POSITIVE_INFINITY;

type Request = Record<string, unknown>;
/**
 * Request, [canvas width, canvas height, pixelRatio], [x, y, width, height, output w, output h].
 */
type Row = [Request, [number, number, number], [number, number, number, number, number, number]?];

const table: Row[] = [
  // Without options: the whole canvas at the ratio.
  [{}, [300, 150, 1], [0, 0, 300, 150, 300, 150]],
  [{}, [300, 150, 2], [0, 0, 300, 150, 600, 300]],
  [{}, [300, 150, 3], [0, 0, 300, 150, 900, 450]],
  [{}, [576, 800, 3], [0, 0, 576, 800, 1728, 2400]],
  [{}, [375, 667, 1.5], [0, 0, 375, 667, 563, 1001]],
  [{}, [375, 667, 2.75], [0, 0, 375, 667, 1031, 1834]],
  [{}, [100, 100, 0.5], [0, 0, 100, 100, 50, 50]],
  [{}, [1, 1, 1], [0, 0, 1, 1, 1, 1]],
  [{}, [1, 1, 0.1], [0, 0, 1, 1, 1, 1]],
  [{}, [375.5, 100.25, 2], [0, 0, 375.5, 100.25, 751, 201]],
  // WeChat's own example: 50 × 50 at (100, 200), enlarged to 100 × 100.
  [
    { x: 100, y: 200, width: 50, height: 50, destWidth: 100, destHeight: 100 },
    [300, 300, 1],
    [100, 200, 50, 50, 100, 100],
  ],
  // x and y.
  [{ x: 10 }, [100, 50, 1], [10, 0, 90, 50, 90, 50]],
  [{ y: 10 }, [100, 50, 1], [0, 10, 100, 40, 100, 40]],
  [{ x: 10, y: 20 }, [100, 50, 2], [10, 20, 90, 30, 180, 60]],
  [{ x: 0, y: 0 }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ x: -10 }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ x: -10, width: 20 }, [100, 50, 1], [0, 0, 20, 50, 20, 50]],
  [{ y: -0.5 }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ x: -0 }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ x: N, y: N }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ x: null, y: null }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ x: "", y: "" }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ x: undefined }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ x: "10", y: "5" }, [100, 50, 1], [10, 5, 90, 45, 90, 45]],
  [{ x: " 10 " }, [100, 50, 1], [10, 0, 90, 50, 90, 50]],
  [{ x: "1e1" }, [100, 50, 1], [10, 0, 90, 50, 90, 50]],
  [{ x: "-10" }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ x: "+.5" }, [100, 50, 2], [0.5, 0, 99.5, 50, 199, 100]],
  [{ x: 10.3 }, [100, 50, 1], [10.3, 0, 89.7, 50, 90, 50]],
  [{ x: 99 }, [100, 50, 1], [99, 0, 1, 50, 1, 50]],
  [{ x: 99.5 }, [100, 50, 1], [99.5, 0, 0.5, 50, 1, 50]],
  [{ x: 99.9, y: 49.9 }, [100, 50, 1], [99.9, 49.9, 0.1, 0.1, 1, 1]],
  // Nothing left to export.
  [{ x: 100 }, [100, 50, 1]],
  [{ y: 50 }, [100, 50, 1]],
  [{ x: 1e9 }, [100, 50, 1]],
  [{ x: 100.0001 }, [100, 50, 1]],
  [{ x: 99.999999 }, [100, 50, 1]],
  [{ x: "100" }, [100, 50, 1]],
  [{ x: 100, width: 10, destWidth: 10 }, [100, 50, 1]],
  [{ width: 1e-9 }, [100, 50, 1]],
  [{ height: Number.MIN_VALUE }, [100, 50, 1]],
  [{}, [0, 50, 1]],
  [{}, [100, 0, 1]],
  // width and height.
  [{ width: 10 }, [100, 50, 1], [0, 0, 10, 50, 10, 50]],
  [{ height: 10 }, [100, 50, 1], [0, 0, 100, 10, 100, 10]],
  [{ width: 10, height: 10 }, [100, 50, 3], [0, 0, 10, 10, 30, 30]],
  [{ width: 0, height: 0 }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ width: -0 }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ width: "0" }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ width: N, height: N }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ width: null, height: null }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ width: "", height: "" }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ width: "10", height: "20.5" }, [100, 50, 2], [0, 0, 10, 20.5, 20, 41]],
  [{ width: 100, height: 50 }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ width: 101, height: 51 }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ width: 200, height: 100 }, [100, 50, 2], [0, 0, 100, 50, 200, 100]],
  [{ width: INF, height: INF }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ width: 1e300 }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ x: 60, width: 50 }, [100, 50, 1], [60, 0, 40, 50, 40, 50]],
  [{ x: -60, width: 150 }, [100, 50, 1], [0, 0, 100, 50, 100, 50]],
  [{ width: 10.4 }, [100, 50, 1], [0, 0, 10.4, 50, 10, 50]],
  [{ width: 10.5 }, [100, 50, 1], [0, 0, 10.5, 50, 11, 50]],
  [{ width: 0.3, height: 0.3 }, [100, 50, 1], [0, 0, 0.3, 0.3, 1, 1]],
  [{ width: 0.3, height: 0.3 }, [100, 50, 3], [0, 0, 0.3, 0.3, 1, 1]],
  // destWidth and destHeight, each with a default of its own.
  [{ destWidth: 10 }, [100, 50, 1], [0, 0, 100, 50, 10, 50]],
  [{ destHeight: 10 }, [100, 50, 1], [0, 0, 100, 50, 100, 10]],
  [{ destWidth: 10 }, [100, 50, 3], [0, 0, 100, 50, 10, 150]],
  [{ destHeight: 10 }, [100, 50, 3], [0, 0, 100, 50, 300, 10]],
  [{ destWidth: 1000, destHeight: 1 }, [100, 50, 1], [0, 0, 100, 50, 1000, 1]],
  [{ destWidth: 0, destHeight: 0 }, [100, 50, 2], [0, 0, 100, 50, 200, 100]],
  [{ destWidth: -5, destHeight: -0.1 }, [100, 50, 2], [0, 0, 100, 50, 200, 100]],
  [{ destWidth: N, destHeight: N }, [100, 50, 2], [0, 0, 100, 50, 200, 100]],
  [{ destWidth: null, destHeight: "" }, [100, 50, 2], [0, 0, 100, 50, 200, 100]],
  [{ destWidth: "40", destHeight: "20" }, [100, 50, 2], [0, 0, 100, 50, 40, 20]],
  [{ destWidth: "-40" }, [100, 50, 2], [0, 0, 100, 50, 200, 100]],
  [{ destWidth: "0" }, [100, 50, 2], [0, 0, 100, 50, 200, 100]],
  [{ destWidth: 10.4, destHeight: 10.5 }, [100, 50, 1], [0, 0, 100, 50, 10, 11]],
  [{ destWidth: 0.2, destHeight: 0.6 }, [100, 50, 1], [0, 0, 100, 50, 1, 1]],
  [{ destWidth: 750, width: 375 }, [375, 667, 2], [0, 0, 375, 667, 750, 1334]],
  [{ x: 5, y: 5, width: 5, height: 5 }, [10, 10, 2], [5, 5, 5, 5, 10, 10]],
  [{ x: 5, y: 5, width: 50, height: 50 }, [10, 10, 2], [5, 5, 5, 5, 10, 10]],
  [{ x: 9, y: 9, width: 1, height: 1 }, [10, 10, 3], [9, 9, 1, 1, 3, 3]],
  [{ width: 16384, height: 1 }, [16384, 1024, 1], [0, 0, 16384, 1, 16384, 1]],
  [{ x: 16383 }, [16384, 1024, 1], [16383, 0, 1, 1024, 1, 1024]],
  [{ destWidth: 1e9 }, [10, 10, 1], [0, 0, 10, 10, 1e9, 10]],
  [{}, [10, 10, 1e9], [0, 0, 10, 10, 1e10, 1e10]],
];

describe("resolveRegion", () => {
  assert.ok(table.length >= 80, `${table.length} rows`);
  for (const [request, [width, height, ratio], expected] of table) {
    const asked = Object.entries(request).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
    it(`${asked.join(", ") || "nothing"} of ${width} × ${height} at ${ratio}`, () => {
      const region = resolveRegion(parseExportOptions(request), { width, height }, ratio);
      if (!expected) return assert.equal(region, undefined);
      assert.ok(region);
      const { x, y, width: w, height: h, outputWidth, outputHeight } = region;
      [x, y, w, h, outputWidth, outputHeight].forEach((value, i) => {
        assert.ok(
          Math.abs(value - (expected[i] ?? N)) < 1e-9,
          `${i}: ${value}, not ${expected[i]}`,
        );
      });
    });
  }

  const lengths = fc.oneof(
    fc.double({ min: 0, max: 20000, noNaN: true }),
    fc.integer({ min: 0, max: 20000 }),
  );
  const requests = fc.record({
    x: lengths,
    y: lengths,
    width: fc.option(lengths, { nil: undefined }),
    height: fc.option(lengths, { nil: undefined }),
    destWidth: fc.option(fc.double({ min: 0.001, max: 1e5, noNaN: true }), { nil: undefined }),
    destHeight: fc.option(fc.double({ min: 0.001, max: 1e5, noNaN: true }), { nil: undefined }),
  });
  const canvases = fc.record({
    width: fc.double({ min: 1, max: 16384, noNaN: true }),
    height: fc.double({ min: 1, max: 16384, noNaN: true }),
  });
  const ratios = fc.double({ min: 0.1, max: 8, noNaN: true });

  it("keeps the source inside the canvas and the output whole for any request", () => {
    let regions = 0;
    fc.assert(
      fc.property(requests, canvases, ratios, (request, canvas, ratio) => {
        const region = resolveRegion(request, canvas, ratio);
        if (!region) return;
        regions++;
        const { x, y, width, height, outputWidth, outputHeight } = region;
        assert.ok(x >= 0 && y >= 0 && width > 0 && height > 0);
        // The subtraction may lose one unit in the last place.
        assert.ok(x + width <= canvas.width * (1 + Number.EPSILON), `${x} + ${width}`);
        assert.ok(y + height <= canvas.height * (1 + Number.EPSILON), `${y} + ${height}`);
        assert.ok(Number.isSafeInteger(outputWidth) && outputWidth >= 1);
        assert.ok(Number.isSafeInteger(outputHeight) && outputHeight >= 1);
      }),
      { numRuns: 5000 },
    );
    assert.ok(regions > 500, `only ${regions} regions were not empty`);
  });

  it("differs from region × ratio by half a pixel at most without an output size", () => {
    fc.assert(
      fc.property(requests, canvases, ratios, (request, canvas, ratio) => {
        const { destWidth: _, destHeight: __, ...rest } = request;
        const region = resolveRegion(rest, canvas, ratio);
        if (!region) return;
        const off = (output: number, exact: number) => Math.abs(output - Math.max(exact, 0.5));
        assert.ok(off(region.outputWidth, region.width * ratio) <= 0.5);
        assert.ok(off(region.outputHeight, region.height * ratio) <= 0.5);
      }),
      { numRuns: 5000 },
    );
  });
});

// The options of an export: how each value is read, and the error of a wrong one.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type ParsedOptions, parseExportOptions } from "../../lib/export/options.ts";
import { failureOf } from "../support/hosts.ts";

const throwing = {
  toString() {
    throw new Error("hostile");
  },
};
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

describe("the options of an export", () => {
  describe("defaults", () => {
    for (const input of [undefined, null, {}, Object.create(null)]) {
      it(String(input === undefined ? "undefined" : JSON.stringify(input)), () => {
        const { x, y, width, height, destWidth, destHeight, fileType, quality } =
          parseExportOptions(input);
        assert.deepEqual(
          { x, y, width, height, destWidth, destHeight, fileType, quality },
          {
            x: 0,
            y: 0,
            width: undefined,
            height: undefined,
            destWidth: undefined,
            destHeight: undefined,
            fileType: "png",
            quality: 1,
          },
        );
      });
    }
  });

  describe("quality", () => {
    const kept: [unknown, number][] = [
      [0.8, 0.8],
      [1, 1],
      [0.001, 0.001],
      ["0.8", 0.8],
      [" 0.5 ", 0.5],
    ];
    const forgiven = [
      0,
      -0,
      -1,
      1.0001,
      80,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      "80",
      "high",
      "",
    ];
    const strange = [null, undefined, true, {}, [], () => 1, 1n, Symbol("q"), throwing];
    for (const [value, quality] of kept) {
      it(`reads ${JSON.stringify(value)} as ${quality}`, () => {
        assert.equal(parseExportOptions({ quality: value }).quality, quality);
      });
    }
    [...forgiven, ...strange].forEach((value, i) => {
      it(`reads ${i}, a value of type ${typeof value}, as 1`, () => {
        assert.equal(parseExportOptions({ quality: value }).quality, 1);
      });
    });
  });

  describe("fileType", () => {
    const rows: [unknown, ParsedOptions["fileType"]][] = [
      ["png", "png"],
      ["PNG", "png"],
      ["jpg", "jpg"],
      ["JPG", "jpg"],
      ["jpeg", "jpg"],
      ["JpEg", "jpg"],
      [undefined, "png"],
      [null, "png"],
    ];
    for (const [value, fileType] of rows) {
      it(`reads ${value} as ${fileType}`, () => {
        assert.equal(parseExportOptions({ fileType: value }).fileType, fileType);
      });
    }

    it("reads any other value as png, and warns once in a process", async () => {
      const options = new URL("../../lib/export/options.ts", import.meta.url);
      const code = `
        const { parseExportOptions } = await import(${JSON.stringify(options.href)});
        const types = ["webp", "", 5, {}, Symbol("t"), "jpg "].map(
          (fileType) => parseExportOptions({ fileType }).fileType,
        );
        console.log(types.join());`;
      const args = ["--import=@oxc-node/core/register", "--input-type=module", "-e", code];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
      assert.equal(stdout.trim(), "png,png,png,png,png,png");
      assert.equal(stderr.split("WX_CANVAS_FILE_TYPE").length - 1, 1, stderr);
      assert.match(stderr, /expected "png" or "jpg", got "webp"; /);
    });
  });

  describe("fail with the name, the expected value and the given one", () => {
    const rows: [object, RegExp][] = [
      [{ x: Number.POSITIVE_INFINITY }, /^fail x: expected a finite number, got Infinity$/],
      [{ y: Number.NEGATIVE_INFINITY }, /^fail y: expected a finite number, got -Infinity$/],
      [{ x: "12px" }, /^fail x: expected a finite number, got "12px"$/],
      [{ x: "Infinity" }, /^fail x: .* got "Infinity"$/],
      [{ x: "0x10" }, /^fail x: .* got "0x10"$/],
      [{ x: " " }, /^fail x: .* got " "$/],
      [{ x: true }, /^fail x: .* got true$/],
      [{ x: {} }, /^fail x: .* got an object$/],
      [{ x: [10] }, /^fail x: .* got an array$/],
      [{ x: 10n }, /^fail x: .* got 10n$/],
      [{ x: Symbol("x") }, /^fail x: .* got Symbol\(x\)$/],
      [{ x: () => 1 }, /^fail x: .* got a function$/],
      [{ x: new Date(0) }, /^fail x: .* got an object$/],
      [{ x: throwing }, /^fail x: .* got an object$/],
      [{ x: revoked }, /^fail x: expected a value that can be read, got one that throws$/],
      [{ x: "1".repeat(1000).concat("x") }, /^fail x: .* got "1{60}"…$/],
      [{ width: -1 }, /^fail width: expected a number of 0 or more, got -1$/],
      [{ height: Number.NEGATIVE_INFINITY }, /^fail height: .* got -Infinity$/],
      [{ width: "-5" }, /^fail width: .* got -5$/],
      [{ width: "wide" }, /^fail width: .* got "wide"$/],
      [{ height: false }, /^fail height: .* got false$/],
      [{ destWidth: Number.POSITIVE_INFINITY }, /^fail destWidth: .* got Infinity$/],
      [{ destHeight: Number.NEGATIVE_INFINITY }, /^fail destHeight: .* got -Infinity$/],
      [{ destWidth: "big" }, /^fail destWidth: expected a finite number, got "big"$/],
      [{ destHeight: {} }, /^fail destHeight: .* got an object$/],
      [{ canvasId: 5 }, /^fail canvasId: expected a string, got 5$/],
      [{ canvasId: {} }, /^fail canvasId: expected a string, got an object$/],
      [{ compression: "none" }, /^fail compression: expected "default", "fast" or "small", got /],
      [{ signal: 5 }, /^fail signal: expected an AbortSignal, got 5$/],
    ];
    for (const [options, errMsg] of rows) {
      it(String(errMsg), async () => {
        const failure = await failureOf(() => parseExportOptions(options));
        assert.equal(failure.code, "INVALID");
        assert.match(failure.errMsg, errMsg);
      });
    }

    for (const options of [5, "poster", true, Symbol("o"), 1n, () => {}]) {
      it(`for options of type ${typeof options}`, async () => {
        const failure = await failureOf(() => parseExportOptions(options));
        assert.match(failure.errMsg, /^fail options: expected an object, got /);
      });
    }

    for (const key of ["x", "width", "destWidth", "canvasId", "canvas", "fileType", "quality"]) {
      it(`for a ${key} that cannot be read`, async () => {
        const cause = new Error("hostile");
        const options = Object.defineProperty({}, key, {
          get() {
            throw cause;
          },
        });
        const failure = await failureOf(() => parseExportOptions(options));
        assert.match(failure.errMsg, new RegExp(`^fail ${key}: expected a value that can be read`));
        assert.equal(failure.cause, cause);
      });
    }
  });

  it("keep a compression, and omit sizes of a picture that are 0 or negative", () => {
    const given = { compression: "fast", destWidth: -5, destHeight: 0, signal: null };
    const { compression, destWidth, destHeight, signal } = parseExportOptions(given);
    assert.deepEqual([compression, destWidth, destHeight], ["fast", undefined, undefined]);
    assert.equal(signal, null);
    assert.equal(parseExportOptions({ destWidth: "30" }).destWidth, 30);
  });

  it("are each read exactly once", () => {
    const reads: Record<string, number> = {};
    const options = new Proxy<Record<string, unknown>>(
      { x: 1, width: 5, quality: 0.5 },
      {
        get(target, key) {
          reads[String(key)] = (reads[String(key)] ?? 0) + 1;
          return target[String(key)];
        },
      },
    );
    parseExportOptions(options);
    assert.deepEqual([...new Set(Object.values(reads))], [1]);
    assert.equal(Object.keys(reads).length, 12);
  });

  it("may have unknown keys, which are ignored", () => {
    assert.doesNotThrow(() => parseExportOptions({ legacy: true, __proto__: { polluted: 1 } }));
  });
});

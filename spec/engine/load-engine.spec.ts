// Without its engine the library can be imported; its use fails with the command that installs it.
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as engine from "@napi-rs/canvas";
import { ENGINE_RANGE, loadEngine, platformName } from "../../lib/engine/load-engine.ts";
import { CanvasError } from "../../lib/errors.ts";

const failing = (cause: unknown) => () => {
  throw cause;
};

/** The error of calling the engine. */
function failureOf(run: () => unknown): CanvasError {
  try {
    run();
  } catch (error) {
    ok(error instanceof CanvasError);
    strictEqual(error.code, "ENGINE");
    return error;
  }
  throw new Error("it did not fail");
}

describe("loadEngine", () => {
  it("returns the engine", () => {
    const { engine: loaded, isMissing } = loadEngine();
    strictEqual(loaded.createCanvas, engine.createCanvas);
    strictEqual(isMissing, false);
  });

  it("accepts the range of package.json", () => {
    const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
    strictEqual(dependencies["@napi-rs/canvas"], ENGINE_RANGE);
  });

  describe("without the package or its binary", () => {
    const own = new Error("Cannot find module 'x'\nRequire stack:\n- /a.js");
    const cause = new Error("Cannot find native binding.", { cause: own });
    const { engine: stub, isMissing } = loadEngine(failing(cause));

    it("does not throw", () => strictEqual(isMissing, true));

    it("fails at any call or construction", () => {
      for (const run of [
        () => stub.createCanvas(1, 1),
        () => new stub.Image(),
        () => stub.GlobalFonts.has("a"),
      ]) {
        const error = failureOf(run);
        strictEqual(error.cause, cause);
        const platform = platformName();
        const reason = `@napi-rs/canvas cannot be loaded on ${platform}: Cannot find module 'x' \\(`;
        match(error.message, new RegExp(reason));
        match(error.message, new RegExp(`npm install .*@napi-rs/canvas-${platform}@`));
        match(error.message, /in a bundle, leave @napi-rs\/canvas external/);
      }
    });
  });

  it("refuses a version that lacks a member, and names it", () => {
    const { Path2D: _, ...old } = engine;
    match(
      failureOf(() => loadEngine(() => old).engine.createCanvas(1, 1)).message,
      new RegExp(`expected @napi-rs/canvas \\^\\d.* for ${platformName()}, got .* without Path2D`),
    );
    const plain = { ...engine, createCanvas: () => ({ getContext: () => new (class {})() }) };
    match(
      failureOf(() => loadEngine(() => plain).engine.createCanvas(1, 1)).message,
      /without drawCanvas/,
    );
  });

  const platforms: [string, string, boolean, string][] = [
    ["linux", "x64", false, "linux-x64-gnu"],
    ["linux", "arm64", true, "linux-arm64-musl"],
    ["linux", "arm", false, "linux-arm-gnueabihf"],
    ["win32", "x64", false, "win32-x64-msvc"],
    ["darwin", "arm64", false, "darwin-arm64"],
  ];
  for (const [platform, arch, isMusl, name] of platforms) {
    it(`names the package for ${name}`, () => {
      const process = { platform, arch } as Pick<NodeJS.Process, "platform" | "arch">;
      strictEqual(
        platformName(process, () => isMusl),
        name,
      );
    });
  }
});

describe("the library without its engine", () => {
  const script = `
    import { Module } from "node:module";
    const load = Module._load;
    Module._load = function (name, ...rest) {
      if (name !== "@napi-rs/canvas") return load.call(this, name, ...rest);
      throw Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
    };
    const { createHost, createCanvas, useFonts } = await import(${JSON.stringify(new URL("../../lib/index.ts", import.meta.url).href)});
    const host = createHost();
    const failures = [() => createCanvas("a", 1, 1), () => host.mountCanvas({ canvasId: "a", width: 1, height: 1 }), () => useFonts({ default: "Noto Sans" })].map((run) => {
      try { run(); } catch ({ code, errMsg }) { return [code, errMsg]; }
    });
    await host.dispose();
    console.log(JSON.stringify(failures));`;

  it("can be imported, makes hosts, and fails at the first use", () => {
    const args = ["--import=@oxc-node/core/register", "--input-type=module", "-e", script];
    const failures = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
    deepStrictEqual(
      failures.map(([code]: string[]) => code),
      ["ENGINE", "ENGINE", "ENGINE"],
    );
    match(failures[0][1], /^createCanvas:fail @napi-rs\/canvas cannot be loaded on /);
    match(failures[1][1], /^mountCanvas:fail /);
  });
});

describe("put pixels", () => {
  it("are noted once with any number of copies of the library", async () => {
    const copy = new URL("../../lib/engine/changes.ts?copy", import.meta.url).href;
    const { createCanvas } = await import("../../lib/engine/engine.ts");
    const { hasPutPixels } = await import("../../lib/engine/changes.ts");
    const { putImageData } = Object.getPrototypeOf(createCanvas(1, 1).getContext("2d"));
    const second = await import(copy);
    const canvas = createCanvas(2, 2);
    const context = canvas.getContext("2d");
    strictEqual(Object.getPrototypeOf(context).putImageData, putImageData);
    context.putImageData(context.createImageData(1, 1), 0, 0);
    deepStrictEqual([hasPutPixels(canvas), second.hasPutPixels(canvas)], [true, true]);
  });
});

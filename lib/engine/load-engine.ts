// Loads the engine. When it is missing, or another version, using it throws `ENGINE`.
import type * as Engine from "@napi-rs/canvas";
import { CanvasError } from "../errors.ts";
import { require } from "../require.ts";

/** As in package.json. */
export const ENGINE_RANGE = "^1.1.1";
/** Members that versions in that range have, and others lack. */
const NEEDED = [
  "createCanvas",
  "CanvasElement",
  "GlobalFonts",
  "Image",
  "ImageData",
  "Path2D",
  "loadImage",
];

/** The engine, or a stand-in that throws `ENGINE` when it is called. */
export interface LoadedEngine {
  engine: typeof Engine;
  isMissing: boolean;
}

/**
 * Loads the engine. The `require` is in a function, not in a `try`, where rollup would leave it
 * out.
 */
export function loadEngine(load: () => unknown = () => require("@napi-rs/canvas")): LoadedEngine {
  try {
    const engine = load() as typeof Engine;
    const lacking = NEEDED.filter((name) => !(name in engine));
    const { drawCanvas } = lacking.length > 0 ? { drawCanvas: undefined } : contextOf(engine);
    if (drawCanvas) return { engine, isMissing: false };
    const lacks = lacking[0] ?? "drawCanvas";
    const expected = `@napi-rs/canvas ${ENGINE_RANGE} for ${platformName()}`;
    return missing(`expected ${expected}, got a version without ${lacks}`);
  } catch (cause) {
    return missing(
      `@napi-rs/canvas cannot be loaded on ${platformName()}: ${reasonOf(cause)}`,
      cause,
    );
  }
}

/** The prototype of all 2D contexts. */
export function contextOf({ createCanvas }: typeof Engine): Engine.SKRSContext2D {
  return Object.getPrototypeOf(createCanvas(1, 1).getContext("2d"));
}

function missing(reason: string, cause?: unknown): LoadedEngine {
  const packages = ["@napi-rs/canvas", `@napi-rs/canvas-${platformName()}`];
  const command = `npm install ${packages.map((name) => `${name}@${ENGINE_RANGE}`).join(" ")}`;
  const hint = `${command}; in a bundle, leave @napi-rs/canvas external and install it beside`;
  const fail = (): never => {
    throw new CanvasError("ENGINE", reason, { cause, hint });
  };
  /** Each of its properties is the stub again, and every call fails. */
  const stub: object = new Proxy(class {}, {
    get: ({ prototype }, name) => (name === "prototype" ? prototype : stub),
    apply: fail,
    construct: fail,
  });
  return { engine: stub as typeof Engine, isMissing: true };
}

/** Why this platform's binary does not load: the engine's own error has that as its cause. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as Error;
  const [line = ""] = (cause as Error).message.split("\n");
  return line;
}

/** The platform as the engine's packages name it. */
export function platformName(
  { platform, arch }: Pick<NodeJS.Process, "platform" | "arch"> = process,
  isMusl: () => boolean = usesMusl,
): string {
  if (platform === "win32") return `${platform}-${arch}-msvc`;
  if (platform !== "linux") return `${platform}-${arch}`;
  if (arch === "arm") return "linux-arm-gnueabihf";
  return `linux-${arch}-${isMusl() ? "musl" : "gnu"}`;
}

function usesMusl(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}

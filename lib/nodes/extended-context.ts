// What a host adds to the standard 2D contexts of its canvases: fonts for the texts that they draw,
// and reports of the images that they leave out.
import {
  asCanvas,
  asImage,
  type Canvas,
  Image,
  isCanvas,
  looksLikeCanvas,
  looksLikeImage,
  type SKRSContext2D,
} from "../engine/engine.ts";
import { show, withApiNameSync } from "../errors.ts";
import { readCssFont } from "../fonts/font-value.ts";
import type { HostContext } from "../host-context.ts";
import { undrawable } from "../images/undrawable.ts";
import { reportUnhandled } from "../settle.ts";
import { warnOnce } from "../warn.ts";
import { defineMethod, defineProperty, FontState } from "./font-state.ts";

const TEXT = ["fillText", "strokeText", "measureText"] as const;
const seen = new WeakSet<SKRSContext2D>();

/** Makes the canvas's 2D context find fonts for its texts, and report what it does not draw. */
export function withExtendedContext<Given extends Canvas>(host: HostContext, canvas: Given): Given {
  const { getContext } = canvas;
  const value = (kind: unknown, ...rest: unknown[]) => {
    const context = Reflect.apply(getContext, canvas, [kind, ...rest]);
    return kind === "2d" ? extended(host, context) : context;
  };
  giveOwnPrototype(canvas);
  return Object.defineProperty(canvas, "getContext", {
    value,
    writable: true,
    configurable: true,
  });
}

function extended(host: HostContext, context: SKRSContext2D): SKRSContext2D {
  if (seen.has(context)) return context;
  seen.add(context);
  const members = giveOwnPrototype(context);
  findFonts(host, context, members);
  reportImages(host, context, members);
  return context;
}

/**
 * Makes the context search every font for characters; the engine alone searches only installed
 * ones. Reading `font` returns the value that was set.
 */
function findFonts(host: HostContext, context: SKRSContext2D, members: object): void {
  const state = new FontState(context, members);
  defineProperty(
    members,
    "font",
    () => state.css,
    (value) => {
      const css = readCssFont(value);
      if (css !== undefined) return state.set(css);
      const message = `font: ${show(value)} cannot be parsed; ${show(state.css)} stays`;
      warnOnce("WX_CANVAS_FONT", message, show(value));
    },
  );
  for (const name of TEXT) {
    const method = context[name] as (...args: unknown[]) => unknown;
    const isDrawn = name !== "measureText";
    defineMethod(members, name, (...args) => {
      if (args.length > 0) {
        const text = `${args[0] as string}`;
        const ready = host.fonts.ready(text, state.css);
        state.use(ready.font);
        if (isDrawn) host.fonts.warnMissing(text, state.css);
        args[0] = ready.text;
      }
      return method.apply(context, args);
    });
  }
}

/** Reasons that were reported, by the image: code may draw it 60 times a second. */
const reported = new WeakMap<object, string>();

/**
 * Reports images that have not loaded, or could not be: the engine draws nothing, silently. Code of
 * mini-programs does not expect `drawImage` to throw for them, as it does in browsers.
 */
function reportImages(host: HostContext, context: SKRSContext2D, members: object): void {
  for (const name of ["drawImage", "createPattern"] as const) {
    const method = context[name] as (...args: unknown[]) => unknown;
    defineMethod(members, name, (...args) => {
      refuseForeign(name, args[0]);
      const result = method.apply(context, args);
      const failure = undrawable(args[0])?.named(name);
      if (failure && reported.get(args[0] as object) !== failure.errMsg) {
        reported.set(args[0] as object, failure.errMsg);
        reportUnhandled(failure, host.settings.onError);
      }
      return result;
    });
  }
}

/** Throws INVALID for a picture of another copy of the engine, which would draw any memory. */
function refuseForeign(name: string, picture: unknown): void {
  if (picture instanceof Image || isCanvas(picture)) return;
  if (looksLikeImage(picture)) withApiNameSync(name, () => asImage(picture));
  if (looksLikeCanvas(picture)) withApiNameSync(name, () => asCanvas(picture));
}

/** Gives the object its own prototype: code that writes to `__proto__` does not affect others. */
function giveOwnPrototype(instance: object): object {
  const prototype = Object.create(Object.getPrototypeOf(instance));
  Object.setPrototypeOf(instance, prototype);
  return prototype;
}

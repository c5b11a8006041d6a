// Adds font fallback to the standard 2D contexts of a host's canvases, for the text they draw.
import type { Canvas, SKRSContext2D } from "../engine.ts";
import { show } from "../errors.ts";
import { readFont } from "../fonts/font-value.ts";
import type { HostContext } from "../host-context.ts";
import { warnOnce } from "../warn.ts";
import { defineMethod, defineProperty, FontState } from "./font-state.ts";

const TEXT = ["fillText", "strokeText", "measureText"] as const;
const seen = new WeakSet<SKRSContext2D>();

/** Makes the canvas's 2D context find fonts for its texts, as phones do. */
export function withTextFonts<Given extends Canvas>(host: HostContext, canvas: Given): Given {
  const { getContext } = canvas;
  const value = (kind: unknown, ...rest: unknown[]) => {
    const context = Reflect.apply(getContext, canvas, [kind, ...rest]);
    return kind === "2d" ? withFallback(host, context) : context;
  };
  giveOwnPrototype(canvas);
  return Object.defineProperty(canvas, "getContext", {
    value,
    writable: true,
    configurable: true,
  });
}

/**
 * Makes the context search every font for characters; the engine alone searches only installed
 * ones. Reading `font` returns the value that was set.
 */
function withFallback(host: HostContext, context: SKRSContext2D): SKRSContext2D {
  if (seen.has(context)) return context;
  seen.add(context);
  const members = giveOwnPrototype(context);
  const state = new FontState(context, members);
  defineProperty(
    members,
    "font",
    () => state.css,
    (value) => {
      const css = readFont(value);
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
  return context;
}

/** Gives the object its own prototype: code that writes to `__proto__` does not affect others. */
function giveOwnPrototype(instance: object): object {
  const prototype = Object.create(Object.getPrototypeOf(instance));
  Object.setPrototypeOf(instance, prototype);
  return prototype;
}

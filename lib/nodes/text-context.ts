// Adds font fallback to the standard 2D contexts of a host's canvases, for the text they draw.
import { type Canvas, parses, type SKRSContext2D } from "../engine.ts";
import { show } from "../errors.ts";
import { withoutFallback } from "../fonts/text.ts";
import type { HostContext } from "../host-context.ts";
import { warnOnce } from "../warn.ts";

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
  const engine = fontAccess(context);
  giveOwnPrototype(context);
  Object.defineProperty(context, "font", {
    configurable: true,
    get: () => withoutFallback(engine.get()),
    set(value: string) {
      const before = engine.get();
      engine.set(value);
      if (engine.get() !== before || parses("font", value)) return;
      const message = `font: ${show(value)} cannot be parsed; ${show(withoutFallback(before))} stays`;
      warnOnce("WX_CANVAS_FONT", message, show(value));
    },
  });
  for (const name of TEXT) {
    const method = context[name] as (text: string, ...rest: unknown[]) => unknown;
    const value = (text: string, ...rest: unknown[]) => {
      if (typeof text !== "string") return method.call(context, text, ...rest);
      const current = engine.get();
      const css = withoutFallback(current);
      const ready = host.fonts.ready(text, css);
      // Set before each text: resizing the canvas, restore() and reset() change the font, too.
      if (current !== ready.font) engine.set(ready.font);
      if (name !== "measureText") host.fonts.warnMissing(text, css);
      return method.call(context, ready.text, ...rest);
    };
    Object.defineProperty(context, name, { value, configurable: true, writable: true });
  }
  return context;
}

/** Gives the object its own prototype: code that writes to `__proto__` does not affect others. */
function giveOwnPrototype(instance: object): void {
  Object.setPrototypeOf(instance, Object.create(Object.getPrototypeOf(instance)));
}

function fontAccess(context: SKRSContext2D): { get(): string; set(css: string): void } {
  const { get, set } = Object.getOwnPropertyDescriptor(
    Object.getPrototypeOf(context),
    "font",
  ) as Required<TypedPropertyDescriptor<string>>;
  return { get: () => get.call(context), set: (css) => set.call(context, css) };
}

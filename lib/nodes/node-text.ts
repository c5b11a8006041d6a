// Text on canvas nodes: in the fonts it names, and in others where those lack its characters.

import type { SKRSContext2D } from "../engine.ts";
import { fontFor, withoutFallback } from "../fonts/fallback.ts";
import type { HostContext } from "../host-context.ts";

const seen = new WeakSet<SKRSContext2D>();
const TEXT = ["fillText", "strokeText", "measureText"] as const;

/**
 * Has the context look for characters in every font, as phones do; the engine itself looks only in
 * installed ones. The font reads as it was set.
 */
export function withFallback(host: HostContext, context: SKRSContext2D): SKRSContext2D {
  if (seen.has(context)) return context;
  seen.add(context);
  const engine = fontAccess(context);
  Object.defineProperty(context, "font", {
    configurable: true,
    get: () => withoutFallback(engine.get()),
    set: engine.set,
  });
  for (const name of TEXT) {
    const method = context[name] as (text: string, ...rest: unknown[]) => unknown;
    const value = (text: string, ...rest: unknown[]) => {
      const css = withoutFallback(engine.get());
      const font = fontFor(css);
      // Here and not where it is set: sizes of the canvas, restore and reset change it, too.
      if (engine.get() !== font) engine.set(font);
      if (typeof text === "string" && name !== "measureText") host.warnMissing(text, css);
      return method.call(context, text, ...rest);
    };
    Object.defineProperty(context, name, { value, configurable: true, writable: true });
  }
  return context;
}

function fontAccess(context: SKRSContext2D): { get(): string; set(css: string): void } {
  const { get, set } = Object.getOwnPropertyDescriptor(
    Object.getPrototypeOf(context),
    "font",
  ) as Required<TypedPropertyDescriptor<string>>;
  return { get: () => get.call(context), set: (css) => set.call(context, css) };
}

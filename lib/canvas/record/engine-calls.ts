// Calls of the engine's context by their names, without what costs time.
import type { SKRSContext2D } from "../../engine/engine.ts";
import type { Args } from "./calls.ts";
import { type AnyMembers, contextPrototype, METHODS, PATH, PROPERTIES } from "./members.ts";

/** Methods whose wrapper in the engine only counts the arguments. */
const COUNTED: ReadonlySet<string> = new Set([
  ...PATH.filter((name) => name !== "closePath"),
  ...["scale", "rotate", "translate", "transform", "setLineDash"],
  ...["fillRect", "strokeRect", "clearRect", "fillText", "strokeText"],
]);

/**
 * Calls a method with these arguments. `apply` takes longer: a tenth of the time of a `fillRect`.
 */
export function invoke(
  method: AnyMembers[string],
  self: unknown,
  args: readonly unknown[],
): unknown {
  switch (args.length) {
    case 0:
      return method.call(self);
    case 1:
      return method.call(self, args[0]);
    case 2:
      return method.call(self, args[0], args[1]);
    case 3:
      return method.call(self, args[0], args[1], args[2]);
    case 4:
      return method.call(self, args[0], args[1], args[2], args[3]);
    default:
      return Reflect.apply(method, self, args);
  }
}

/**
 * The method below the engine's check of how many arguments there are, for calls with enough of
 * them: recording costs less than the check does. When the check does more, the method itself.
 */
function nativeMethod(name: string): AnyMembers[string] {
  const method = Reflect.get(contextPrototype, name) as AnyMembers[string];
  if (!COUNTED.has(name)) return method;
  const stash = Symbol.for("@napi-rs/canvas:native-methods");
  const natives = Reflect.get(contextPrototype, stash) as Partial<AnyMembers> | undefined;
  return natives?.[name] ?? method;
}

/** What a call does to the engine's context, by the name of the method or the property. */
export const ENGINE: AnyMembers = {};

for (const name of METHODS) ENGINE[name] = nativeMethod(name);
for (const name of PROPERTIES) {
  ENGINE[name] = Object.getOwnPropertyDescriptor(contextPrototype, name)?.set as AnyMembers[string];
}

type Frequent =
  | "beginPath"
  | "fillRect"
  | "fillStyle"
  | "fillText"
  | "font"
  | "lineTo"
  | "moveTo"
  | "stroke";
const { beginPath, fillRect, fillStyle, fillText, font, lineTo, moveTo, stroke } = ENGINE as Record<
  Frequent,
  AnyMembers[string]
>;

/**
 * Does a call of a legacy context, or sets a property. The most frequent ones are written out: V8
 * calls those of the engine directly.
 */
export function run(context: SKRSContext2D, name: string, args: Args): void {
  switch (name) {
    case "moveTo":
      moveTo.call(context, args[0], args[1]);
      break;
    case "lineTo":
      lineTo.call(context, args[0], args[1]);
      break;
    case "fillRect":
      fillRect.call(context, args[0], args[1], args[2], args[3]);
      break;
    case "beginPath":
      beginPath.call(context);
      break;
    case "stroke":
      stroke.call(context);
      break;
    case "fillText":
      // A maxWidth that is undefined is none.
      fillText.call(context, args[0], args[1], args[2], args[3]);
      break;
    case "font":
      font.call(context, args[0]);
      break;
    case "fillStyle":
      fillStyle.call(context, args[0]);
      break;
    default:
      invoke(ENGINE[name] as AnyMembers[string], context, args);
  }
}

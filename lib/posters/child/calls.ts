// Finds which call painted each pixel: compares the pixels before and after each drawing call.
import { fileURLToPath } from "node:url";
import { CanvasError } from "../../errors.ts";
import type { PosterCall, PosterCalls } from "../messages.ts";
import type { DrawnPoster, Poster } from "../poster.ts";

/** The methods of the context that change pixels. */
const PAINTING = [
  "clearRect",
  "drawImage",
  "fill",
  "fillRect",
  "fillText",
  "putImageData",
  "stroke",
  "strokeRect",
  "strokeText",
] as const;

/**
 * Further calls are not recorded: each takes a millisecond or more, and their numbers have 16 bits.
 */
const MAX_CALLS = 5_000;

type Context = Record<string, (...args: unknown[]) => unknown>;

/** Draws the poster with `render`, and returns its calls. */
export async function watchCalls(
  poster: Poster,
  render: (poster: Poster) => Promise<unknown>,
): Promise<PosterCalls> {
  if (!("draw" in poster))
    throw new CanvasError("INVALID", "calls are told of the form draw alone");
  let told: PosterCalls | undefined;
  const draw: DrawnPoster<never>["draw"] = (drawing) => {
    const { width, height } = drawing.canvas;
    const calls: PosterCall[] = [];
    told = { calls, width, height, owners: new Uint16Array(width * height) };
    watch(drawing.context as unknown as Context, told);
    return poster.draw(drawing);
  };
  await render({ ...poster, draw });
  return told as PosterCalls;
}

function watch(context: Context, { calls, width, height, owners }: PosterCalls): void {
  const read = () => {
    const { data } = (context as unknown as Readable).getImageData(0, 0, width, height);
    return new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
  };
  let before = read();
  for (const name of PAINTING) {
    const method = context[name] as Context[string];
    context[name] = (...args: unknown[]) => {
      const result = method.apply(context, args);
      if (calls.length >= MAX_CALLS) return result;
      calls.push({
        name,
        text: args.map(shown).join(", "),
        site: siteOf(new Error().stack as string),
      });
      const after = read();
      for (let i = 0; i < after.length; i++) {
        if (after[i] !== before[i]) owners[i] = calls.length;
      }
      before = after;
      return result;
    };
  }
}

interface Readable {
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}

/** An argument as a short text. */
function shown(value: unknown): string {
  if (typeof value === "number") return String(Math.round(value * 100) / 100);
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return value instanceof Object ? value.constructor.name : String(value);
}

/** The place of the code that made the watched call, from the stack. */
export function siteOf(stack: string): string {
  const frame = /^(?:.*\n){2}(.*)/.exec(stack)?.[1] ?? "";
  const found = /(?<![^\s(])((?:file:\/\/|\/|[A-Z]:\\)[^()]{0,300}?)((?::\d{1,9}){2})\)?$/.exec(
    frame,
  );
  if (!found) return "";
  const [, place, position] = found as unknown as [string, string, string];
  return (place.startsWith("file:") ? fileURLToPath(place) : place) + position;
}

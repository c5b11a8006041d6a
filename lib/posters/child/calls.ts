// Draws a poster, and returns the calls that painted its picture, with their places in the source.
import { fileURLToPath } from "node:url";
import { mapCalls, type PaintingCall, recordsIn } from "../../canvas/record/call-map.ts";
import type { FrozenRecord } from "../../canvas/record/calls.ts";
import { FrozenPath, FrozenPicture } from "../../canvas/record/referents.ts";
import { recordSites } from "../../canvas/record/site.ts";
import { CanvasError } from "../../errors.ts";
import { imagesOf } from "../../export/snapshot.ts";
import type { Exported } from "../../host-context.ts";
import { withPixels } from "../../images/revive.ts";
import type { PosterCall, PosterCalls } from "../messages.ts";
import type { Poster } from "../poster.ts";
import { type RenderPosterOptions, renderInChild } from "../render.ts";

/** Draws a poster of any form, and returns its calls. */
export async function callsOf(
  poster: Poster,
  data: unknown,
  options: RenderPosterOptions,
): Promise<PosterCalls> {
  const exports: Exported[] = [];
  recordSites(true);
  try {
    const picture = await renderInChild(poster, data, options, async (exported) => {
      exports.push(exported);
    });
    // The code of a page may export several pictures.
    const shown = exports.find((exported) => exported.data.equals(picture.data));
    if (!shown?.record) {
      throw new CanvasError("NOT_FOUND", "the calls that drew the picture are not known");
    }
    const { part, width, height } = shown;
    const { record } = shown as Exported & { record: FrozenRecord };
    const ratio = options.pixelRatio ?? poster.pixelRatio ?? poster.host?.pixelRatio ?? 1;
    const size = { width: width / ratio, height: height / ratio };
    const images = [...recordsIn(record)].flatMap(imagesOf);
    const map = await withPixels(images, () => mapCalls(record, part, size));
    return { ...map, calls: map.calls.map(shortOf) };
  } finally {
    recordSites(false);
  }
}

function shortOf({ method, args }: PaintingCall): PosterCall {
  return { name: method, text: args.map(shown).join(", "), site: placeOf(args.site ?? "") };
}

/** An argument as a short text. */
function shown(value: unknown): string {
  if (typeof value === "number") return String(Math.round(value * 100) / 100);
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (FrozenPicture.is(value)) return value.image ? "Image" : "Canvas";
  if (value instanceof FrozenPath) return "Path2D";
  // The pixels of putImageData with their place.
  if (Object(value).data) return `ImageData, ${(value as Point).x}, ${(value as Point).y}`;
  return String(value);
}

interface Point {
  x: number;
  y: number;
}

/** The path, where the stack had the URL of an ES module. */
function placeOf(site: string): string {
  const [position = ""] = /:\d{1,9}:\d{1,9}$/.exec(site) ?? [];
  const file = site.slice(0, site.length - position.length);
  return (file.startsWith("file:") ? fileURLToPath(file) : file) + position;
}

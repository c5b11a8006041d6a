// Embeds pictures in the report: as they are, or reduced when all together would be too large.
import { readFile, stat } from "node:fs/promises";
import { createCanvas, type Image } from "../../engine/engine.ts";
import { inspect } from "../../images/inspect.ts";
import { runSync } from "../../procedure.ts";
import { decodeImage } from "../pixels.ts";

/** A picture in the page. */
export interface Embedded {
  path: string;
  type: "image/png" | "image/webp";
  base64: string;
  /** The factor by which it was reduced; 1 if it was not. */
  scale: number;
}

/** In bytes of base64: a page of this size opens in a second. */
const BUDGET = 24_000_000;

/**
 * Reads the files and leaves out any that is not a picture. Small files go first: the budget that
 * they leave is shared by the larger ones.
 */
export async function embed(
  paths: readonly string[],
  budget: number = BUDGET,
): Promise<Embedded[]> {
  const files = await Promise.all(
    [...new Set(paths)].map(async (path) => ({ path, bytes: (await stat(path)).size })),
  );
  files.sort((a, b) => a.bytes - b.bytes);
  let left = budget;
  const embedded: Embedded[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const allowed = Math.floor(left / (files.length - at));
    const some = files.slice(at, at + AT_ONCE).map(({ path }) => embedOne(path, allowed));
    for (const one of await Promise.all(some)) {
      if (!one) continue;
      embedded.push(one);
      left -= one.base64.length;
    }
  }
  return embedded;
}

/** Number of pictures in work at once: decoding and encoding run in threads. */
const AT_ONCE = 8;

async function embedOne(path: string, allowed: number): Promise<Embedded | undefined> {
  try {
    const bytes = await readFile(path);
    const base64 = bytes.toString("base64");
    // As a WebP, a picture has about an eighth of the bytes of its PNG.
    const scale = Math.min(1, Math.sqrt((allowed * 8) / base64.length));
    if (base64.length > allowed)
      return await reduced(path, await decodeImage(bytes), allowed, scale);
    runSync(inspect(bytes));
    return { path, type: "image/png", base64, scale: 1 };
  } catch {
    return undefined;
  }
}

/** Makes the picture smaller, in bytes and then in pixels, until it fits. */
async function reduced(
  path: string,
  image: Image,
  allowed: number,
  first: number,
): Promise<Embedded | undefined> {
  for (let scale = first; image.width * image.height * scale ** 2 >= 1; scale *= 0.7) {
    const width = Math.max(1, Math.round(image.width * scale));
    const height = Math.max(1, Math.round(image.height * scale));
    const canvas = createCanvas(width, height);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, width, height);
    const base64 = (await canvas.encode("webp", 80)).toString("base64");
    if (base64.length <= allowed) return { path, type: "image/webp", base64, scale };
  }
  return undefined;
}

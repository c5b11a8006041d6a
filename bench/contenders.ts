// The contenders. Each goes from a canvas (or, for sharp and @napi-rs/image, its pixels) to a file
// on disk.

import { writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { exportToFile, type Job, QUALITY } from "./us.ts";

export interface Contender {
  name: string;
  /** The only kind of file it makes; both if not given. */
  type?: "png" | "jpeg";
  /** Rows it does not take part in: that would show nothing new, and would take minutes. */
  without?: string;
  /** Its own canvas with the same pixels, made before time is taken. */
  prepare(canvas: Canvas): unknown;
  /** A new canvas of its own kind: the prepared one with a stamp on it. Not measured, either. */
  compose(own: never, stamp: Stamp): { width: number };
  /**
   * Whether it has all it needs when `run` returns its promise, so that the canvas may be released.
   */
  freezes: boolean;
  /** The measured work; resolves to the path of the file, unless that is the given one. */
  run(own: never, file: string, job: Job): Promise<unknown>;
}

/** Draws the same pixels on every engine's canvas: opaque rectangles on whole pixels. */
export type Stamp = (context: {
  fillStyle: unknown;
  fillRect(x: number, y: number, width: number, height: number): void;
}) => void;

/** What the engines' canvases have in common. */
interface Surface {
  width: number;
  height: number;
  getContext(type: "2d"): unknown;
}
interface Painter {
  imageSmoothingQuality: string;
  fillStyle: unknown;
  fillRect(x: number, y: number, width: number, height: number): void;
  drawImage(source: unknown, ...place: number[]): void;
}
type Make<T> = (width: number, height: number) => T;

/**
 * Draws the region on a canvas of its size, as all engines but ours do it; without one, the canvas
 * itself.
 */
function cut<T extends Surface>(make: Make<T>, own: T, { region }: Job): T {
  if (!region) return own;
  const { x, y, width, height, outWidth, outHeight } = region;
  const part = make(outWidth, outHeight);
  const context = part.getContext("2d") as Painter;
  context.imageSmoothingQuality = "high";
  context.drawImage(own, x, y, width, height, 0, 0, outWidth, outHeight);
  return part;
}

function whole<T extends Surface>(make: Make<T>, own: T): T {
  const copy = make(own.width, own.height);
  (copy.getContext("2d") as Painter).drawImage(own, 0, 0);
  return copy;
}

function define<T extends Surface>(
  name: string,
  engine: { make: Make<T>; prepare(canvas: Canvas): T },
  run: (own: T, file: string, job: Job) => Promise<unknown>,
  only: Partial<Pick<Contender, "type" | "without" | "freezes">> = {},
): Contender {
  const compose = (own: T, stamp: Stamp) => {
    const poster = whole(engine.make, own);
    stamp(poster.getContext("2d") as Painter);
    return poster;
  };
  return { name, prepare: engine.prepare, compose, freezes: true, run, ...only };
}

const make: Make<Canvas> = (width, height) => createCanvas(width, height);
/**
 * Its canvas gets pixels, as those of the other engines do; a record of drawing would be rastered
 * for each export of ours.
 */
const napi = {
  make,
  prepare: (canvas: Canvas) => {
    const own = whole(make, canvas);
    own.data();
    return own;
  },
};

/** The pixels of the job's region, as encoders take them. */
function pixelsOf(canvas: Canvas, { region }: Partial<Job> = {}) {
  const { x = 0, y = 0, width = canvas.width, height = canvas.height } = region ?? {};
  return { data: canvas.getContext("2d").getImageData(x, y, width, height).data, width, height };
}

const png = { type: "png" } as const;
const jpeg = { type: "jpeg" } as const;

export const us = "this library";

/**
 * All contenders; `skipped` gets the name of each peer that cannot be loaded here, with the reason.
 */
export async function contenders(
  skipped: (name: string, reason: string) => void,
): Promise<Contender[]> {
  const all: Contender[] = [
    define(us, napi, (c, _, job) => exportToFile(c, job)),
    define(`${us}, fast`, napi, (c, _, job) => exportToFile(c, { ...job, compression: "fast" })),
    define(`${us}, small`, napi, (c, _, job) => exportToFile(c, { ...job, compression: "small" }), {
      ...png,
      without: "FGI",
    }),
    define("@napi-rs/canvas encode", napi, async (canvas, file, job) => {
      const part = cut(make, canvas, job);
      const bytes = job.type === "png" ? part.encode("png") : part.encode("jpeg", QUALITY);
      await writeFile(file, await bytes);
    }),
    define(
      "@napi-rs/canvas naive",
      napi,
      async (canvas, file, job) => {
        const copy = job.region ? cut(make, canvas, job) : whole(make, canvas);
        writeFileSync(
          file,
          job.type === "png" ? copy.toBuffer("image/png") : copy.toBuffer("image/jpeg", QUALITY),
        );
      },
      { without: "FHJ" },
    ),
  ];
  const peer = async (name: string, load: () => Promise<Contender[]>) => {
    try {
      all.push(...(await load()));
    } catch (error) {
      skipped(name, String(error).split("\n")[0] ?? "");
    }
  };

  await peer("sharp", async () => {
    const { default: sharp } = await import("sharp");
    const image = (canvas: Canvas, job: Job, solid = false) => {
      const { data, width, height } = pixelsOf(canvas, job);
      const raw = sharp(data, { raw: { width, height, channels: 4 } });
      const { outWidth = width, outHeight = height } = job.region ?? {};
      const sized = job.region ? raw.resize(outWidth, outHeight, { fit: "fill" }) : raw;
      return solid ? sized.removeAlpha() : sized;
    };
    /**
     * The best settings for equal size where the picture is opaque: its alpha is removed, which
     * sharp does not do by itself.
     */
    const adaptive = (compressionLevel: number, without: string) =>
      define<Canvas & { solid?: boolean }>(
        `sharp, level ${compressionLevel} adaptive, RGB`,
        {
          make,
          prepare: (canvas) =>
            Object.assign(napi.prepare(canvas), {
              solid: pixelsOf(canvas).data.every((value, i) => i % 4 < 3 || value === 255),
            }),
        },
        async (canvas, file, job) => {
          const options = { compressionLevel, adaptiveFiltering: true };
          await image(canvas, job, canvas.solid ?? true)
            .png(options)
            .toFile(file);
        },
        { ...png, without },
      );
    return [
      define("sharp", napi, async (canvas, file, job) => {
        await (job.type === "png"
          ? image(canvas, job).png()
          : image(canvas, job).flatten({ background: "#fff" }).jpeg({ quality: QUALITY })
        ).toFile(file);
      }),
      adaptive(3, "GJ"),
      adaptive(9, "CFGIJ"),
    ];
  });

  await peer("@napi-rs/image", async () => {
    const { CompressionType, FilterType, ResizeFit, Transformer } = await import("@napi-rs/image");
    const from = (canvas: Canvas, job: Job) => {
      const { data, width, height } = pixelsOf(canvas, job);
      const image = Transformer.fromRgbaPixels(data, width, height);
      const { outWidth: w, outHeight: h } = job.region ?? {};
      return w && h ? image.resize({ width: w, height: h, fit: ResizeFit.Fill }) : image;
    };
    const pngOf = (name: string, compressionType: number, filterType: number) =>
      define(
        name,
        napi,
        async (canvas, file, job) => {
          await writeFile(file, await from(canvas, job).png({ compressionType, filterType }));
        },
        png,
      );
    return [
      pngOf("@napi-rs/image Default", CompressionType.Default, FilterType.Up),
      pngOf("@napi-rs/image Fast", CompressionType.Fast, FilterType.Paeth),
      define(
        "@napi-rs/image",
        napi,
        async (canvas, file, job) => {
          await writeFile(file, await from(canvas, job).jpeg(QUALITY));
        },
        jpeg,
      ),
    ];
  });

  await peer("canvas", async () => {
    const cairo = await import("canvas");
    const make = (width: number, height: number) => cairo.createCanvas(width, height);
    const prepare = (canvas: Canvas) => {
      const own = make(canvas.width, canvas.height);
      const { data, width, height } = pixelsOf(canvas);
      const image = cairo.createImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height);
      own.getContext("2d").putImageData(image, 0, 0);
      return own;
    };
    return [
      define(
        "node-canvas",
        { make, prepare },
        async (own, file, job) => {
          const part = cut(make, own, job);
          const bytes = await new Promise<Buffer>((resolve, reject) => {
            const done = (error: Error | null, result: Buffer) =>
              error ? reject(error) : resolve(result);
            if (job.type === "png") part.toBuffer(done, "image/png");
            else part.toBuffer(done, "image/jpeg", { quality: QUALITY / 100 });
          });
          await writeFile(file, bytes);
        },
        { freezes: false },
      ),
    ];
  });

  await peer("skia-canvas", async () => {
    const skia = await import("skia-canvas");
    const make = (width: number, height: number) => new skia.Canvas(width, height);
    const prepare = (canvas: Canvas) => {
      const own = make(canvas.width, canvas.height);
      const { data, width, height } = pixelsOf(canvas);
      const image = new skia.ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height);
      own.getContext("2d").putImageData(image, 0, 0);
      return own;
    };
    return [
      define(
        "skia-canvas",
        { make, prepare },
        async (own, file, job) => {
          const part = cut(make, own, job);
          const quality = QUALITY / 100;
          await writeFile(
            file,
            job.type === "png"
              ? await part.toBuffer("png")
              : await part.toBuffer("jpg", { quality }),
          );
        },
        { freezes: false },
      ),
    ];
  });
  return all;
}

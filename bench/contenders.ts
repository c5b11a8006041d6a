// Who competes: from a canvas (or, for sharp and @napi-rs/image, its pixels) to a file on disk.

import { writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { exportToFile, type Settings } from "./us.ts";

export interface Contender {
  name: string;
  /** Only these kinds of files; both if not given. */
  type?: "png" | "jpeg";
  /** Its own canvas with the same pixels, made before time is taken. */
  prepare(canvas: Canvas): unknown;
  /** What is measured. */
  run(own: never, file: string, settings: Settings): Promise<void>;
}

function define<T>(
  name: string,
  prepare: (canvas: Canvas) => T,
  run: (own: T, file: string, settings: Settings) => Promise<void>,
  type?: "png" | "jpeg",
): Contender {
  return { name, prepare, run, ...(type ? { type } : {}) };
}

const itself = (canvas: Canvas) => canvas;
const pixelsOf = (canvas: Canvas) =>
  canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
const QUALITY = 80;

export const us = "this library";

/** Peers that cannot be loaded here are told by name, with the reason. */
export async function contenders(
  skipped: (name: string, reason: string) => void,
): Promise<Contender[]> {
  const all: Contender[] = [
    define(us, itself, exportToFile),
    define(
      `${us}, fast`,
      itself,
      (c, f, s) => exportToFile(c, f, { ...s, compression: "fast" }),
      "png",
    ),
    define(
      `${us}, small`,
      itself,
      (c, f, s) => exportToFile(c, f, { ...s, compression: "small" }),
      "png",
    ),
    define("@napi-rs/canvas encode", itself, async (canvas, file, { type }) => {
      await writeFile(
        file,
        type === "png" ? await canvas.encode("png") : await canvas.encode("jpeg", QUALITY),
      );
    }),
    define("@napi-rs/canvas naive", itself, async (canvas, file, { type }) => {
      const copy = createCanvas(canvas.width, canvas.height);
      copy.getContext("2d").drawImage(canvas, 0, 0);
      writeFileSync(
        file,
        type === "png" ? copy.toBuffer("image/png") : copy.toBuffer("image/jpeg", QUALITY),
      );
    }),
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
    const raw = (canvas: Canvas) => {
      const { width, height } = canvas;
      return sharp(pixelsOf(canvas), { raw: { width, height, channels: 4 } });
    };
    const opaque = (canvas: Canvas) => {
      const data = pixelsOf(canvas);
      for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
      return true;
    };
    return [
      define("sharp", itself, async (canvas, file, { type }) => {
        const image = raw(canvas);
        await (type === "png"
          ? image.png()
          : image.flatten({ background: "#fff" }).jpeg({ quality: QUALITY })
        ).toFile(file);
      }),
      // Best for equal size where the picture is a photo: its alpha taken off by hand.
      define(
        "sharp, level 3 adaptive, RGB",
        (canvas) => ({ canvas, solid: opaque(canvas) }),
        async ({ canvas, solid }, file) => {
          const image = solid ? raw(canvas).removeAlpha() : raw(canvas);
          await image.png({ compressionLevel: 3, adaptiveFiltering: true }).toFile(file);
        },
        "png",
      ),
      define(
        "sharp, level 9 adaptive, RGB",
        (canvas) => ({ canvas, solid: opaque(canvas) }),
        async ({ canvas, solid }, file) => {
          const image = solid ? raw(canvas).removeAlpha() : raw(canvas);
          await image.png({ compressionLevel: 9, adaptiveFiltering: true }).toFile(file);
        },
        "png",
      ),
    ];
  });

  await peer("@napi-rs/image", async () => {
    const { CompressionType, FilterType, Transformer } = await import("@napi-rs/image");
    const from = (canvas: Canvas) =>
      Transformer.fromRgbaPixels(pixelsOf(canvas), canvas.width, canvas.height);
    return [
      define(
        "@napi-rs/image Default",
        itself,
        async (canvas, file) => {
          const options = { compressionType: CompressionType.Default, filterType: FilterType.Up };
          await writeFile(file, await from(canvas).png(options));
        },
        "png",
      ),
      define(
        "@napi-rs/image Fast",
        itself,
        async (canvas, file) => {
          const options = { compressionType: CompressionType.Fast, filterType: FilterType.Paeth };
          await writeFile(file, await from(canvas).png(options));
        },
        "png",
      ),
      define(
        "@napi-rs/image",
        itself,
        async (canvas, file) => {
          await writeFile(file, await from(canvas).jpeg(QUALITY));
        },
        "jpeg",
      ),
    ];
  });

  await peer("canvas", async () => {
    const cairo = await import("canvas");
    return [
      define(
        "node-canvas",
        (canvas) => {
          const own = cairo.createCanvas(canvas.width, canvas.height);
          const image = cairo.createImageData(
            pixelsOf(canvas) as Uint8ClampedArray<ArrayBuffer>,
            canvas.width,
            canvas.height,
          );
          own.getContext("2d").putImageData(image, 0, 0);
          return own;
        },
        async (own, file, { type }) => {
          const bytes = await new Promise<Buffer>((resolve, reject) => {
            const done = (error: Error | null, result: Buffer) =>
              error ? reject(error) : resolve(result);
            if (type === "png") own.toBuffer(done, "image/png");
            else own.toBuffer(done, "image/jpeg", { quality: QUALITY / 100 });
          });
          await writeFile(file, bytes);
        },
      ),
    ];
  });

  await peer("skia-canvas", async () => {
    const skia = await import("skia-canvas");
    return [
      define(
        "skia-canvas",
        (canvas) => {
          const own = new skia.Canvas(canvas.width, canvas.height);
          const image = new skia.ImageData(
            pixelsOf(canvas) as Uint8ClampedArray<ArrayBuffer>,
            canvas.width,
            canvas.height,
          );
          own.getContext("2d").putImageData(image, 0, 0);
          return own;
        },
        async (own, file, { type }) => {
          await writeFile(
            file,
            type === "png"
              ? await own.toBuffer("png")
              : await own.toBuffer("jpg", { quality: QUALITY / 100 }),
          );
        },
      ),
    ];
  });
  return all;
}

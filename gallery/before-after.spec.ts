// Visible faults, before and after: drawn by the bare engine, as it was; and by this library.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Canvas, createCanvas, Image, type SKRSContext2D } from "@napi-rs/canvas";
import sharp from "sharp";
import { createHost, type Host, loadFont } from "../lib/index.ts";
import { decode, type Picture } from "../spec/support/pictures.ts";
import { root, share } from "./support.ts";

const SIDE = 100;
const FACTOR = 3;
const folder = new URL("../docs/gallery/before-after/", import.meta.url);

type Draw = (context: SKRSContext2D) => unknown;

interface Fault {
  name: string;
  before(): Canvas | Promise<Canvas>;
  after(host: Host): Promise<Buffer>;
  /** What the two pictures show. */
  check(before: Picture, after: Picture): void;
}

/** The engine's canvas, drawn on without this library. */
function bare(draw: Draw): Canvas {
  const canvas = createCanvas(SIDE, SIDE);
  paper(canvas.getContext("2d"));
  draw(canvas.getContext("2d"));
  return canvas;
}

/** Enlarged by the engine's own replay. */
function replayed(draw: Draw): Canvas {
  const larger = createCanvas(SIDE * FACTOR, SIDE * FACTOR);
  larger.getContext("2d").scale(FACTOR, FACTOR);
  larger.getContext("2d").drawCanvas(bare(draw), 0, 0);
  return larger;
}

function paper(context: SKRSContext2D): void {
  context.save();
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  context.restore();
}

async function exported(host: Host, draw: Draw, factor = 1): Promise<Buffer> {
  const canvas = host.createCanvas("made", SIDE, SIDE);
  paper(canvas.getContext("2d"));
  await draw(canvas.getContext("2d"));
  const size = { destWidth: SIDE * factor, destHeight: SIDE * factor };
  return (await host.canvasToBuffer({ canvas, ...size })).data;
}

type Legacy = ReturnType<Host["wx"]["createCanvasContext"]>;

async function legacy(host: Host, draw: (context: Legacy) => void): Promise<Buffer> {
  host.mountCanvas({ canvasId: "legacy", width: SIDE, height: SIDE });
  const context = host.wx.createCanvasContext("legacy");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  context.fillStyle = "#000";
  draw(context);
  await new Promise<void>((resolve) => context.draw(false, () => resolve()));
  return (await host.canvasToBuffer({ canvasId: "legacy" })).data;
}

/** How much neighbours in the rows of a square differ, in levels: much where edges are sharp. */
function sharpness({ at }: Picture, from: number, to: number): number {
  let sum = 0;
  for (let y = from; y < to; y++) {
    for (let x = from; x < to; x++) sum += Math.abs(at(x, y)[1] - at(x - 1, y)[1]);
  }
  return sum / (to - from) ** 2;
}

const dark = (picture: Picture) => share(picture, [0, 0, 0]);

const shadow: Draw = (context) => {
  context.shadowColor = "rgba(0, 0, 0, 0.8)";
  context.shadowBlur = 14;
  context.shadowOffsetY = 8;
  context.fillStyle = "#fc4";
  context.fillRect(25, 20, 50, 45);
};

const photo = new Image();
const photograph: Draw = (context) => {
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, 10, 10, 80, 80);
};

const word = (context: SKRSContext2D | Legacy) => {
  context.font = '26px "Noto Sans SC"';
  context.fillText("Poster", 8, 40);
};
const withPut: Draw = (context) => {
  const pixels = context.createImageData(10, 10);
  for (let i = 0; i < 100; i++) {
    const [x, y] = [i % 10, Math.floor(i / 10)];
    pixels.data.set([x * 25, ((x * y) % 5) * 40, 240 - y * 20, 255], i * 4);
  }
  context.putImageData(pixels, 10, 60);
  word(context);
};
const readTwice: Draw = (context) => {
  word(context);
  for (let i = 0; i < 2; i++) {
    context.canvas.toDataURL();
    context.fillRect(10 + 30 * i, 80, 20, 4);
  }
};

const path = (context: SKRSContext2D | Legacy) => {
  context.fillStyle = "#06c";
  context.rect(10, 10, 40, 40);
  context.translate(35, 35);
  context.fill();
};

/** A picture that stands on its side, and says so. */
const onItsSide = sharp(
  Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><rect width="80" height="60" fill="#9cf"/><path d="M40 8L70 52H10Z" fill="#284"/></svg>',
  ),
)
  .rotate(-90)
  .withMetadata({ orientation: 6 })
  .png()
  .toBuffer();

const sizeless = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="18" fill="#d36"/></svg>',
);

const price = (context: SKRSContext2D | Legacy) => {
  context.font = "24px sans-serif";
  context.fillText("¥199.00", 4, 60);
};
const chinese = (context: SKRSContext2D | Legacy) => {
  context.fillText("海报生成", 8, 40);
  context.scale(2, 2);
  context.fillText("海报", 4, 40);
};
const faces = (context: SKRSContext2D | Legacy) => {
  context.font = "36px sans-serif";
  context.fillText("😀😂", 4, 62);
};
const loose = (context: SKRSContext2D | Legacy) => {
  context.font = "medium 30px sans-serif";
  context.fillText("Sale", 10, 60);
};

const faults: Fault[] = [
  {
    name: "shadow",
    before: () => replayed(shadow),
    after: (host) => exported(host, shadow, FACTOR),
    check(before, after) {
      // The shadow reaches as far as at the canvas's own size, three times as large.
      const reach = (picture: Picture) => {
        let y = 65 * FACTOR + 60;
        while (y > 65 * FACTOR && picture.at(150, y)[0] > 250) y--;
        return y - 65 * FACTOR;
      };
      assert.ok(reach(after) > reach(before) + 15, `${reach(before)} and ${reach(after)}`);
    },
  },
  {
    name: "reduced-photo",
    before: () => replayed(photograph),
    after: (host) => exported(host, photograph, FACTOR),
    check(before, after) {
      const [blurred, sharp] = [before, after].map((one) => sharpness(one, 40, 260));
      assert.ok(Number(sharp) > 1.3 * Number(blurred), `${blurred} and ${sharp}`);
    },
  },
  {
    name: "put-pixels",
    before: () => replayed(withPut),
    after: (host) => exported(host, withPut, FACTOR),
    check(before, after) {
      const colours = (picture: Picture) =>
        new Set(Array.from({ length: 24 }, (_, x) => picture.at(33 + x, 195).join())).size;
      assert.ok(colours(after) > 2 * colours(before), `${colours(before)}, ${colours(after)}`);
    },
  },
  {
    name: "second-read",
    before: () => replayed(readTwice),
    after: (host) => exported(host, readTwice, FACTOR),
    check: (before, after) => assert.ok(dark(after) > 1.1 * dark(before)),
  },
  {
    name: "path-transform",
    before: () => bare(path),
    after: (host) => legacy(host, path),
    check(before, after) {
      assert.deepEqual([before.at(20, 20)[2], before.at(80, 80)[0]], [204, 255]);
      assert.deepEqual([after.at(20, 20)[0], after.at(80, 80)[2]], [255, 204]);
    },
  },
  {
    name: "chinese",
    before: () => bare(chinese),
    after: (host) => legacy(host, chinese),
    check: (before, after) => assert.notDeepEqual(before.data, after.data),
  },
  {
    name: "emoji",
    before: () => bare(faces),
    after: (host) => legacy(host, faces),
    check: (_, after) => assert.ok(share(after, [0xff, 0xd0, 0x30]) > 0.05),
  },
  {
    name: "loaded-font",
    before: () => bare(price),
    after: (host) => legacy(host, price),
    check: (before, after) => assert.notDeepEqual(before.data, after.data),
  },
  {
    name: "font-words",
    before: () => bare(loose),
    after: (host) => legacy(host, loose),
    check: (before, after) => assert.ok(dark(after) > 3 * dark(before)),
  },
  {
    name: "orientation",
    async before() {
      const image = new Image();
      image.src = await onItsSide;
      return bare((context) => context.drawImage(image, 10, 10));
    },
    after: (host) =>
      exported(host, async (context) => {
        context.drawImage(await host.loadImage(await onItsSide), 10, 10);
      }),
    check(before, after) {
      assert.deepEqual(before.at(15, 80).slice(0, 3), [0x99, 0xcc, 0xff]);
      assert.deepEqual(after.at(85, 15).slice(0, 3), [0x99, 0xcc, 0xff]);
    },
  },
  {
    name: "svg-size",
    async before() {
      const image = new Image();
      image.src = sizeless;
      await image.decode();
      return bare((context) => {
        context.scale(0.6, 0.6);
        context.drawImage(image, 5, 5);
      });
    },
    after: (host) =>
      exported(host, async (context) => {
        context.scale(0.6, 0.6);
        context.drawImage(await host.loadImage(sizeless), 5, 5);
      }),
    check: (_, after) => assert.deepEqual(after.at(70, 70).slice(0, 3), [0xdd, 0x33, 0x66]),
  },
  {
    name: "units",
    // The strings are no numbers, so the call was dropped.
    before: () =>
      bare((context) => {
        context.font = "30px sans-serif";
        context.fillText("Sale", Number("10px"), Number("60px"));
      }),
    after: (host) =>
      legacy(host, (context) => {
        context.setFontSize(30);
        context.fillText("Sale", "10px" as never, "60px" as never);
      }),
    check: (before, after) => assert.deepEqual([dark(before), dark(after) > 0.02], [0, true]),
  },
  {
    name: "mounted-again",
    before() {
      const canvas = bare(shadow);
      // Mounting gave the canvas its size, which clears it.
      canvas.width = SIDE;
      return canvas;
    },
    async after(host) {
      await legacy(host, (context) => {
        context.setShadow(0, 8, 14, "rgba(0, 0, 0, 0.8)");
        context.setFillStyle("#fc4");
        context.fillRect(25, 20, 50, 45);
      });
      host.mountCanvas({ canvasId: "legacy", width: SIDE, height: SIDE });
      return (await host.canvasToBuffer({ canvasId: "legacy" })).data;
    },
    check: (before, after) =>
      assert.deepEqual([before.at(50, 40)[3], after.at(50, 40)[3]], [0, 255]),
  },
];

describe("before and after", () => {
  before(async () => {
    const file = "noto-sans-sc-chinese-simplified-400-normal.woff2";
    const url = import.meta.resolve(`@fontsource/noto-sans-sc/files/${file}`);
    await loadFont(fileURLToPath(url), "Noto Sans SC");
    photo.src = `${root}images/cover.jpg`;
    await photo.decode();
  });

  for (const { name, before, after, check } of faults) {
    it(name, async () => {
      const host = createHost({ root });
      try {
        const pictures = {
          before: (await before()).toBuffer("image/png"),
          after: await after(host),
        };
        for (const [when, bytes] of Object.entries(pictures)) {
          if (process.env.UPDATE !== "1") continue;
          await mkdir(folder, { recursive: true });
          await writeFile(new URL(`${name}-${when}.png`, folder), bytes);
        }
        check(await decode(pictures.before), await decode(pictures.after));
      } finally {
        await host.dispose();
      }
    });
  }
});

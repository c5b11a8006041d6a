// The data of the benchmark's posters, the files that they draw, and medians.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Data of posters that begin with that number: each is new, and 200 avatars come in turn. */
export function createData(folder, first = 0) {
  let seed = first;
  return (width) => {
    seed++;
    return {
      width,
      photo: join(folder, `photo-${width}.jpg`),
      avatar: join(folder, `avatar-${seed % 200}.png`),
      link: `https://example.com/posters/${seed}`,
      title: "山海之间：三天两夜的秋日徒步，从海边的小镇出发，沿着山脊走到灯塔",
      name: `小满的旅行笔记 ${seed}`,
    };
  };
}

/** Photos with the noise of a sensor, and two hundred avatars. */
export async function prepare(folder) {
  // Not for the process of the service, which has the rest of this file, too.
  const [{ createCanvas }, { default: sharp }] = await Promise.all([
    import("@napi-rs/canvas"),
    import("sharp"),
  ]);
  for (const width of [750, 1500]) {
    const height = Math.round((width * 1334) / 750);
    const noise = { type: "gaussian", mean: 128, sigma: 24 };
    const light = await sharp({
      create: { width: 24, height: 40, channels: 3, background: "#48a", noise },
    })
      .resize(width, height, { fit: "fill" })
      .jpeg({ quality: 85 })
      .toBuffer();
    writeFileSync(join(folder, `photo-${width}.jpg`), light);
  }
  for (let i = 0; i < 200; i++) {
    const canvas = createCanvas(160, 160);
    const context = canvas.getContext("2d");
    context.fillStyle = `hsl(${i * 37} 70% 60%)`;
    context.fillRect(0, 0, 160, 160);
    context.fillStyle = "#fff";
    context.fillText(String(i), 20 + (i % 100), 80);
    writeFileSync(join(folder, `avatar-${i}.png`), await canvas.encode("png"));
  }
}

export function median(values) {
  return quantile(values, 0.5);
}

export function quantile(values, part) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)];
}

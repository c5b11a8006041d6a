// The rows of the table: what each one exports.

import type { Canvas } from "@napi-rs/canvas";
import { contents, type Draw, drawBadge, drawPhoto, drawQr, paint } from "./pictures.ts";
import type { Job } from "./us.ts";

export interface Row {
  id: string;
  title: string;
  job: Job;
  /** The pictures, drawn anew for each call. */
  draw(): Canvas[];
  /**
   * Whether each picture is drawn anew each time, with a stamp of its own, so that nothing is
   * rastered before.
   */
  anew?: boolean;
  /** How many exports are asked for at once, each of the picture with a stamp of its own. */
  together?: number;
}

const one = (draw: Draw, width: number, height: number, seed: number) => () => [
  paint(draw, width, height, seed),
];
const png = { type: "png", compression: "default" } as const;
const jpeg = { type: "jpeg", compression: "default" } as const;

/** Seeds of row H, and of row J: nothing was tuned on the pictures of row J. */
const SEED = 1;
const OTHER_SEED = 4711;

const poster = one(drawPhoto, 1500, 2668, SEED);
/** A region that has both photo and text. */
const square = { x: 150, y: 950, width: 300, height: 300, outWidth: 600, outHeight: 600 };
const reduced = { x: 0, y: 0, width: 1500, height: 2668, outWidth: 375, outHeight: 667 };

const eight = (id: string, seed: number): Row[] =>
  Object.entries(contents).map(([name, draw]) => ({
    id,
    title: `${name} 1200×1600 → PNG`,
    job: png,
    draw: one(draw, 1200, 1600, seed),
  }));

export function rows(posters: number): Row[] {
  // A hundred posters take the slowest peers minutes.
  const quarter = Math.ceil(posters / 4);
  return [
    { id: "A", title: "poster 1500×2668 → PNG", job: png, draw: poster },
    { id: "B", title: "poster 1500×2668 → JPEG 0.8", job: jpeg, draw: poster },
    {
      id: "C",
      title: "region 300×300 of a poster → 600×600 PNG",
      job: { ...png, region: square },
      anew: true,
      draw: one(drawPhoto, 750, 1334, SEED),
    },
    {
      id: "D",
      title: "poster 1500×2668 → 375×667 JPEG 0.8",
      job: { ...jpeg, region: reduced },
      anew: true,
      draw: poster,
    },
    { id: "E", title: "QR code 600×600 → PNG", job: png, draw: one(drawQr, 600, 600, SEED) },
    { id: "F", title: "photo 4096×4096 → PNG", job: png, draw: one(drawPhoto, 4096, 4096, SEED) },
    {
      id: "G",
      title: "200 exports of 100×100 → PNG",
      job: png,
      draw: () => Array.from({ length: 200 }, (_, i) => paint(drawBadge, 100, 100, i + 1)),
    },
    ...eight("H", SEED),
    {
      id: "I",
      title: `${posters} posters at once → JPEG 0.8`,
      job: jpeg,
      draw: poster,
      together: posters,
    },
    {
      id: "I",
      title: `${quarter} posters at once → PNG`,
      job: png,
      draw: poster,
      together: quarter,
    },
    ...eight("J", OTHER_SEED),
  ];
}

// What is exported: the rows of the table.

import type { Canvas } from "@napi-rs/canvas";
import { contents, type Draw, drawBadge, drawPhoto, drawQr, paint } from "./pictures.ts";
import type { Settings } from "./us.ts";

export interface Row {
  id: string;
  title: string;
  type: Settings["type"];
  /** The pictures, drawn anew for each call. */
  draw(): Canvas[];
  /** All asked for at once, not one after the other. */
  together?: boolean;
  /** Fewer rounds than asked for: rows that take minutes. */
  rounds?: number;
}

const one = (draw: Draw, width: number, height: number, seed: number) => () => [
  paint(draw, width, height, seed),
];
const many = (draw: Draw, width: number, height: number, count: number) => () =>
  Array.from({ length: count }, (_, i) => paint(draw, width, height, i + 1));

/** Seeds of row H, and of row J: on the latter's pictures nothing was tuned. */
const SEED = 1;
const OTHER_SEED = 4711;

const eight = (id: string, seed: number): Row[] =>
  Object.entries(contents).map(([name, draw]) => ({
    id,
    title: `${name} 1200×1600 → PNG`,
    type: "png",
    draw: one(draw, 1200, 1600, seed),
  }));

export function rows(posters: number): Row[] {
  return [
    {
      id: "A",
      title: "poster 1500×2668 → PNG",
      type: "png",
      draw: one(drawPhoto, 1500, 2668, SEED),
    },
    {
      id: "B",
      title: "poster 1500×2668 → JPEG 0.8",
      type: "jpeg",
      draw: one(drawPhoto, 1500, 2668, SEED),
    },
    { id: "C", title: "region 600×600 → PNG", type: "png", draw: one(drawPhoto, 600, 600, SEED) },
    {
      id: "D",
      title: "small poster 375×667 → JPEG 0.8",
      type: "jpeg",
      draw: one(drawPhoto, 375, 667, SEED),
    },
    { id: "E", title: "QR code 600×600 → PNG", type: "png", draw: one(drawQr, 600, 600, SEED) },
    {
      id: "F",
      title: "photo 4096×4096 → PNG",
      type: "png",
      draw: one(drawPhoto, 4096, 4096, SEED),
    },
    {
      id: "G",
      title: "200 exports of 100×100 → PNG",
      type: "png",
      draw: many(drawBadge, 100, 100, 200),
    },
    ...eight("H", SEED),
    {
      id: "I",
      title: `${posters} posters at once → JPEG 0.8`,
      type: "jpeg",
      draw: many(drawPhoto, 1500, 2668, posters),
      together: true,
      rounds: 3,
    },
    {
      id: "I",
      title: `${posters} posters at once → PNG`,
      type: "png",
      draw: many(drawPhoto, 1500, 2668, posters),
      together: true,
      rounds: 1,
    },
    ...eight("J", OTHER_SEED),
  ];
}

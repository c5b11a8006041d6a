// Draws the results as a picture: a line for each row, a dot for each contender; further right is
// slower.

import { us } from "./contenders.ts";
import { groups, oursOf, type Result, ratio } from "./report.ts";

const COLOURS: Record<string, string> = {
  [us]: "#d62728",
  [`${us}, fast`]: "#ff9896",
  [`${us}, small`]: "#8c2d04",
  "@napi-rs/canvas encode": "#1f77b4",
  "@napi-rs/canvas naive": "#9ecae1",
  sharp: "#2ca02c",
  "sharp, level 3 adaptive, RGB": "#98df8a",
  "sharp, level 9 adaptive, RGB": "#006d2c",
  "@napi-rs/image Default": "#9467bd",
  "@napi-rs/image Fast": "#c5b0d5",
  "@napi-rs/image": "#9467bd",
  "node-canvas": "#ff7f0e",
  "skia-canvas": "#17becf",
};

const LEFT = 300;
const WIDTH = 1000;
const LINE = 24;
const TOP = 74;
/** The axis goes from a quarter of our time to 128 times our time. */
const LEAST = 0.25;
const MOST = 128;

const place = (times: number) =>
  LEFT +
  ((WIDTH - LEFT - 40) * Math.log(Math.min(MOST, Math.max(LEAST, times)) / LEAST)) /
    Math.log(MOST / LEAST);

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

export function chart(results: readonly Result[]): string {
  const all = groups(results);
  const names = Object.keys(COLOURS).filter((name) =>
    results.some(({ contender }) => contender === name),
  );
  const bottom = TOP + all.length * LINE;
  const height = bottom + 30 + Math.ceil(names.length / 4) * 20;
  const text = (x: number, y: number, what: string, more = "") =>
    `<text x="${x.toFixed(1)}" y="${y}" ${more}>${escaped(what)}</text>`;

  const grid = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128].map((times) => {
    const x = place(times).toFixed(1);
    const stroke = times === 1 ? `stroke="#d62728"` : `stroke="#e0e0e0"`;
    return (
      `<line x1="${x}" x2="${x}" y1="${TOP - 12}" y2="${bottom - 6}" ${stroke}/>` +
      text(place(times), TOP - 18, `${times}×`, `text-anchor="middle" fill="#666"`)
    );
  });
  const lines = all.map((group, i) => {
    const own = oursOf(group);
    const y = TOP + i * LINE + 6;
    if (!own) return "";
    const dots = group.toReversed().map((r) => {
      const times = r.wall / own.wall;
      const bytes = r.bytes / own.bytes;
      const colour = COLOURS[r.contender] ?? "#000";
      const isLarger = bytes > 1.02;
      const wrong = r.differing ? ", other pixels" : "";
      const title = `${r.contender}: ${ratio(times)}× time, ${ratio(bytes)}× bytes${wrong}`;
      const fill = isLarger ? `fill="#fff" fill-opacity="0.6"` : `fill="${colour}"`;
      return `<circle cx="${place(times).toFixed(1)}" cy="${y}" r="${r.contender === us ? 6.5 : 5.5}" ${fill} stroke="${colour}" stroke-width="2"><title>${escaped(title)}</title></circle>`;
    });
    const rule = `<line x1="${LEFT}" x2="${WIDTH - 40}" y1="${y}" y2="${y}" stroke="#f0f0f0"/>`;
    return (
      rule + text(LEFT - 12, y + 4, `${own.row}: ${own.title}`, `text-anchor="end"`) + dots.join("")
    );
  });
  const legend = names.map((name, i) => {
    const x = 40 + (i % 4) * 240;
    const y = bottom + 16 + Math.floor(i / 4) * 20;
    return `<circle cx="${x}" cy="${y}" r="5.5" fill="${COLOURS[name]}"/>${text(x + 12, y + 4, name)}`;
  });
  const heading =
    text(40, 22, "From canvas to file: time, as multiples of ours", `font-size="15"`) +
    text(
      40,
      40,
      "Filled: a file no larger than ours (1.02×). Hollow: a larger one.",
      `fill="#666"`,
    );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12"><title>From canvas to file: this library and its peers</title><rect width="100%" height="100%" fill="#fff"/>${heading}${grid.join("")}${lines.join("")}${legend.join("")}</svg>\n`;
}

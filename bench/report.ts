// The results as a table of ratios against this library, and as a chart.

import { us } from "./contenders.ts";

export interface Result {
  row: string;
  title: string;
  contender: string;
  /** Medians, and the least and the most of all rounds. */
  wall: number;
  spread: [least: number, most: number];
  cpu: number;
  block: number;
  bytes: number;
  differing?: number;
  psnr?: number;
  /** Megabytes above a process that only draws. */
  memory?: number;
}

const groups = (results: readonly Result[]): Result[][] => {
  const byTitle = new Map<string, Result[]>();
  for (const result of results) {
    const key = `${result.row} ${result.title}`;
    byTitle.set(key, [...(byTitle.get(key) ?? []), result]);
  }
  return [...byTitle.values()];
};

const ratio = (x: number) => (x >= 100 ? x.toFixed(0) : x.toFixed(2));

export function table(results: readonly Result[]): string {
  const lines: string[] = [];
  for (const group of groups(results)) {
    const [first] = group;
    const own = group.find(({ contender }) => contender === us) ?? first;
    if (!first || !own) continue;
    lines.push("", `### ${first.row}: ${first.title}`, "");
    lines.push(
      "| | ms | spread | × our time | CPU ms | block ms | bytes | × our bytes | memory MB | pixels |",
    );
    lines.push("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|");
    for (const r of group.toSorted((a, b) => a.wall - b.wall)) {
      const pixels =
        r.psnr === undefined
          ? r.differing
            ? `**${r.differing} differ**`
            : "exact"
          : `${r.psnr.toFixed(2)} dB`;
      const cells = [
        r.contender === us ? `**${r.contender}**` : r.contender,
        r.wall.toFixed(1),
        `${r.spread[0].toFixed(1)}–${r.spread[1].toFixed(1)}`,
        ratio(r.wall / own.wall),
        r.cpu.toFixed(0),
        r.block.toFixed(0),
        String(r.bytes),
        ratio(r.bytes / own.bytes),
        r.memory === undefined ? "" : r.memory.toFixed(0),
        pixels,
      ];
      lines.push(`| ${cells.join(" | ")} |`);
    }
  }
  return lines.join("\n");
}

const COLOURS = [
  "#d62728",
  "#ff9896",
  "#8c564b",
  "#1f77b4",
  "#aec7e8",
  "#2ca02c",
  "#98df8a",
  "#bcbd22",
  "#9467bd",
  "#c5b0d5",
  "#e377c2",
  "#17becf",
];

/** Each row a field: time to the right and bytes upwards, both as multiples of ours, on logarithmic scales. */
export function chart(results: readonly Result[]): string {
  const all = groups(results);
  const names = [...new Set(results.map(({ contender }) => contender))];
  const colour = (name: string) => COLOURS[names.indexOf(name) % COLOURS.length] ?? "#000";
  const [width, height, across] = [240, 170, 4];
  const fields = all.map((group, i) => {
    const own = group.find(({ contender }) => contender === us) ?? group[0];
    if (!own) return "";
    const x0 = (i % across) * width + 40;
    const y0 = Math.floor(i / across) * height + 40;
    const x = (r: Result) => x0 + 30 + Math.max(0, Math.log10(r.wall / own.wall) + 0.3) * 75;
    const y = (r: Result) =>
      y0 + 70 - Math.max(-1, Math.min(1, Math.log2(r.bytes / own.bytes) / 3)) * 50;
    const dots = group.map(
      (r) =>
        `<circle cx="${x(r).toFixed(1)}" cy="${y(r).toFixed(1)}" r="${r.contender === us ? 6 : 4}" fill="${colour(r.contender)}"><title>${r.contender}: ${ratio(r.wall / own.wall)}× time, ${ratio(r.bytes / own.bytes)}× bytes</title></circle>`,
    );
    const grid = [1, 10, 100].map((n) => {
      const at = (x0 + 30 + (Math.log10(n) + 0.3) * 75).toFixed(1);
      return `<line x1="${at}" x2="${at}" y1="${y0 + 12}" y2="${y0 + 125}" stroke="#ddd"/><text x="${at}" y="${y0 + 138}" text-anchor="middle" fill="#888">${n}×</text>`;
    });
    const level = `<line x1="${x0 + 20}" x2="${x0 + 215}" y1="${y0 + 70}" y2="${y0 + 70}" stroke="#ddd"/>`;
    return `<text x="${x0 + 20}" y="${y0 + 4}" font-weight="bold">${own.row}: ${own.title}</text>${level}${grid.join("")}${dots.join("")}`;
  });
  const bottom = Math.ceil(all.length / across) * height + 60;
  const legend = names.map(
    (name, i) =>
      `<circle cx="${60 + (i % across) * width}" cy="${bottom + Math.floor(i / across) * 18}" r="5" fill="${colour(name)}"/><text x="${72 + (i % across) * width}" y="${bottom + 4 + Math.floor(i / across) * 18}">${name}</text>`,
  );
  const total = bottom + Math.ceil(names.length / across) * 18 + 20;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${across * width + 60}" height="${total}" font-family="sans-serif" font-size="10"><rect width="100%" height="100%" fill="#fff"/><text x="40" y="20" font-size="13">To the right: × our time. Upwards: × our bytes (the line is equal, its distance to the edge 8×).</text>${fields.join("")}${legend.join("")}</svg>\n`;
}

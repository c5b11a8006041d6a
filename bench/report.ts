// Formats the results as tables, with ratios against this library.

import { us } from "./contenders.ts";

export interface Result {
  row: string;
  title: string;
  type: "png" | "jpeg";
  contender: string;
  /** How often it was measured. */
  measured: number;
  /** The median of each round; null for a round in which it was left out. */
  rounds: (number | null)[];
  /** Medians; `spread` is the least and the most of all. */
  wall: number;
  spread: [least: number, most: number];
  cpu: number;
  block: number;
  bytes: number;
  differing?: number;
  psnr?: number;
  /** Megabytes that the exports add to the process at most. */
  memory?: number;
}

/** The findings of a study, which is not a race: it checks whether something holds. */
export interface Facts {
  title: string;
  lines: { what: string; value: number; unit: string; must?: string }[];
}

export function groups(results: readonly Result[]): Result[][] {
  const byTitle = new Map<string, Result[]>();
  for (const result of results) {
    const key = `${result.row} ${result.title}`;
    byTitle.set(key, [...(byTitle.get(key) ?? []), result]);
  }
  return [...byTitle.values()];
}

export function oursOf(group: readonly Result[]): Result | undefined {
  return group.find(({ contender }) => contender === us) ?? group[0];
}

export const ratio = (x: number): string =>
  x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2);

export function table(results: readonly Result[]): string {
  const lines: string[] = [];
  for (const group of groups(results)) {
    const own = oursOf(group);
    if (!own) continue;
    lines.push("", `### ${own.row}: ${own.title}`, "");
    lines.push(
      "| | ms | spread | measured | × our time | CPU ms | block ms | bytes | × our bytes | memory MB | pixels |",
    );
    lines.push("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|");
    for (const r of group.toSorted((a, b) => a.wall - b.wall)) {
      const cells = [
        r.contender === us ? `**${r.contender}**` : r.contender,
        r.wall.toFixed(1),
        `${r.spread[0].toFixed(1)}–${r.spread[1].toFixed(1)}`,
        String(r.measured),
        ratio(r.wall / own.wall),
        r.cpu.toFixed(0),
        r.block.toFixed(0),
        String(r.bytes),
        ratio(r.bytes / own.bytes),
        r.memory === undefined ? "" : r.memory.toFixed(0),
        pixels(r),
      ];
      lines.push(`| ${cells.join(" | ")} |`);
    }
  }
  return lines.join("\n");
}

function pixels({ differing, psnr }: Result): string {
  if (psnr !== undefined) return `${psnr.toFixed(2)} dB`;
  return differing ? `**${differing} differ**` : "exact";
}

export function facts(studies: readonly Facts[]): string {
  const lines: string[] = [];
  for (const { title, lines: found } of studies) {
    lines.push("", `### ${title}`, "", "| | | must |", "|---|--:|---|");
    for (const { what, value, unit, must = "" } of found) {
      const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
      lines.push(`| ${what} | ${value.toFixed(digits)} ${unit} | ${must} |`);
    }
  }
  return lines.join("\n");
}

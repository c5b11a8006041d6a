// Judges times by paired ratios: of what two contenders took in the same round, so that a busy
// moment of the machine affects both.

import { us } from "./contenders.ts";
import { groups, type Result, ratio } from "./report.ts";

/** Ratios of all rounds: the median, and how far they spread. */
export interface Paired {
  median: number;
  low: number;
  high: number;
}

/** Without its extremes where there are many: one round may have been disturbed. */
const MANY = 5;

/** The ratios of `a` to `b` in each round in which both took part; undefined if there is none. */
export function paired(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
): Paired | undefined {
  const ratios = a
    .map((value, round) => (value ?? Number.NaN) / (b[round] ?? Number.NaN))
    .filter(Number.isFinite)
    .sort((x, y) => x - y);
  const cut = ratios.length >= MANY ? 1 : 0;
  const median = ratios[ratios.length >> 1];
  const low = ratios[cut];
  const high = ratios.at(-1 - cut);
  if (median === undefined || low === undefined || high === undefined) return undefined;
  return { median, low, high };
}

/** How long a contender may take, as a multiple of another's time. */
export interface Bar {
  rows: string;
  type: "png" | "jpeg";
  contender: string;
  against: string;
  most: number;
}

const FAST = `${us}, fast`;
const TIE = 1.05;
export const bars: readonly Bar[] = [
  { rows: "ACEFGHJ", type: "png", contender: FAST, against: "@napi-rs/image Fast", most: TIE },
  { rows: "ACFHJ", type: "png", contender: FAST, against: us, most: 0.7 },
  { rows: "BI", type: "jpeg", contender: FAST, against: "node-canvas", most: TIE },
  ...["@napi-rs/canvas encode", "node-canvas", "skia-canvas", "sharp"].flatMap((against): Bar[] => [
    { rows: "ACEFGHIJ", type: "png", contender: us, against, most: TIE },
    { rows: "BDI", type: "jpeg", contender: us, against, most: TIE },
  ]),
];

/** A contender's times, one for each round. */
export interface Timed {
  contender: string;
  rounds: readonly (number | null)[];
}

export interface Verdict {
  bar: Bar;
  paired: Paired;
  /** Whether it holds; undefined where the spread crosses the bar: that says nothing. */
  holds?: boolean;
}

/** What the times of a row say about the bars that apply to it. */
export function verdicts(row: { id: string; type: string }, times: readonly Timed[]): Verdict[] {
  const roundsOf = (name: string) => times.find(({ contender }) => contender === name)?.rounds;
  return bars.flatMap((bar) => {
    if (!bar.rows.includes(row.id) || bar.type !== row.type) return [];
    const ratios = paired(roundsOf(bar.contender) ?? [], roundsOf(bar.against) ?? []);
    if (!ratios) return [];
    const isOpen = ratios.low <= bar.most && ratios.high > bar.most;
    return [{ bar, paired: ratios, ...(!isOpen && { holds: ratios.median <= bar.most }) }];
  });
}

const show = ({ median, low, high }: Paired) => `${ratio(median)} (${ratio(low)}–${ratio(high)})`;

/** The bars that are missed, and those that the spread leaves open, which do not count. */
export function barTable(results: readonly Result[]): string {
  const found = groups(results).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    return verdicts({ id: first.row, type: first.type }, group).map((verdict) => ({
      title: `${first.row}: ${first.title}`,
      ...verdict,
    }));
  });
  const held = found.filter(({ holds }) => holds).length;
  const rest = found.filter(({ holds }) => !holds);
  const lines = rest.map(
    ({ title, bar: { contender, against, most }, paired: ratios, holds }) =>
      `| ${title} | ${contender} ÷ ${against} | ${show(ratios)} | ≤ ${most} | ${holds === false ? "missed" : "open: not counted"} |`,
  );
  const head = `${held} of ${found.length} bars hold.`;
  if (lines.length === 0) return head;
  return [head, "", "| row | time | ratio | bar | |", "|---|---|--:|--:|---|", ...lines].join("\n");
}

/** What of an earlier result is kept to compare later ones with. */
export interface Kept {
  machine: object;
  results: Pick<Result, "row" | "title" | "type" | "contender" | "rounds" | "bytes">[];
}

export function keep(machine: object, results: readonly Result[]): string {
  const lines = results.map(({ row, title, type, contender, rounds, bytes }) =>
    JSON.stringify({ row, title, type, contender, rounds, bytes }),
  );
  return `{ "machine": ${JSON.stringify(machine)}, "results": [\n${lines.join(",\n")}\n] }\n`;
}

/** What our times are compared with on both sides, since machines differ. */
const REFERENCE = { png: "@napi-rs/image Fast", jpeg: "@napi-rs/canvas encode" } as const;
/** A change that does not matter, even where it is beyond noise. */
const SMALL = 0.05;

/** The rows whose ratio to a peer moved beyond the spread of both results, or whose bytes did. */
export function changes(now: readonly Result[], { results: before }: Kept): string {
  const lines: string[] = [];
  const compared = now.filter(({ contender }) => contender.startsWith(us));
  for (const one of compared) {
    const find = (all: Kept["results"], contender: string) =>
      all.find((it) => it.row === one.row && it.title === one.title && it.contender === contender);
    const old = find(before, one.contender);
    const against = REFERENCE[one.type];
    const a = paired(old?.rounds ?? [], find(before, against)?.rounds ?? []);
    const b = paired(one.rounds, find([...now], against)?.rounds ?? []);
    if (!old || !a || !b) continue;
    const times = b.median / a.median;
    const isMoved = (b.low > a.high || b.high < a.low) && Math.abs(times - 1) > SMALL;
    if (!isMoved && one.bytes === old.bytes) continue;
    const what = isMoved ? (times > 1 ? "slower" : "faster") : "as quick";
    lines.push(
      `| ${one.row}: ${one.title} | ${one.contender} | ${show(a)} | ${show(b)} | ${what}, ${times.toFixed(2)} × the time, ${(one.bytes / old.bytes).toFixed(3)} × the bytes |`,
    );
  }
  if (lines.length === 0) return "No row moved beyond noise since the last result that was kept.";
  return [
    "Since the last result that was kept (times as multiples of the peer's):",
    "",
    "| row | | then | now | |",
    "|---|---|--:|--:|---|",
    ...lines,
  ].join("\n");
}

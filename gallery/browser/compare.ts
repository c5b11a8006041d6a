// Draws scenes in Chromium and by this library, and compares pixels and the widths of texts.
// `npm run compare:browser [-- --out FOLDER]` keeps the pictures there.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createHost } from "../../lib/index.ts";
import { decode, shareOff } from "../../spec/support/pictures.ts";
import { kinds, SIZE, scenes, textScenes, widthsOf } from "./canvases.ts";
import { openChromium } from "./chromium.ts";

/**
 * Most of a scene's pixels that may be off by more than that many levels in a channel. Chromium
 * draws the edges of dark text heavier; the engine has no setting for it.
 */
const LIMITS = {
  others: [{ levels: 16, share: 0.005 }],
  text: [
    { levels: 16, share: 0.08 },
    { levels: 64, share: 0.015 },
  ],
} as const;
/** In pixels. */
const WIDTH_OFF_MAX = 0.01;

const { values } = parseArgs({ options: { out: { type: "string" } } });
const chromium = await openChromium();
if (!chromium) {
  console.log("skipped: there is no Chromium (apt-get install chromium)");
  process.exit();
}

interface Result {
  name: string;
  /** Of its pixels, for each limit. */
  shares: number[];
}

const rows: string[][] = [];
const failures: string[] = [];
for (const { title, scenes, scale, draw } of kinds) {
  const results = { others: [] as Result[], text: [] as Result[] };
  for (const name of scenes) {
    const group = textScenes.has(name) ? "text" : "others";
    const expected = await chromium.draw(name, SIZE, scale);
    const actual = await draw(name);
    const pictures = [await decode(actual), await decode(expected)] as const;
    const shares = LIMITS[group].map(({ levels }) => shareOff(...pictures, levels));
    results[group].push({ name, shares });
    for (const [i, { levels, share }] of LIMITS[group].entries()) {
      const off = shares[i] ?? 1;
      if (off > share) failures.push(`${percent(off)} by ${levels} levels: ${title}, ${name}`);
    }
    if (values.out) await keep(values.out, { title, name, actual, expected });
  }
  rows.push([
    title,
    String(results.others.length),
    String(results.others.filter(({ shares }) => shares[0] === 0).length),
    worst(results.others, 0),
    String(results.text.length),
    ...LIMITS.text.map((_, i) => worst(results.text, i)),
  ]);
}

const host = createHost();
const measured = await chromium.measureTexts();
let widest = 0;
for (const { font, text, width } of measured) {
  const off = Math.max(...widthsOf(host, font, text).map((own) => Math.abs(own - width)));
  widest = Math.max(widest, off);
  if (off > WIDTH_OFF_MAX) failures.push(`"${text}" in ${font} is ${off.toFixed(3)} px off`);
}
await host.dispose();
await chromium.close();

const count = `${Object.keys(scenes).length} scenes of ${SIZE.width} × ${SIZE.height}`;
console.log(`Chromium ${chromium.version}, ${count}`);
const [off, far] = LIMITS.text.map(({ levels }) => `worst, by more than ${levels} levels`);
const heads = ["canvas", "scenes", "without a pixel off", off, "scenes of text", off, far];
for (const row of [heads, heads.map(() => "---"), ...rows]) console.log(`| ${row.join(" | ")} |`);
console.log(`measureText: ${measured.length} widths, at most ${widest.toFixed(4)} px off`);
for (const failure of failures) console.log(failure);
process.exit(failures.length > 0 ? 1 : 0);

function worst(results: readonly Result[], limit: number): string {
  const off = ({ shares }: Result) => shares[limit] ?? 1;
  const [first] = results.toSorted((a, b) => off(b) - off(a));
  if (!first || off(first) === 0) return "0 %";
  return `${percent(off(first))} (${first.name})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

async function keep(
  folder: string,
  { title, name, ...pictures }: { title: string; name: string; actual: Buffer; expected: Buffer },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [whose, picture] of Object.entries(pictures)) {
    const file = `${title}-${name}-${whose}.png`.replace(/[^\w.-]+/g, "_");
    await writeFile(join(folder, file), picture);
  }
}

// Children under another set of installed fonts; the engine looks in /usr/share/fonts and ~/.fonts.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type How, start } from "./children.ts";
import { asTrueType, fontFile } from "./font-files.ts";

const DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

/** Installed fonts by name, each a list of files. */
const FONTS: Record<string, readonly string[]> = {
  none: [],
  DejaVu: [DEJAVU],
  "Noto CJK": [
    fontFile("noto-sans-sc", "chinese-simplified-400-normal.woff"),
    fontFile("noto-sans-sc", "latin-400-normal.woff"),
  ],
  "DejaVu and colour emoji": [DEJAVU, fontFile("noto-color-emoji", "emoji-400-normal.woff")],
};
export type Installed = "none" | "DejaVu" | "Noto CJK" | "DejaVu and colour emoji";

/** Whether this system lets a process have other installed fonts: Linux with namespaces. */
export function canReplaceFonts(): boolean {
  return spawnSync("unshare", ["-rm", "true"]).status === 0;
}

const homes = new Map<Installed, string>();

/**
 * Runs the script where only these fonts are installed, and gives the JSON that it prints.
 *
 * @param hidden folders that are empty for the script
 */
export async function withInstalled<Result>(
  installed: Installed,
  script: string,
  { cwd, hidden = [] }: { cwd?: string; hidden?: readonly string[] } = {},
): Promise<Result> {
  const home = homes.get(installed) ?? makeHome(installed);
  homes.set(installed, home);
  const empty = join(home, "empty");
  const hide = hidden.map((folder) => `mount --bind '${empty}' '${folder}' && `).join("");
  const mount = `${hide} mount --bind "$0" /usr/share/fonts && exec "$@"`;
  const by: How["by"] = ["unshare", "-rm", "sh", "-c", mount, join(home, "fonts")];
  const program = cwd === undefined ? script : `process.chdir(${JSON.stringify(cwd)});\n${script}`;
  const { stdout, stderr, code } = await start(
    program,
    { HOME: home, NODE_NO_WARNINGS: "1" },
    { by },
  ).ended;
  if (code !== 0 || stderr !== "") throw new Error(`${code}: ${stderr}`);
  return JSON.parse(stdout);
}

function makeHome(installed: Installed): string {
  const home = mkdtempSync(join(tmpdir(), "spec-home-"));
  mkdirSync(join(home, "fonts"));
  mkdirSync(join(home, "empty"));
  for (const file of FONTS[installed] ?? []) {
    const target = join(home, "fonts", basename(file).replace(/\.woff$/, ".ttf"));
    if (file.endsWith(".woff")) writeFileSync(target, asTrueType(readFileSync(file)));
    else copyFileSync(file, target);
  }
  return home;
}

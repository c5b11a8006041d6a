// Checks every link to a file or an anchor: in Markdown pages, and docs/….md in comments.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const { stdout } = spawnSync("git", ["ls-files", "-co", "--exclude-standard"], {
  encoding: "utf8",
});
const files = stdout.split("\n").filter((file) => file !== "" && existsSync(file));
const broken = [];
let links = 0;

for (const page of files.filter((file) => file.endsWith(".md"))) {
  const text = readFileSync(page, "utf8").replace(/^```.*?^```$|`[^`\n]*`/gms, "");
  const targets = [
    ...text.matchAll(/\]\(([^)\s]+)\)/g),
    ...text.matchAll(/(?:src|href)="([^"]+)"/g),
  ].map(([, target]) => target);
  for (const target of targets) check(page, target);
}
for (const file of files.filter((file) =>
  /^(lib|spec|bench|examples|\.ci)\/.*\.(ts|mjs|js)$/.test(file),
)) {
  const comments = readFileSync(file, "utf8").match(/\/\/.*|\/\*.*?\*\//gs) ?? [];
  for (const [target] of comments.join("\n").matchAll(/\bdocs\/[\w./-]+\.md(#[\w-]+)?/g)) {
    check(file, `/${target}`);
  }
}
for (const line of broken) console.log(line);
console.log(`${links - broken.length} passed, ${broken.length} failed`);
process.exit(broken.length > 0 || links === 0 ? 1 : 0);

function check(from, target) {
  if (/^[a-z]+:/i.test(target)) return;
  links++;
  const [path, anchor] = target.split("#");
  const base = path.startsWith("/") ? "." : dirname(from);
  const file = path === "" ? from : normalize(join(base, decodeURIComponent(path)));
  if (!existsSync(file)) broken.push(`${from}: ${target}: there is no such file`);
  else if (anchor && statSync(file).isFile() && !anchorsOf(file).has(decodeURIComponent(anchor))) {
    broken.push(`${from}: ${target}: there is no such heading`);
  }
}

/** The anchors of a page as GitHub makes them: lower case, punctuation gone, blanks as hyphens. */
function anchorsOf(page) {
  const text = readFileSync(page, "utf8").replace(/^```.*?^```$/gms, "");
  const seen = new Map();
  const anchors = new Set();
  for (const [, heading] of text.matchAll(/^#+ (.+)$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

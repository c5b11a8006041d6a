// Tests the coverage gate itself: it sees every file, and fails for a planted uncovered line.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const here = process.cwd();
const copy = mkdtempSync(join(tmpdir(), "coverage-gate-"));
const file = join("lib", "export", "region.ts");
const spec = join("spec", "export", "region.spec.ts");

/** Runs one quick spec under the gate, over the whole library or over what that spec covers. */
function gate(...more) {
  const mocha = [
    join("node_modules", ".bin", "mocha"),
    "--no-config",
    "--node-option",
    "import=@oxc-node/core/register",
    spec,
  ];
  const c8 = join("node_modules", "c8", "bin", "c8.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [c8, ...more, ...mocha], {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, NODE_V8_COVERAGE: "" },
  });
  if (!stdout.includes("passing")) throw new Error(`the spec did not run: ${stdout}${stderr}`);
  const summary = JSON.parse(readFileSync(join(copy, "coverage", "coverage-summary.json"), "utf8"));
  return { isGreen: status === 0, summary };
}

function expect(is, what) {
  if (!is) throw new Error(`the coverage gate ${what}`);
  console.log(`the coverage gate ${what}: as it should`);
}

try {
  for (const name of ["lib", "spec", "package.json", "tsconfig.json", ".c8rc.json"]) {
    cpSync(join(here, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(here, "node_modules"), join(copy, "node_modules"), "dir");

  const whole = gate();
  const seen = Object.keys(whole.summary).filter((name) => name !== "total");
  const files = readdirSync(join(copy, "lib"), { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => resolve(copy, "lib", name));
  // What is left out has nothing to run: types alone, or the encoder's source for WebAssembly.
  const { exclude } = JSON.parse(readFileSync(join(copy, ".c8rc.json"), "utf8"));
  const left = exclude.map((pattern) => resolve(copy, pattern.replace("**", "")));
  for (const name of left.filter((name) => name.endsWith(".ts"))) {
    const isCode = /^\s*(export\s+)?(async\s+)?(const|let|var|function|class|enum)\b/m;
    expect(!isCode.test(readFileSync(name, "utf8")), `leaves out ${name}, which has only types`);
  }
  const missed = files.filter(
    (name) => !seen.includes(name) && !left.some((folder) => name.startsWith(folder)),
  );
  expect(missed.length === 0, `sees all ${files.length} files ${missed}`);
  expect(!whole.isGreen, "is red when most of the library is not covered");

  const one = ["--src", "lib/export", "--include", file];
  expect(gate(...one).isGreen, `is green for ${file}, which its spec covers`);

  const source = readFileSync(join(copy, file), "utf8");
  const plants = {
    "an uncovered function": `${source}\nexport function planted(): number {\n  return 1;\n}\n`,
    "an uncovered line": source.replace(
      "  const rest = whole - start;",
      "  if (start === 123456.789) {\n    return undefined;\n  }\n  const rest = whole - start;",
    ),
    "an uncovered branch on a covered line": source.replace(
      "  const rest = whole - start;",
      "  const rest = start === 123456.789 ? 1 : whole - start;",
    ),
  };
  for (const [what, planted] of Object.entries(plants)) {
    if (planted === source) throw new Error(`${what} could not be planted`);
    writeFileSync(join(copy, file), planted);
    expect(!gate(...one).isGreen, `is red for ${what}`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}

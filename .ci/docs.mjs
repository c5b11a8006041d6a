// Runs and type-checks every code block of the READMEs and of docs/ against the built package.
//
// A comment before a block says how:
//   <!-- docs: serves -->     a server: it must still run after five seconds, and is then ended
//   <!-- docs: typecheck -->  it needs another program (a test runner, a queue): it is not run
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const TIMEOUT_MS = 60_000;
const SERVER_MS = 5_000;
const out = resolve("out", "docs");

rmSync(out, { recursive: true, force: true });
const workingDirectory = join(out, "project");
mkdirSync(workingDirectory, { recursive: true });
cpSync("fixtures/docs", workingDirectory, { recursive: true });
cpSync("examples/miniprogram", join(workingDirectory, "miniprogram"), { recursive: true });

const pages = ["README.md", "README.zh-CN.md", ...pagesBelow("docs")];
const only = process.argv[2];
const blocks = pages.filter((page) => !only || page.includes(only)).flatMap(blocksOf);
for (const { file, code } of blocks) writeFileSync(file, code);
typecheck();

let failed = 0;
for (const block of blocks) {
  const problem = block.mode === "typecheck" ? undefined : await run(block);
  const outcome = problem === undefined ? (block.mode ?? "ran") : "FAILED";
  console.log(`${outcome.padEnd(10)} ${block.page}:${block.line}`);
  if (problem !== undefined) {
    failed++;
    console.log(problem.trim().replace(/^/gm, "           "));
  }
}
console.log(`${blocks.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 || blocks.length === 0 ? 1 : 0);

function pagesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
    .map((name) => join(folder, name));
}

/** The blocks of a page that are code: js and ts. */
function blocksOf(page) {
  const text = readFileSync(page, "utf8");
  const pattern = /(?:<!-- docs: (\w+)[^>]*-->\s*)?^```(js|ts)\n(.*?)^```$/gms;
  return [...text.matchAll(pattern)].map(([all, mode, language, code], index) => {
    const line = text.slice(0, text.indexOf(all)).split("\n").length;
    const name = `${page.replace(/\.md$/, "").replaceAll(/[./\\]/g, "-")}-${index + 1}`;
    const file = join(workingDirectory, `${name}.${language === "ts" ? "ts" : "mjs"}`);
    // A block that has no import or export is a module all the same.
    return { page, line, mode, file, code: `${code}\nexport {};\n` };
  });
}

function typecheck() {
  const config = {
    extends: resolve("tsconfig.json"),
    compilerOptions: {
      types: ["node"],
      target: "ESNext",
      noUncheckedIndexedAccess: false,
      exactOptionalPropertyTypes: false,
      isolatedDeclarations: false,
      declaration: false,
    },
    include: ["*.ts"],
    exclude: [],
  };
  const file = join(workingDirectory, "tsconfig.json");
  writeFileSync(file, JSON.stringify(config));
  const { status, stdout } = spawnSync("npx", ["tsc", "--noEmit", "-p", file], {
    encoding: "utf8",
  });
  if (status === 0) return;
  console.log(stdout);
  process.exit(1);
}

/** What is wrong with a run: its exit code, or that it had something to say on stderr. */
function run({ file, mode }) {
  const child = spawn(
    process.execPath,
    ["--import=@oxc-node/core/register", "--trace-uncaught", file],
    { cwd: workingDirectory, stdio: ["ignore", "pipe", "pipe"] },
  );
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdout.resume();
  let served = false;
  const timer = setTimeout(
    () => {
      served = mode === "serves";
      child.kill("SIGKILL");
    },
    mode === "serves" ? SERVER_MS : TIMEOUT_MS,
  );
  return new Promise((answer) => {
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (stderr !== "") answer(stderr);
      else if (served || code === 0) answer(undefined);
      else answer(`ended with ${signal ?? code}`);
    });
  });
}

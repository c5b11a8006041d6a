// The packed tarball with the real runners, as child processes: pass, fail, new, update, CI, prune.
// `node spec/testing/real/run.mjs [--in <folder>] [runner …]` keeps its packages in that folder.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { RUNNERS } from "./runners.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { in: { type: "string" } },
});
const base = values.in ?? mkdtempSync(join(tmpdir(), "picture-runners-"));
const chosen = RUNNERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

/** Runs a command to its end; what it prints is one text. */
function run(command, args, cwd, env = {}) {
  const { CI, UPDATE_PICTURES, NODE_OPTIONS, NODE_TEST_CONTEXT, ...outer } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...outer, NO_COLOR: "1", ...env } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        output += text;
      });
    }
    const timer = setTimeout(() => child.kill("SIGKILL"), 240_000);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

async function must(command, args, cwd) {
  const { code, output } = await run(command, args, cwd);
  assert.equal(code, 0, `${command} ${args.join(" ")}\n${output}`);
  return output;
}

/** A project with the tarball and these packages. */
async function project(name, packages) {
  const folder = join(base, name);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "package.json"))) {
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  }
  const tarball = join(
    base,
    readdirSync(base).find((file) => file.endsWith(".tgz")),
  );
  const flags = ["--no-audit", "--no-fund", "--silent"];
  await must("npm", ["install", ...flags, tarball, ...packages], folder);
  return folder;
}

/** All the steps of one runner, in a copy of its files. */
async function scenario({ name, files, command, update, filter, names }, installed) {
  const folder = join(installed, "runs", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  cpSync(join(here, "draw.cjs"), join(folder, "draw.cjs"));
  const [test] = Object.keys(files);
  const bin = join(installed, "node_modules", ".bin");
  const [program, ...args] = command;
  const executable = program === "node" ? process.execPath : join(bin, program);
  const tests = (env, ...more) => run(executable, [...args, ...more], folder, env);
  const cli = (...words) => run(join(bin, "wx-canvas-node"), ["pictures", ...words], folder);
  const baseline = (picture) => join(folder, "__pictures__", test, `${picture}.png`);
  const kept = (picture, what) => join(folder, ".pictures", test, `${picture}.${what}.png`);
  const expectRun = ({ code, output }, passes, ...texts) => {
    assert.equal(code === 0, passes, output);
    for (const text of texts) assert.match(output, text);
  };
  const pictures = ["invite", ...names];

  expectRun(await tests({}), true);
  for (const picture of pictures) assert.ok(existsSync(baseline(picture)), `new: ${picture}`);
  const before = readFileSync(baseline("invite"));

  expectRun(await tests({}), true);
  expectRun(await cli("report"), true, /All \d+ pictures match/);

  expectRun(await tests({ SHIFT: "3" }), false, /"invite" differs from its baseline: [\d,]+ of/);
  for (const what of ["actual", "diff"]) assert.ok(existsSync(kept("invite", what)), what);
  assert.deepEqual(readFileSync(baseline("invite")), before);
  expectRun(await cli("report"), false, /differs: .*\/invite/);
  assert.match(readFileSync(join(folder, ".pictures", "report.html"), "utf8"), /pictures failed/);
  expectRun(await cli("prune"), false, /the picture "invite" failed/);

  rmSync(baseline("invite"));
  expectRun(
    await tests({ CI: "true" }),
    false,
    /"invite" has no baseline, and this run writes none/,
  );
  assert.ok(!existsSync(baseline("invite")) && existsSync(kept("invite", "actual")));
  expectRun(await cli("accept", "*invite"), true, /1 accepted/);
  assert.deepEqual(readFileSync(baseline("invite")), before);
  expectRun(await tests({ CI: "true" }), true);

  expectRun(await tests({ SHIFT: "3", UPDATE_PICTURES: "1" }), true);
  assert.notDeepEqual(readFileSync(baseline("invite")), before);
  if (update) {
    expectRun(await tests({}, ...update), true);
    assert.deepEqual(readFileSync(baseline("invite")), before);
  } else expectRun(await tests({ UPDATE_PICTURES: "changed" }), true);

  const old = baseline("nobody asks for it");
  writeFileSync(old, before);
  expectRun(await tests({}), true);
  if (filter) {
    expectRun(await tests({}, ...filter), true);
    expectRun(await cli("prune", "--write"), false, /filtered|not all of its tests ran/);
    expectRun(await tests({}), true);
  }
  expectRun(await cli("prune"), true, /nobody asks for it\.png/, /1 obsolete/);
  assert.ok(existsSync(old));
  expectRun(await cli("prune", "--write"), true, /1 deleted/);
  assert.ok(!existsSync(old) && existsSync(baseline("invite")));
  // A test that fails elsewhere: what it would have asked for is not known.
  expectRun(await tests({ BREAK: "1" }), false, /broken on purpose/);
  expectRun(await cli("prune"), false, /failed|not known/);

  expectRun(await tests({ BLANK: "1" }), false, /nothing was drawn on its canvas/);
  // node:test may find the failure of the comparison first, as an unhandled rejection.
  const forgotten = /the test ended before its picture was compared|"forgotten" has no baseline/;
  expectRun(await tests({ FORGET: "1", CI: "true" }), false, forgotten);
}

try {
  mkdirSync(base, { recursive: true });
  for (const file of readdirSync(base)) if (file.endsWith(".tgz")) rmSync(join(base, file));
  await must("npm", ["pack", "--silent", "--pack-destination", base], process.cwd());
  const installed = new Map();
  for (const runner of chosen) {
    const { project: name, packages } = runner;
    if (!installed.has(name)) installed.set(name, await project(name, packages));
    const began = Date.now();
    if (runner.scenario) await runner.scenario({ ...runner, run, here }, installed.get(name));
    else await scenario(runner, installed.get(name));
    console.log(`${runner.name}: as it should (${Math.round((Date.now() - began) / 1000)} s)`);
  }
} finally {
  if (values.in === undefined) rmSync(base, { recursive: true, force: true });
}

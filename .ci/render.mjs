// `render` of the packed tarball with 1,000 rows: killed in the middle, ended by Ctrl-C, and resumed: each file once
// and whole.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { createProject } from "./packed.mjs";

const ROWS = 1_000;
const project = createProject("render");
const { folder, put } = project;
const out = join(folder, "out");
put(
  "card.mjs",
  `import { definePoster } from "wx-canvas-node/posters";
export default definePoster({
  width: 300,
  height: 400,
  draw({ context, data }) {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, 300, 400);
    context.fillStyle = "hsl(" + data.id + " 80% 50%)";
    context.font = "60px sans-serif";
    for (let i = 0; i < 6; i++) context.fillText("No. " + data.id, 10, 60 * (i + 1));
  },
});
`,
);
const rows = Array.from({ length: ROWS }, (_, id) => JSON.stringify({ id }));
put("rows.jsonl", rows.join("\n"));

const made = () =>
  existsSync(out) ? readdirSync(out).filter((name) => name.endsWith(".png")).length : 0;

/** Runs the command; with a signal, ends it by that after so many further files. */
async function render(signal, after = 0) {
  const args = ["render", "card.mjs", "--data", "rows.jsonl", "--out", "out/{id}.png", "--resume"];
  const child = spawn(process.execPath, [project.command, ...args], { cwd: folder });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (text += data));
  const ended = new Promise((resolve) => child.on("close", (...how) => resolve(how)));
  const before = made();
  if (signal) {
    while (made() < before + after) await new Promise((resolve) => setTimeout(resolve, 5));
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")
      .trim()
      .split(" ");
    child.kill(signal);
    await ended;
    // Its processes end by themselves, even when it can no longer tell them to.
    for (let i = 0; children.some((pid) => existsSync(`/proc/${pid}`)); i++) {
      assert.ok(i < 200, "a process is left");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const [code] = await ended;
  const summary = text.trim().split("\n").slice(-2).join(" ");
  console.log(`${signal ?? "to the end"}: exit code ${code}, ${made()} files. ${summary}`);
  return { code, text };
}

try {
  await render("SIGKILL", 200);
  await render("SIGKILL", 200);
  const asked = await render("SIGINT", 200);
  assert.equal(asked.code, 1);
  assert.match(asked.text, /--resume goes on/);
  const before = made();
  const { code, text } = await render();
  assert.equal(code, 0);
  assert.match(text, new RegExp(`${ROWS} rows: ${ROWS - before} made, ${before} were there`));
  const names = readdirSync(out).sort();
  assert.deepEqual(names, Array.from({ length: ROWS }, (_, id) => `${id}.png`).sort());
  const pictures = new Set();
  for (const name of names) {
    const bytes = readFileSync(join(out, name));
    assert.equal(PNG.sync.read(bytes).width, 300, name);
    pictures.add(bytes.toString("latin1"));
  }
  assert.equal(pictures.size, ROWS, "each row has its own picture");
} finally {
  project.remove();
}

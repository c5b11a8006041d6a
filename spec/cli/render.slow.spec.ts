// npx wx-canvas-node render: rows, names, its output and its exit codes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../lib/cli/commands.ts";
import { fileTypeOf, namesOf } from "../../lib/cli/render/names.ts";
import { startProgress } from "../../lib/cli/render/progress.ts";
import { readRows } from "../../lib/cli/render/rows.ts";
import { failureOf } from "../support/hosts.ts";
import { decode } from "../support/pictures.ts";
import { CHILD, POSTERS, until } from "../support/renderers.ts";

const CARD = join(POSTERS, "card.ts");
const TROUBLE = join(POSTERS, "trouble.ts");

describe("wx-canvas-node render", () => {
  let folder: string;
  beforeEach(async () => {
    process.env.WX_CANVAS_NODE_CHILD = CHILD;
    folder = await mkdtemp(join(tmpdir(), "render-"));
  });
  afterEach(async () => {
    delete process.env.WX_CANVAS_NODE_CHILD;
    await rm(folder, { recursive: true });
  });

  async function render(...args: string[]) {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runCommand(["render", ...args], {
      print: (line) => out.push(line),
      printError: (line) => err.push(line),
    });
    return { code, out: out.join("\n"), err: err.join("\n") };
  }
  const file = async (name: string, content: unknown) => {
    const path = join(folder, name);
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };

  it("makes one picture, of the poster's own type", async () => {
    const data = await file("one.json", { title: "Hi" });
    const { code, out } = await render(CARD, "--data", data, "--out", join(folder, "card"));
    assert.equal(code, 0);
    assert.match(out, /^1 row: 1 made; 0\.0 MB in [\d.]+ s, [\d.]+ a second$/);
    assert.equal((await decode(join(folder, "card.png"))).width, 120);
  });

  it("makes many, each from its data; a failure has its number and stops nothing", async () => {
    const rows = [
      { id: "a", title: "A", colour: "#00ff00" },
      { id: "b", title: 5 },
      { id: "../c", title: "C" },
      { id: "A", title: "the same file" },
      { id: { x: 1 }, title: "no name" },
      { id: 7, title: "seven" },
    ];
    const data = await file(
      "many.jsonl",
      `${rows.map((row) => JSON.stringify(row)).join("\n")}\n\n{"id":\n`,
    );
    const pattern = join(folder, "out", "{id}.jpg");
    const { code, out, err } = await render(
      CARD,
      "--data",
      data,
      "--out",
      pattern,
      "--quality",
      "0.9",
      "--pixel-ratio",
      "2",
    );
    assert.equal(code, 1);
    assert.match(out, /^7 rows: 2 made, 5 failed; /);
    assert.match(err, /row 2: DATA: data: title: must be a text/);
    assert.match(err, /row 3: DATA: \{id\}: expected a part of a file's name, got "\.\.\/c"/);
    assert.match(err, /row 4: DATA: .*A\.jpg is the file of row 1 already/);
    assert.match(err, /row 5: DATA: \{id\}: expected a text or a number, got an object/);
    assert.match(err, /row 8: DATA: it is not JSON/);
    assert.deepEqual((await readdir(join(folder, "out"))).sort(), ["7.jpg", "a.jpg"]);
    const { width, at } = await decode(join(folder, "out", "a.jpg"));
    assert.equal(width, 240);
    assert.ok(at(10, 10)[1] > 250);
  });

  it("keeps whole files with --resume, and makes the others", async () => {
    const data = await file(
      "rows.json",
      ["a", "b", "c"].map((id) => ({ id, title: id })),
    );
    const args = [CARD, "--data", data, "--out", join(folder, "{id}")];
    assert.equal((await render(...args)).code, 0);
    await writeFile(join(folder, "b.png"), (await readFile(join(folder, "b.png"))).subarray(0, 50));
    await rm(join(folder, "c.png"));
    const { out } = await render(...args, "--resume");
    assert.match(out, /^3 rows: 2 made, 1 were there; /);
    assert.equal((await decode(join(folder, "b.png"))).width, 120);
  });

  it("ends at the first failure with --fail-fast", async () => {
    const data = await file("rows.json", [
      { how: "throw" },
      ...Array.from({ length: 50 }, () => ({ how: "sleep", ms: 50 })),
    ]);
    const { code, out } = await render(
      TROUBLE,
      "--data",
      data,
      "--out",
      join(folder, "{row}"),
      "--fail-fast",
      "--processes",
      "1",
    );
    assert.equal(code, 1);
    assert.match(out, /1 failed/);
    assert.match(out, /--resume goes on/);
  });

  it("prints what helps against a failure", async () => {
    const data = await file("row.json", { how: "lack" });
    const { code, err } = await render(TROUBLE, "--data", data, "--out", join(folder, "a.png"));
    assert.equal(code, 1);
    assert.match(err, /row 1: SOURCE: it is missing \(npm install it\)/);
  });

  it("renders a page of a project, and prints its warnings", async () => {
    const page = join(POSTERS, "project", "pages", "card", "card");
    const data = await file("row.json", { src: "none.png" });
    for (const given of [page, `${page}.wxml`]) {
      const { code, err } = await render(given, "--data", data, "--out", join(folder, "page.jpg"));
      assert.equal(code, 0, err);
      assert.match(err, /row 1: warning: .*none\.png/);
    }
    const strict = await render(
      page,
      "--data",
      data,
      "--out",
      join(folder, "page.jpg"),
      "--strict",
    );
    assert.equal(strict.code, 1);
    assert.match(strict.err, /row 1: INCOMPLETE/);
  });

  it("names files after the poster, and rows by number", async () => {
    const before = process.cwd();
    // The folder lies in this project, whose packages the processes need.
    await mkdir("out", { recursive: true });
    const inside = await mkdtemp(join(before, "out", "render-"));
    process.chdir(inside);
    try {
      const data = await file("one.csv", "title,colour\nA,#ff0000\n");
      await render(CARD, "--data", data);
      const two = await file("two.csv", "title\nA\nB\n");
      await render(CARD, "--data", two);
      assert.deepEqual((await readdir("out")).sort(), ["1.png", "2.png", "card.png"]);
      await render(CARD, "--data", data, "--out", "other/");
      assert.deepEqual(await readdir("other"), ["card.png"]);
    } finally {
      process.chdir(before);
      await rm(inside, { recursive: true });
    }
  });

  const usage: [args: string[], message: RegExp][] = [
    [[], /a poster is missing/],
    [[CARD, CARD], /one poster is enough/],
    [["none.ts"], /none\.ts is neither a module .* nor a page/],
    [["package.json"], /neither a module/],
    [[CARD, "--data", "none.json"], /--data: none\.json cannot be read/],
    [[CARD, "--data", "README.md"], /--data: expected \.json, \.jsonl, \.csv or -, got README\.md/],
    [[CARD, "--out", ""], /--out: expected a name, got none/],
    [[CARD, "--out", "a.gif"], /--out: expected a name that ends in \.png or \.jpg, got a\.gif/],
    [[CARD, "--quality", "high"], /--quality: expected a number above 0, up to 1, got high/],
    [[CARD, "--processes", "1.5"], /--processes: expected a whole number from 1, got 1\.5/],
    [[CARD, "--pixel-ratio", "0"], /--pixel-ratio: expected a number above 0, got 0/],
    [[CARD, "--nonsense"], /nonsense/],
  ];
  for (const [args, message] of usage) {
    it(`refuses the call: ${args.map((arg) => arg.split("/").at(-1)).join(" ")}`, async () => {
      const { code, err } = await render(...args);
      assert.equal(code, 2);
      assert.match(err, message);
      assert.match(err, /Usage: wx-canvas-node render/);
    });
  }

  it("prints its help on one screen", async () => {
    const { code, out } = await render("--help");
    assert.equal(code, 0);
    assert.ok(out.split("\n").length <= 30);
    assert.ok(out.split("\n").every((line) => line.length <= 95));
  });

  it("fails for a page without a project", async () => {
    await mkdir(join(folder, "pages"));
    await writeFile(join(folder, "pages", "a.wxml"), "");
    const { code, err } = await render(join(folder, "pages", "a"));
    assert.equal(code, 2);
    assert.match(err, /is a page, but no app\.json is above it/);
  });

  it("ends cleanly at Ctrl-C, and continues with --resume: each file once and whole", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ id: i, how: "sleep", ms: 60 }));
    const data = await file("rows.json", rows);
    const main = fileURLToPath(new URL("../../lib/cli/main.ts", import.meta.url));
    const args = [
      "--import=@oxc-node/core/register",
      main,
      "render",
      TROUBLE,
      "--data",
      data,
      "--out",
      join(folder, "p", "{id}.png"),
    ];
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, WX_CANVAS_NODE_CHILD: CHILD },
    });
    let out = "";
    child.stdout.on("data", (text) => {
      out += text;
    });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    const made = async () =>
      (await readdir(join(folder, "p")).catch(() => [])).filter((name) => name.endsWith(".png"));
    await until(async () => (await made()).length > 3, 20_000);
    child.kill("SIGINT");
    assert.equal(await ended, 1);
    assert.match(out, /--resume goes on/);
    const first = (await made()).length;
    assert.ok(first < 30);
    const { code, out: second } = await render(
      TROUBLE,
      "--data",
      data,
      "--out",
      join(folder, "p", "{id}.png"),
      "--resume",
    );
    assert.equal(code, 0);
    assert.match(second, new RegExp(`${30 - first} made, ${first} were there`));
    const all = await readdir(join(folder, "p"));
    assert.equal(all.length, 30);
    for (const name of all) assert.equal((await decode(join(folder, "p", name))).width, 50);
  });
});

describe("Rows", () => {
  it("come from standard input, as JSON, as lines or as CSV", async () => {
    const read = (text: string) => readRows("-", Readable.from([text]));
    assert.deepEqual(await read('[{"a":1},{"a":2}]'), [
      { number: 1, data: { a: 1 } },
      { number: 2, data: { a: 2 } },
    ]);
    assert.deepEqual(
      (await read('{"a":1}\n{"a":2}\n')).map(({ data }) => data),
      [{ a: 1 }, { a: 2 }],
    );
    const [damaged, whole] = await read('{"a":\n{"a":2}');
    assert.equal(damaged?.error?.code, "DATA");
    assert.deepEqual(whole?.data, { a: 2 });
    assert.deepEqual(await read("\uFEFFa,b\n1,2\n"), [{ number: 1, data: { a: "1", b: "2" } }]);
    assert.deepEqual(await read("\uFEFF[]"), []);
  });

  it("may be CSV, with quotes, line ends, a byte order mark, and its own errors", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rows-"));
    try {
      const csv = join(folder, "a.csv");
      await writeFile(csv, '\uFEFFname,motto\r\n"小满, 三","a ""b""\nc"\r\nx\r\ny,z\r\n');
      const rows = await readRows(csv);
      assert.deepEqual(
        rows.map(({ number, data }) => [number, data]),
        [
          [1, { name: "小满, 三", motto: 'a "b"\nc' }],
          [2, undefined],
          [3, { name: "y", motto: "z" }],
        ],
      );
      assert.match(rows[1]?.error?.reason ?? "", /another number of columns/);
      // 小满 in GBK, and the byte order mark of UTF-16.
      for (const bytes of [
        [0x61, 0x0a, 0xd0, 0xa1, 0xc2, 0xfa],
        [0xff, 0xfe, 0x61, 0x00],
      ]) {
        await writeFile(csv, Buffer.from(bytes));
        assert.match((await failureOf(() => readRows(csv))).message, /a\.csv is not UTF-8/);
      }
      await writeFile(csv, 'a\n"never closed');
      assert.equal((await failureOf(() => readRows(csv))).code, "USAGE");
      const json = join(folder, "a.json");
      await writeFile(json, "{");
      assert.match((await failureOf(() => readRows(json))).message, /is not JSON/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("Names", () => {
  const base = join(process.cwd(), "out");
  const right: [pattern: string, data: unknown, name: string][] = [
    ["out/{id}.jpg", { id: 7 }, "7.jpg"],
    ["out/{user.name}-{row}.jpg", { user: { name: "小满" } }, "小满-1.jpg"],
    ["out/{a}.jpg", { a: 'x<>:"|?*\u0007y' }, "x________y.jpg"],
    ["out/{a}.jpg", { a: "ends. " }, "ends_.jpg"],
    ["out/{a}.jpg", { a: "CON" }, "CON_.jpg"],
    ["out/{a}.jpg", { a: "nul.tar.gz" }, "nul_.tar.gz.jpg"],
    ["out/{a}.jpg", { a: "com¹" }, "com¹_.jpg"],
    ["out/{a}.jpg", { a: "console" }, "console.jpg"],
    ["out/{a}.jpg", { a: "half \ud83c" }, "half _.jpg"],
    ["out/{a}.jpg", { a: "🎉" }, "🎉.jpg"],
    ["out/{a}/{b}.jpg", { a: true, b: "x" }, join("true", "x.jpg")],
  ];
  for (const [pattern, data, name] of right) {
    it(`make ${name} from ${pattern} and ${JSON.stringify(data)}`, () => {
      assert.equal(namesOf(pattern)({ number: 1, data }), join(base, name));
    });
  }
  for (const [pattern, data] of [
    ["out/{a}.jpg", { a: "x/y" }],
    ["out/{a}.jpg", { a: "x\\y" }],
    ["out/{a}.jpg", { a: ".." }],
    ["out/{a}/x.jpg", { a: "." }],
    ["out/{a}.jpg", { a: "x\0y" }],
    ["out/{a}.jpg", { a: " " }],
    ["out/{a}.jpg", { a: "x".repeat(300) }],
    ["out/{a}.jpg", {}],
    ["out/{a}.jpg", null],
    ["out/{a}.jpg", { a: null }],
    ["out/{toString}.jpg", {}],
    ["out/{a}/../../x.jpg", { a: "b" }],
  ] as const) {
    it(`make the row fail for ${pattern} and ${JSON.stringify(data).slice(0, 30)}`, async () => {
      assert.equal((await failureOf(() => namesOf(pattern)({ number: 1, data }))).code, "DATA");
    });
  }

  it("show the type of the file", () => {
    assert.deepEqual(["a.PNG", "b.jpeg", "c.jpg", "{d.jpg}", "e"].map(fileTypeOf), [
      "png",
      "jpg",
      "jpg",
      undefined,
      undefined,
    ]);
  });
});

describe("Progress", () => {
  it("is a bar on a terminal, with lines above it", async () => {
    let shown = "";
    const lines: string[] = [];
    const screen = Object.assign(Object.create(process.stderr), {
      isTTY: true,
      columns: 80,
      write: (text: string) => {
        shown += text;
        return true;
      },
      cursorTo: () => true,
      clearLine: () => true,
      moveCursor: () => true,
    });
    const progress = await startProgress(10, (line) => lines.push(line), screen);
    progress.update(3, 1);
    progress.say("row 2: wrong");
    progress.stop();
    assert.match(shown, /3 of 10, 1 failed/);
    assert.deepEqual(lines, ["row 2: wrong"]);
  });

  it("is an occasional line elsewhere", async () => {
    const lines: string[] = [];
    const { now } = Date;
    try {
      const progress = await startProgress(10, (line) => lines.push(line), { write() {} });
      progress.update(1, 0);
      Date.now = () => now() + 6_000;
      progress.update(2, 0);
      progress.update(3, 0);
      Date.now = () => now() + 12_000;
      progress.update(4, 1);
      progress.say("row 9: wrong");
      progress.stop();
    } finally {
      Date.now = now;
    }
    assert.deepEqual(lines, ["2 of 10", "4 of 10, 1 failed", "row 9: wrong"]);
  });
});

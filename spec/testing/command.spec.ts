// npx wx-canvas-node pictures: report, accept and prune, on the results of a run or without any.
import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { runCommand } from "../../lib/cli/commands.ts";
import { matches } from "../../lib/testing/accept.ts";
import { acceptPictures, prunePictures, reportPictures } from "../../lib/testing/index.ts";
import type { FileRecord, PictureRecord } from "../../lib/testing/records.ts";
import { embed } from "../../lib/testing/report/embed.ts";
import { decode } from "../support/pictures.ts";
import { failing, inPlayground, type Playground, square } from "./support.ts";

type Record = Partial<PictureRecord> | FileRecord;

/** A project with a run: its test file, baselines, and the lines that the run has written. */
async function withRun(
  { folder, file, baseline, pictures }: Playground,
  records: Record[],
  { filters = [] as string[], baselines = ["invite"] } = {},
): Promise<{ root: string }> {
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(file, "");
  mkdirSync(dirname(baseline("x")), { recursive: true });
  const png = await square().encode("png");
  for (const name of baselines) writeFileSync(baseline(name), png);
  const kept = join(pictures, "poster.spec.ts");
  mkdirSync(kept, { recursive: true });
  writeFileSync(
    join(pictures, "run.json"),
    JSON.stringify({ id: "1-1", startedAt: "2026-01-01T00:00:00.000Z", filters }),
  );
  const lines = records.map((record) =>
    JSON.stringify({ kind: "picture", test: "poster.spec.ts", ...record }),
  );
  writeFileSync(join(pictures, "results.jsonl"), `${lines.join("\n")}\n{"kind":"pict`);
  for (const { name, status } of records as PictureRecord[]) {
    if (!["differs", "missing", "broken", "blank"].includes(status)) continue;
    writeFileSync(join(kept, `${name}.actual.png`), await square([1, 1]).encode("png"));
    if (status === "differs") writeFileSync(join(kept, `${name}.diff.png`), png);
  }
  return { root: folder };
}

const passed: Record = { name: "invite", status: "passed" };
const whole: FileRecord = { kind: "file", test: "poster.spec.ts", ending: "whole" };
const differs: Record = {
  name: "invite",
  status: "differs",
  title: "poster draws",
  message: '"invite" differs from its baseline: 1 of 800\n  expected: …',
  difference: {
    expected: { width: 40, height: 20 },
    actual: { width: 40, height: 20 },
    pixels: 1,
    ratio: 1 / 800,
    bounds: { x: 1, y: 1, width: 1, height: 1 },
    largest: 255,
  },
  environmentChanges: ["engine: 1 → 2"],
  environment: { engine: "2" },
};

/** Runs the command in the project, as people do. */
async function command(
  { folder }: Pick<Playground, "folder">,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const output = {
    print: (line: string) => void out.push(line),
    printError: (line: string) => void err.push(line),
  };
  const before = process.cwd();
  process.chdir(folder);
  try {
    const code = await runCommand(["pictures", ...args], output);
    return { code, out: out.join("\n"), err: err.join("\n") };
  } finally {
    process.chdir(before);
  }
}

describe("pictures report", () => {
  it("writes one page and its data, and fails when a picture failed", () =>
    inPlayground(async (playground) => {
      const { folder, pictures } = playground;
      await withRun(playground, [
        { name: "fine", status: "passed" },
        { ...differs, message: "</script><b>" },
        { name: "lost", status: "missing" },
        whole,
      ]);
      const { code, out } = await command(playground, "report");
      assert.equal(code, 1);
      assert.match(out, /differs: poster\.spec\.ts\/invite\n {2}<\/script><b>/);
      assert.match(out, /2 of 3 pictures failed\./);
      const html = readFileSync(join(pictures, "report.html"), "utf8");
      assert.equal(html.match(/<\/script>/g)?.length, 6, "no text ends an element");
      assert.doesNotMatch(html, /(src|href)="?http/);
      const data = JSON.parse(readFileSync(join(pictures, "report.json"), "utf8"));
      assert.deepEqual(data.counts, { passed: 1, differs: 1, missing: 1 });
      assert.deepEqual(data.failures[0].environmentChanges, ["engine: 1 → 2"]);
      const out2 = join(folder, "other", "page.html");
      const { report, html: path, json } = await reportPictures({ root: folder, out: out2 });
      assert.deepEqual([path, json], [out2, join(folder, "other", "page.json")]);
      assert.deepEqual(Object.keys(report.failures[1] ?? {}).includes("expected"), false);
    }));

  it("passes when all pictures passed", () =>
    inPlayground(async (playground) => {
      await withRun(playground, [passed, whole]);
      const { code, out } = await command(playground, "report");
      assert.equal(code, 0);
      assert.match(out, /All 1 pictures match\./);
    }));

  it("embeds pictures, reduces those that are too large, and leaves out other files", () =>
    inPlayground(async ({ folder }) => {
      const small = await square().encode("png");
      const noise = Buffer.alloc(300 * 300 * 4, 255);
      for (let i = 0; i < noise.length; i++) if (i % 4 !== 3) noise[i] = (i * 2654435761) >>> 24;
      const { createCanvas, ImageData } = await import("@napi-rs/canvas");
      const canvas = createCanvas(300, 300);
      canvas
        .getContext("2d")
        .putImageData(new ImageData(new Uint8ClampedArray(noise), 300, 300), 0, 0);
      const files = {
        small,
        large: await canvas.encode("png"),
        text: Buffer.from("none"),
        torn: small.subarray(0, 60),
      };
      const paths = Object.entries(files).map(([name, bytes]) => {
        writeFileSync(join(folder, `${name}.png`), bytes);
        return join(folder, `${name}.png`);
      });
      const embedded = await embed([...paths, ...paths], 12_000);
      assert.deepEqual(
        embedded.map(({ path, type }) => [path, type]),
        [
          [paths[0], "image/png"],
          [paths[1], "image/webp"],
        ],
      );
      const [, large] = embedded;
      assert.ok(large && large.scale < 1 && large.base64.length <= 12_000);
      assert.equal((await decode(Buffer.from(large.base64, "base64"))).format, "webp");
      assert.deepEqual(await embed(paths.slice(0, 1), 10), []);
    }));
});

describe("pictures accept", () => {
  it("makes received pictures baselines, all or those of a pattern", () =>
    inPlayground(async (playground) => {
      const { baseline } = playground;
      const { root } = await withRun(playground, [
        differs,
        { name: "lost", status: "missing" },
        { name: "empty", status: "blank" },
        whole,
      ]);
      const before = readFileSync(baseline("invite"));
      const none = await command(playground, "accept", "nothing");
      assert.deepEqual([none.code, none.out], [1, "0 accepted."]);
      assert.deepEqual(acceptPictures({ root, pattern: "poster*lo" }), [baseline("lost")]);
      assert.deepEqual(readFileSync(baseline("invite")), before);
      assert.deepEqual(acceptPictures({ root }), [baseline("invite")]);
      assert.equal((await decode(baseline("invite"))).at(1, 1)[2], 255);
      const ledger = JSON.parse(
        readFileSync(join(dirname(baseline("x")), "environment.json"), "utf8"),
      );
      assert.deepEqual(ledger.environments[ledger.pictures.invite], { engine: "2" });
      assert.deepEqual(acceptPictures({ root }), []);
      // A picture that a test host refused cannot be accepted.
      assert.equal(existsSync(baseline("empty")), false);
      const nothing = await command(playground, "accept");
      assert.deepEqual([nothing.code, nothing.out], [0, "0 accepted."]);
      assert.equal((await reportPictures({ root })).failed, 1);
    }));

  it("prints the accepted pictures", () =>
    inPlayground(async (playground) => {
      await withRun(playground, [differs, { name: "lost", status: "missing" }]);
      const { code, out } = await command(playground, "accept", "invite");
      assert.deepEqual([code, out], [0, "__pictures__/poster.spec.ts/invite.png\n1 accepted."]);
    }));

  it("writes none when one of them is incomplete", () =>
    inPlayground(async (playground) => {
      const { pictures, baseline } = playground;
      const { root } = await withRun(playground, [differs, { name: "lost", status: "missing" }]);
      const before = readFileSync(baseline("invite"));
      const path = join(pictures, "poster.spec.ts", "lost.actual.png");
      const bytes = readFileSync(path);
      for (const broken of [bytes.subarray(0, bytes.length - 9), Buffer.from("x")]) {
        writeFileSync(path, broken);
        const { code, message } = await failing(() => acceptPictures({ root }));
        assert.equal(code, "SOURCE");
        assert.ok(message.includes(path));
      }
      assert.deepEqual(readFileSync(baseline("invite")), before);
    }));

  it("writes nothing outside of the project, for any results", () =>
    inPlayground(async (playground) => {
      const { root } = await withRun(playground, [
        { ...differs, test: "../outside.spec.ts" },
        { ...differs, test: "/etc/passwd" },
        { ...differs, test: "a\\..\\b" },
        { ...differs, name: "../../x" },
        { ...differs, status: "odd" as never },
        { ...differs, kind: "odd" as never },
        { ...differs, test: 5 as never },
        { kind: "file", test: "poster.spec.ts", ending: "odd" } as never,
      ]);
      assert.deepEqual(acceptPictures({ root }), []);
      assert.equal((await reportPictures({ root })).all, 0);
    }));

  it("names the function that found no run", () =>
    inPlayground(async ({ folder: root }) => {
      const functions = { acceptPictures, prunePictures, reportPictures };
      for (const [name, call] of Object.entries(functions)) {
        const { message } = await failing(() => call({ root, folder: "none" }));
        assert.match(message, new RegExp(`^${name}:fail .*none: no run has left results there`));
      }
    }));

  it("matches patterns part by part", () => {
    const cases: [pattern: string | undefined, text: string, is: boolean][] = [
      [undefined, "a", true],
      ["", "a", true],
      ["b/c", "a/b/c", true],
      ["a*c", "a/b/c", true],
      ["c*a", "a/b/c", false],
      ["x", "a", false],
    ];
    for (const [pattern, text, is] of cases) assert.equal(matches(pattern, text), is);
    assert.equal(matches(`${"a*".repeat(5000)}b`, "a".repeat(100_000)), false);
  });
});

describe("pictures prune", () => {
  it("lists baselines that no test used, and deletes them with --write", () =>
    inPlayground(async (playground) => {
      const { baseline, folder } = playground;
      const options = { baselines: ["invite", "Upper", "old"] };
      await withRun(playground, [passed, { name: "upper", status: "new" }, whole], options);
      mkdirSync(join(folder, "deep", "__pictures__", "gone.spec.ts"), { recursive: true });
      const gone = join(folder, "deep", "__pictures__", "gone.spec.ts", "a.png");
      writeFileSync(gone, "");
      mkdirSync(join(folder, "node_modules", "__pictures__", "x.js"), { recursive: true });
      writeFileSync(join(folder, "node_modules", "__pictures__", "x.js", "a.png"), "");
      const listed = await command(playground, "prune");
      assert.deepEqual(
        [listed.code, listed.out.split("\n")],
        [
          0,
          [
            "__pictures__/poster.spec.ts/old.png",
            "deep/__pictures__/gone.spec.ts/a.png",
            "2 obsolete.",
            "`--write` deletes them.",
          ],
        ],
      );
      assert.ok(existsSync(baseline("old")));
      const pruned = await command(playground, "prune", "--write");
      assert.match(pruned.out, /2 deleted\./);
      assert.ok(!existsSync(baseline("old")) && !existsSync(dirname(gone)));
      assert.deepEqual(readdirSync(dirname(baseline("x"))).sort(), [
        "Upper.png",
        "environment.json",
        "invite.png",
      ]);
      assert.match((await command(playground, "prune")).out, /^0 obsolete\.$/);
    }));

  it("refuses after incomplete runs", () =>
    inPlayground(async (playground) => {
      const { folder } = playground;
      const end = (ending: FileRecord["ending"]): FileRecord => ({ ...whole, ending });
      const cases: [records: Record[], reason: RegExp, options?: object][] = [
        [[differs, whole], /the picture "invite" failed/],
        [[{ ...passed, status: "accepted" } as Record, whole], /"invite" was accepted since/],
        [[passed, end("failed")], /poster\.spec\.ts: a test failed/],
        [[passed, end("retried")], /a test was retried/],
        [[passed, end("filtered")], /not all of its tests ran/],
        [[passed], /it is not known how its tests ended/],
        [[passed, whole], /it was filtered by --shard=1\/2/, { filters: ["--shard=1/2"] }],
        [
          [
            { ...passed, test: "b.spec.ts" },
            { ...whole, test: "b.spec.ts" },
          ],
          /poster\.spec\.ts: it has baselines and asked for none.*name it/,
        ],
      ];
      for (const [records, reason, options] of cases) {
        await withRun(playground, records, { baselines: ["invite", "old"], ...options });
        const { code, err } = await command(playground, "prune", "--write");
        assert.equal(code, 1);
        assert.match(err, reason);
        assert.ok(existsSync(playground.baseline("old")));
      }
      // A result that claims that the file has no pictures any more.
      const named = prunePictures({ root: folder, files: ["poster.spec.ts"] });
      assert.deepEqual(named.obsolete, ["invite", "old"].map(playground.baseline));
    }));

  it("keeps baselines that skipped tests may use", () =>
    inPlayground(async (playground) => {
      await withRun(playground, [passed, { ...whole, ending: "skipped" } as FileRecord], {
        baselines: ["invite", "old"],
      });
      const { code, out } = await command(playground, "prune", "--write");
      assert.deepEqual(
        [code, out],
        [0, "poster.spec.ts: has skipped tests, its baselines stay\n0 deleted."],
      );
    }));
});

describe("the results of a run", () => {
  it("are not read when they are larger than those of any run", () =>
    inPlayground(async (playground) => {
      await withRun(playground, [passed, whole]);
      truncateSync(join(playground.pictures, "results.jsonl"), 200_000_001);
      const { code, err } = await command(playground, "report");
      assert.equal(code, 1);
      assert.match(err, /results\.jsonl: it has 200000001 bytes/);
    }));
});

describe("the command pictures", () => {
  it("prints its usage, and refuses wrong arguments", async () => {
    const help = await command({ folder: process.cwd() }, "--help");
    assert.deepEqual([help.code, help.err], [0, ""]);
    assert.match(help.out, /report .*\n[\s\S]*accept[\s\S]*prune/);
    const cases: [args: string[], reason: RegExp][] = [
      [[], /a command is missing/],
      [["publish"], /no command "publish"/],
      [["accept", "a", "b"], /one pattern is enough/],
      [["report", "--wide"], /Unknown option '--wide'/],
    ];
    for (const [args, reason] of cases) {
      const { code, err } = await command({ folder: process.cwd() }, ...args);
      assert.equal(code, 2);
      assert.match(err, reason);
      assert.match(err, /Usage: wx-canvas-node pictures/);
    }
  });

  it("reports that there are no results", () =>
    inPlayground(async (playground) => {
      for (const name of ["report", "accept", "prune"]) {
        const { code, err } = await command(playground, name, "--folder", "elsewhere");
        assert.equal(code, 1);
        assert.match(err, /no run has left results there \(run the tests first\)/);
      }
    }));
});

// npx wx-canvas-node preview: the answers of its server, who may ask, and its reports of failures.
import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../lib/cli/commands.ts";
import { refusalOf } from "../../lib/cli/preview/guard.ts";
import { isInside, realPathOf } from "../../lib/cli/preview/inside.ts";
import { explainProblem } from "../../lib/cli/preview/problem.ts";
import { linkOf } from "../../lib/cli/preview/server.ts";
import { casesBeside, designOf, findSubjects } from "../../lib/cli/preview/subjects.ts";
import { CanvasError } from "../../lib/index.ts";
import { failureOf } from "../support/hosts.ts";
import { decode } from "../support/pictures.ts";
import { withFolder } from "../support/projects.ts";
import { CHILD, POSTERS, until } from "../support/renderers.ts";

const TOLD = join(POSTERS, "told.ts");

/** The status and body of a request, with headers that fetch would not send. */
function get(url: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      httpRequest(url, { headers }, (response) => {
        let body = "";
        response.setEncoding("latin1").on("data", (text) => {
          body += text;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      })
        .on("error", reject)
        .end();
    },
  );
}

async function preview(args: string[], onLine: (line: string) => unknown = () => {}) {
  process.env.WX_CANVAS_NODE_CHILD = CHILD;
  const flags = process.env.NODE_OPTIONS;
  const out: string[] = [];
  const err: string[] = [];
  let failure: unknown;
  const print = (line: string) => {
    out.push(line);
    Promise.resolve(onLine(line)).catch((error) => {
      failure = error;
      process.emit("SIGTERM");
    });
  };
  try {
    const code = await runCommand(["preview", ...args], {
      print,
      printError: (line) => err.push(line),
    });
    if (failure) throw failure;
    return { code, out: out.join("\n"), err: err.join("\n") };
  } finally {
    delete process.env.WX_CANVAS_NODE_CHILD;
    if (flags === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = flags;
  }
}

describe("wx-canvas-node preview", function () {
  this.timeout(90_000);
  let folder: string;
  beforeEach(async () => {
    await mkdir("out", { recursive: true });
    // The folder lies in this project, whose packages posters import.
    folder = await mkdtemp(join(process.cwd(), "out", "preview-"));
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("lists, describes, draws, shows calls, accepts, and reports changes", async () => {
    const poster = join(folder, "told.ts");
    const source = (await readFile(TOLD, "utf8")).replaceAll("../../../lib", "../../lib");
    await writeFile(poster, source);
    const { code } = await preview([folder, "--timeout", "30000"], async (url) => {
      const post = async (path: string, body: unknown) =>
        (await fetch(url + path, { method: "POST", body: JSON.stringify(body) })).json() as Promise<
          Record<string, unknown>
        >;
      const page = await get(url);
      assert.match(page.body, /<title>wx-canvas-node preview/);
      assert.match(String(page.headers["content-security-policy"]), /default-src 'none'/);
      const [nonce = ""] =
        /nonce-[\w+/=]+/.exec(String(page.headers["content-security-policy"])) ?? [];
      assert.ok(page.body.includes(nonce.slice("nonce-".length)));
      assert.deepEqual(JSON.parse((await get(`${url}posters`)).body), ["told"]);
      const { cases } = JSON.parse(
        Buffer.from((await get(`${url}description?poster=told`)).body, "latin1").toString(),
      );
      assert.deepEqual(Object.keys(cases), ["short", "emoji"]);
      const drawn = await post("draw?poster=told", {
        data: { name: "a" },
        format: { pixelRatio: 2 },
      });
      assert.equal(drawn.width, 80);
      const { body, headers } = await get(`${url}pictures/${drawn.id}`);
      assert.equal(headers["content-type"], "image/png");
      assert.equal((await decode(Buffer.from(body, "latin1"))).width, 80);
      const wrong = await post("draw?poster=told", { data: {} });
      assert.equal((wrong.problem as { code: string }).code, "DATA");
      const { calls, owners } = (await post("calls?poster=told", { data: { name: "a" } })) as {
        calls: unknown[];
        owners: string;
      };
      assert.equal(calls.length, 3);
      assert.equal(Buffer.from(owners, "base64").length, 40 * 30 * 4);
      assert.ok((await post("calls?poster=told", { data: {} })).problem);
      assert.equal((await get(`${url}design?poster=told&case=short`)).status, 404);
      const { path } = await post("accept?poster=told&case=short", { id: drawn.id });
      assert.equal(path, join(folder, "__pictures__", "told", "short.png"));
      assert.equal((await get(`${url}design?poster=told&case=short`)).status, 200);
      const jpeg = await post("draw?poster=told", {
        data: { name: "a" },
        format: { fileType: "jpg" },
      });
      assert.equal((await get(`${url}pictures/${jpeg.id}`)).headers["content-type"], "image/jpeg");
      assert.deepEqual(await post("accept?poster=told&case=short", { id: jpeg.id }), {});
      for (const path of [
        "nonsense",
        "description?poster=nobody",
        "pictures/none",
        "nonsense?poster=told",
      ]) {
        assert.equal((await get(url + path)).status, 404, path);
      }
      assert.equal(
        (await fetch(`${url}nonsense?poster=told`, { method: "POST", body: "{}" })).status,
        404,
      );
      assert.equal(
        (await fetch(`${url}draw?poster=told`, { method: "POST", body: "{" })).status,
        500,
      );
      assert.equal(
        (await fetch(`${url}draw?poster=told`, { method: "POST", body: "x".repeat(2e6) })).status,
        500,
      );
      assert.equal((await get(url, { host: "evil.example" })).status, 403);
      // Files outside of the project are neither served nor written.
      await symlink(TOLD, join(folder, "told.design.png"));
      assert.equal((await get(`${url}design?poster=told&case=emoji`)).status, 404);
      await symlink(TOLD, join(folder, "__pictures__", "told", "emoji.png"));
      const refused = await fetch(`${url}accept?poster=told&case=emoji`, {
        method: "POST",
        body: JSON.stringify({ id: drawn.id }),
      });
      assert.match(await refused.text(), /leads out of the project/);

      // Each change is a line; another poster in the folder is noticed, too.
      const events = await fetch(`${url}events`);
      const reader = (events.body as ReadableStream<Uint8Array>).getReader();
      let text = "";
      const reading = (async () => {
        for (;;) {
          const { value, done } = await reader.read();
          if (done) return;
          text += Buffer.from(value).toString();
        }
      })().catch(() => {});
      await writeFile(join(folder, "other.ts"), source);
      await until(() => text.includes("data: changed"));
      assert.deepEqual(JSON.parse((await get(`${url}posters`)).body), ["other", "told"]);
      await rm(join(folder, "other.ts"));
      await rm(poster);
      await until(() => text.split("data: changed").length > 2);
      await reader.cancel();
      await reading;
      process.emit("SIGINT");
    });
    assert.equal(code, 0);
  });

  it("shows why a module cannot be loaded, with file, line and frame", async () => {
    await writeFile(join(folder, "broken.js"), 'import "./inner.js";\n');
    await writeFile(join(folder, "inner.js"), "export const a = 1;\nexport default {{;\n");
    await preview([join(folder, "broken.js"), "--port", "0"], async (url) => {
      for (const path of ["draw?poster=broken", "description?poster=broken"]) {
        const method = path.startsWith("draw") ? "POST" : "GET";
        const response = await fetch(url + path, {
          method,
          ...(method === "POST" && { body: "{}" }),
        });
        const { problem } = (await response.json()) as { problem: { code: string } };
        assert.equal(problem.code, "LOAD");
      }
      process.emit("SIGTERM");
    });
  });

  it("needs the token that it prints on other addresses", async () => {
    await preview([TOLD, "--host", "0.0.0.0"], async (link) => {
      const url = new URL(link.replace("0.0.0.0", "127.0.0.1"));
      assert.equal((await get(`${url.origin}/`)).status, 403);
      const page = await get(url.href);
      assert.equal(page.status, 200);
      const [cookie = ""] = String(page.headers["set-cookie"]).split(";");
      assert.equal((await get(`${url.origin}/posters`, { cookie })).status, 200);
      assert.equal((await get(`${url.origin}/posters`, { cookie: "preview=wrong" })).status, 403);
      process.emit("SIGTERM");
    });
  });

  it("refuses --strict without --once", async () => {
    const { code, err } = await preview([TOLD, "--strict"]);
    assert.equal(code, 2);
    assert.match(err, /--strict goes with --once/);
  });

  it("takes reports of renders that name no files", () =>
    preview([TOLD], async (url) => {
      channel("wx-canvas-node:render").publish({});
      assert.equal((await get(url)).status, 200);
      process.emit("SIGTERM");
    }));

  it("draws all cases with --once, then ends", async () => {
    const told = await preview([TOLD, "--once"]);
    assert.equal(told.code, 0, told.err);
    assert.match(told.out, /^told, short: 40 × 30, \d+ ms$/m);
    const broken = await preview([join(POSTERS, "no-poster.ts"), "--once"]);
    assert.equal(broken.code, 1);
    assert.match(broken.err, /^no-poster: INVALID/m);
    const trouble = await preview([join(POSTERS, "card.ts"), "--once", "--strict"]);
    assert.equal(trouble.code, 1);
    assert.match(trouble.err, /^card: DATA: data: title/m);
    const page = join(POSTERS, "project");
    const lenient = await preview([page, "--once"]);
    assert.equal(lenient.code, 0, lenient.err);
    assert.match(lenient.err, /card: showToast: saved/);
    assert.equal((await preview([page, "--once", "--strict"])).code, 1);
  });

  it("leaves out the pages of a project that have no canvas, with --once", () =>
    withFolder(
      {
        "app.json": { pages: ["index", "chart"] },
        "index.js": "Page({});",
        "index.wxml": "<view />",
        "chart.js": `Page({ onReady() {
          const context = wx.createCanvasContext("chart");
          context.fillRect(0, 0, 5, 5);
          context.draw(); } });`,
        "chart.wxml": '<canvas canvas-id="chart" style="width: 20px; height: 10px" />',
      },
      async (root) => {
        const { code, out, err } = await preview([root, "--once"]);
        assert.deepEqual([code, err], [0, ""]);
        assert.match(out, /^index: no canvas\nchart: 20 × 10, \d+ ms$/);
        const alone = await preview([join(root, "index"), "--once"]);
        assert.equal(alone.code, 1);
        assert.match(
          alone.err,
          /^index: NO_CANVAS: the page index exported no picture \(it has no canvas\)$/,
        );
      },
    ));

  it("opens the browser with --open", async () => {
    const { PATH } = process.env;
    await writeFile(join(folder, "xdg-open"), `#!/bin/sh\necho "$1" > "${folder}/opened"\n`, {
      mode: 0o755,
    });
    process.env.PATH = `${folder}:${PATH}`;
    try {
      await preview([TOLD, "--open"], async (url) => {
        if (process.platform === "linux") {
          await until(
            async () =>
              (await readFile(join(folder, "opened"), "utf8").catch(() => "")).trim() === url,
          );
        }
        process.emit("SIGTERM");
      });
    } finally {
      process.env.PATH = PATH;
    }
    process.env.PATH = folder;
    try {
      await rm(join(folder, "xdg-open"));
      await preview([TOLD, "--open"], () => setTimeout(() => process.emit("SIGTERM"), 100));
    } finally {
      process.env.PATH = PATH;
    }
  });

  it("refuses wrong arguments", async () => {
    for (const args of [["a", "b"], ["none.ts"], [folder], ["--nonsense"]]) {
      assert.equal((await preview(args)).code, 2, args.join(" "));
    }
  });
});

describe("Subjects", () => {
  it("are modules of a folder and pages of a project, with cases and designs", async () => {
    assert.deepEqual([...findSubjects(join(POSTERS, "project")).keys()], ["card"]);
    const folder = await mkdtemp(join(tmpdir(), "subjects-"));
    try {
      for (const name of ["a.js", "_b.js", "c.spec.ts", "d.d.ts", "e.config.js"])
        await writeFile(join(folder, name), "");
      const subjects = findSubjects(folder);
      assert.deepEqual([...subjects.keys()], ["a"]);
      const subject = subjects.get("a") as Parameters<typeof casesBeside>[0];
      assert.deepEqual(casesBeside(subject, folder), {});
      await writeFile(join(folder, "a.cases.json"), '{"long":{"x":1}}');
      assert.deepEqual(casesBeside(subject, folder), { long: { x: 1 } });
      assert.equal(designOf(subject, "long"), undefined);
      await writeFile(join(folder, "a.cases.json"), "{");
      const damaged = await failureOf(() => casesBeside(subject, folder));
      assert.match(damaged.message, /a\.cases\.json cannot be read/);
      await writeFile(join(folder, "a.design.jpg"), "");
      assert.equal(designOf(subject, ""), join(folder, "a.design.jpg"));
      await writeFile(join(folder, "a.mjs"), "");
      await writeFile(join(folder, "a.cjs"), "");
      const names = [...findSubjects(folder).keys()];
      assert.deepEqual([names.length, names[0], names.at(-1)], [3, "a", "a-2"]);
      await writeFile(join(folder, "app.json"), "{");
      assert.equal((await failureOf(() => findSubjects(folder))).code, "USAGE");
      await writeFile(join(folder, "app.json"), "{}");
      assert.match((await failureOf(() => findSubjects(folder))).message, /there is no poster/);
      const app = { pages: ["pages/a/a"], subpackages: [{ root: "sub", pages: ["a/a", "gone"] }] };
      await writeFile(join(folder, "app.json"), JSON.stringify(app));
      for (const page of ["pages/a", "sub/a"]) {
        await mkdir(join(folder, page), { recursive: true });
        await writeFile(join(folder, page, "a.wxml"), "");
      }
      assert.deepEqual([...findSubjects(folder).keys()], ["a", "a-a"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("Problems", () => {
  it("name the first place in the user's own code, with the lines around it", async () => {
    const stack = `Error: x\n    at a (/somewhere/node_modules/b/c.js:1:1)\n    at d (file://${TOLD}:9:3)`;
    const error = new CanvasError("DRAW", "x", { cause: Object.assign(new Error("x"), { stack }) });
    const { file, line, frame } = await explainProblem(error, POSTERS);
    assert.deepEqual([file, line], [TOLD, 9]);
    assert.match(frame ?? "", /^> {4}9 \| /m);
  });

  it("find places in folders with spaces, and in the messages of compilers", async () => {
    const placeOf = async (stack: string) => {
      const cause = Object.assign(new Error("x"), { stack });
      const { file, line } = await explainProblem(new CanvasError("DRAW", "x", { cause }), POSTERS);
      return `${file}:${line}`;
    };
    assert.equal(await placeOf("Error: x\n    at draw (/a b (c)/d.cjs:7:2)"), "/a b (c)/d.cjs:7");
    assert.equal(await placeOf('Error: Transform failed\n/a/b.ts:4:17: ERROR: ";"'), "/a/b.ts:4");
    assert.equal(await placeOf("/a/page.js:5\n const {;\nSyntaxError: x"), "/a/page.js:5");
    assert.equal(await placeOf("Error: x\n    at node:internal/x:1:1"), "undefined:undefined");
    const cause = Object.assign(new Error("x"), { stack: "SyntaxError: Unexpected token (3:23)" });
    const parsed = new CanvasError("SOURCE", "/a/page.ts:3:23: Unexpected token", { cause });
    const { file, line } = await explainProblem(parsed, POSTERS);
    assert.deepEqual([file, line], ["/a/page.ts", 3]);
  });

  it("show no lines of files outside of the project", async () => {
    const stack = `Error: x\n    at draw (${TOLD}:3:1)`;
    const error = new CanvasError("DRAW", "x", { cause: Object.assign(new Error("x"), { stack }) });
    const { file, frame } = await explainProblem(error, join(POSTERS, "more"));
    assert.deepEqual([file, frame], [TOLD, undefined]);
  });

  it("may have no place, or one in a file that is gone", async () => {
    const failure = new CanvasError("SOURCE", "it is missing", { hint: "npm install it" });
    assert.deepEqual(await explainProblem(failure, POSTERS), {
      code: "SOURCE",
      message: "it is missing (npm install it)",
    });
    const cause = Object.assign(new Error("x"), { stack: "Error: x\n at /gone/file.js:3:1" });
    const problem = await explainProblem(new CanvasError("DRAW", "x", { cause }), "/gone");
    assert.deepEqual([problem.file, problem.line, problem.frame], ["/gone/file.js", 3, undefined]);
  });
});

describe("The files of a preview", () => {
  it("are inside of the project, wherever links lead", async () => {
    const folder = await mkdtemp(join(tmpdir(), "inside-"));
    try {
      const project = join(folder, "project");
      await mkdir(project);
      await symlink(folder, join(project, "out"));
      await symlink(project, join(folder, "link"));
      const inside = ["a.png", "new/a.png", "..a.png", "../link/a.png", "out/project/a.png"];
      for (const name of inside) assert.ok(isInside(project, join(project, name)), name);
      const outside = ["../a.png", "out/a.png", "..", "out/new/a.png"];
      for (const name of outside) assert.ok(!isInside(project, join(project, name)), name);
      assert.ok(isInside(join(folder, "link"), join(project, "a.png")));
      assert.equal(realPathOf("/"), "/");
      assert.equal(realPathOf(join("nowhere", "a.png")), join("nowhere", "a.png"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("The link of a preview", () => {
  it("has IPv6 addresses in brackets, and the token if there is one", () => {
    assert.equal(linkOf("127.0.0.1", 80), "http://127.0.0.1:80/");
    assert.equal(linkOf("::1", 80), "http://[::1]:80/");
    assert.equal(linkOf("0.0.0.0", 80, "abc"), "http://0.0.0.0:80/?token=abc");
  });
});

describe("The guard", () => {
  const asked = (headers: Record<string, string>, url = "/") => ({ headers, url }) as never;
  it("admits its own pages, and no others", () => {
    const own = { host: "127.0.0.1:80" };
    const allowed = [
      own,
      { host: "localhost:80" },
      { host: "[::1]:80" },
      { ...own, origin: "http://127.0.0.1:80" },
      { host: "localhost" },
      { ...own, "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate" },
    ];
    for (const headers of allowed)
      assert.equal(refusalOf(asked(headers), 80, undefined), undefined);
    const refused = [
      {},
      { host: "evil.example" },
      { host: "127.0.0.1:81" },
      { ...own, origin: "http://evil.example" },
      { ...own, origin: "null" },
      { ...own, "sec-fetch-site": "cross-site" },
      { ...own, "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" },
    ];
    for (const headers of refused) assert.ok(refusalOf(asked(headers as never), 80, undefined));
    assert.ok(refusalOf({ headers: {} } as never, 80, "token"));
    assert.equal(refusalOf(asked({ host: "a:80" }, "/?token=token"), 80, "token"), undefined);
    const cookie = "preview-81=other; preview-80=token";
    assert.equal(refusalOf(asked({ host: "a:80", cookie }), 80, "token"), undefined);
  });
});

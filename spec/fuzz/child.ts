// Runs cases of one kind, each told before it begins: the last one told is the one that crashed.
import { writeSync } from "node:fs";
import { inspect } from "node:util";
import { createHost, type Host } from "../../lib/index.ts";
import { type Figures, measured } from "../support/measured.ts";
import { answerOf, serveRaw, write } from "../support/servers.ts";
import { font } from "./fonts.ts";
import { picture } from "./pictures.ts";
import { createRandom, type Random } from "./random.ts";
import { structure } from "./structure.ts";
import { svg } from "./svg.ts";
import { anything, imitation, native, number, text } from "./values.ts";

type CanvasContext = ReturnType<Host["wx"]["createCanvasContext"]>;
type Loose = Record<string, unknown>;

/** For pictures of any structure: pixels, and milliseconds. */
const STRUCTURE_PIXELS = 4_194_304;
const STRUCTURE_TIME = 5000;

const TRACE = process.env.TRACE === "1";

function shown(value: unknown): string {
  return typeof value === "number" ? `${value}` : inspect(value, { depth: 0 }).slice(0, 60);
}

/** Calls or sets one of the members, with anything. */
function touch(random: Random, target: Loose, members: readonly string[]): void {
  const name = random.pick(members);
  const args = Array.from({ length: random.below(10) }, () =>
    random.chance(3) ? anything(random) : number(random),
  );
  // With TRACE=1, the last printed call of a case is the one that crashed.
  if (TRACE) writeSync(2, `${name} ${args.map(shown).join(", ")}\n`);
  try {
    const member = target[name];
    if (typeof member === "function") member.apply(target, args);
    else {
      const value = random.chance(2) ? text(random) : anything(random);
      if (TRACE) writeSync(2, `= ${shown(value)}\n`);
      target[name] = value;
    }
  } catch {
    // An exception is a valid answer.
  }
}

/** All members of the object and its prototypes. */
function membersOf(target: object, ...without: string[]): string[] {
  const names = new Set<string>();
  for (let at = target; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names].filter((name) => !["constructor", ...without].includes(name));
}

const settled = async (answer: unknown): Promise<void> => {
  try {
    await answer;
  } catch {
    // A rejection is a valid answer.
  }
};

/** The options of an export, of any size that is not slow. */
function exportOptions(random: Random): object {
  const options: Loose = { fileType: random.pick(["png", "jpg"]), quality: number(random) };
  for (const key of ["x", "y", "width", "height"])
    if (random.chance(3)) options[key] = number(random);
  for (const key of ["destWidth", "destHeight"])
    if (random.chance(3)) options[key] = random.below(400);
  return options;
}

/** Throws for figures above what is allowed, where the system could be asked. */
function check(figures: Figures, most: Figures, what: string): void {
  if (TRACE) writeSync(2, `${what}: ${JSON.stringify(figures)}\n`);
  writeSync(1, `= ${figures.timeMs} ${figures.blockMs} ${figures.grownMb}\n`);
  for (const name of ["timeMs", "blockMs", "grownMb"] as const) {
    if (figures[name] > most[name]) throw new Error(`${name} ${figures[name]}: ${what}`);
  }
}

/** Draws a picture under bounds, and checks them; painting it, 25 ms at most, counts as a block. */
async function drawn(bytes: Buffer): Promise<void> {
  const images = { maxPixels: STRUCTURE_PIXELS, timeout: STRUCTURE_TIME };
  const host = createHost({ onError: () => {}, images });
  host.mountCanvas({ canvasId: "a", width: 60, height: 50 });
  const context = host.wx.createCanvasContext("a");
  const { result, ...figures } = await measured(() => {
    context.drawImage(bytes, 0, 0, 60, 50);
    return new Promise<{ errMsg: string }>((resolve) => context.draw(false, resolve));
  });
  await host.dispose();
  const grownMb = (STRUCTURE_PIXELS * 4) / 2 ** 20 + 64;
  const most = { timeMs: STRUCTURE_TIME + 2000, blockMs: 75, grownMb };
  check(figures, most, `${bytes.length} bytes, ${result.errMsg}`);
}

/** By kind: what one case does. */
const KINDS: Record<string, (random: Random, host: Host) => Promise<void>> = {
  /** The legacy context, which checks arguments before they reach the engine. */
  async context(random, host) {
    const size = () => random.pick([1, 2, 10, 100, 333]);
    host.mountCanvas({ canvasId: "a", width: size(), height: size() });
    const context = host.wx.createCanvasContext("a") as unknown as Loose;
    const members = membersOf(
      context,
      "draw",
      "record",
      "call",
      "set",
      "get",
      "getActions",
      "clearActions",
    );
    for (let calls = random.below(40); calls > 0; calls--) touch(random, context, members);
    await new Promise((resolve) =>
      (context.draw as (...given: unknown[]) => void)(random.chance(2), resolve),
    );
    await settled(host.canvasToBuffer({ canvasId: "a", ...exportOptions(random) }));
  },

  /** The engine's own context, as code with the standard API has it. */
  async engine(random, host) {
    const size = () => random.pick([1, 2, 10, 100, 333]);
    const canvas = host.createCanvas("a", size(), size());
    const context = canvas.getContext("2d") as unknown as Loose;
    // Members that encode large pictures, or make canvases of any size, only cost time.
    const members = membersOf(context, "canvas", "getImageData", "createImageData");
    for (let calls = random.below(40); calls > 0; calls--) touch(random, context, members);
    await settled(host.canvasToBuffer({ canvasId: "a", ...exportOptions(random) }));
    host.releaseCanvas("a");
  },

  /** Pictures, drawn in every way. */
  async pictures(random, host) {
    host.mountCanvas({ canvasId: "a", width: 60, height: 50 });
    const context = host.wx.createCanvasContext("a");
    const bytes = await picture(random);
    context.drawImage(bytes, number(random), number(random), 40, 30);
    if (random.chance(2)) context.setFillStyle(context.createPattern(bytes, "repeat"));
    context.fillRect(0, 0, 60, 50);
    await new Promise((resolve) => context.draw(false, resolve));
    await settled(host.canvasToBuffer({ canvasId: "a", ...exportOptions(random) }));
  },

  /** Files of any structure, on their time, their memory, and what they block. */
  structure: (random) => drawn(structure(random)),

  /** SVGs of any structure: another process renders them, whose bounds are its own. */
  svg: (random) => drawn(svg(random)),

  /** Fonts whose tables are not what they were, loaded as code loads them, and drawn. */
  async fonts(random, host) {
    const bytes = font(random);
    const family = `f${random.below(2 ** 31)}`;
    const load = () =>
      random.chance(2)
        ? host.loadFont(bytes, family)
        : host.wx.loadFontFace({
            family,
            source: `url(data:font/ttf;base64,${bytes.toString("base64")})`,
          });
    host.mountCanvas({ canvasId: "a", width: 60, height: 50 });
    const context = host.wx.createCanvasContext("a") as unknown as Loose & CanvasContext;
    const size = random.pick([1, 12, 40, 300, 2000]);
    const figures = await measured(async () => {
      await settled(load());
      context.font = `${random.pick(["", "bold ", "italic "])}${size}px ${family}`;
      for (const text of ["Hello, fi ffl AVATAR 123", "ÄÖ é中文", "😀👍", "\u0627\u0644"]) {
        context.measureText(text);
        context.fillText(text, 5, 30);
      }
      context.strokeText("Wor\tld", 5, 30);
      await new Promise((resolve) => context.draw(false, resolve));
      await settled(host.canvasToBuffer({ canvasId: "a", destWidth: 300, destHeight: 250 }));
    });
    check(figures, { timeMs: 60_000, blockMs: 1500, grownMb: 320 }, `${bytes.length} bytes`);
  },

  /** Imitations, and degenerate objects of the engine, at every door that takes an object. */
  async objects(random, host) {
    const object = () => (random.chance(2) ? native(random) : imitation(random));
    host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
    const context = host.wx.createCanvasContext("a") as unknown as Loose;
    for (let calls = random.below(6); calls > 0; calls--) {
      const name = random.pick([
        "drawImage",
        "createPattern",
        "setFillStyle",
        "fillText",
        "measureText",
        "setLineDash",
      ]);
      try {
        const answer = (context[name] as (...given: unknown[]) => unknown)(
          object(),
          random.pick(["repeat", number(random)]),
          5,
          10,
          10,
        );
        if (name === "createPattern") context.fillStyle = answer;
        (context.fillRect as (...given: unknown[]) => void)(0, 0, 20, 20);
      } catch {}
    }
    await new Promise((resolve) => (context.draw as (...given: unknown[]) => void)(true, resolve));
    await settled(host.canvasToBuffer({ canvas: object() as object, ...exportOptions(random) }));
    await settled(
      host.wx.canvasPutImageData({
        canvasId: "a",
        x: number(random),
        y: number(random),
        width: random.below(9),
        height: random.below(9),
        data: anything(random) as never,
      }),
    );
    try {
      host.registerCanvas("b", object() as never);
      await settled(host.canvasToBuffer({ canvasId: "b", ...exportOptions(random) }));
    } catch {}
    host.releaseCanvas("b");
  },

  /** Servers by a grammar of answers: each call is answered in time, and each connection closed. */
  async servers(random) {
    const bytes = await picture(random);
    const answers = Array.from({ length: 8 }, () => answerOf(random, bytes));
    const server = await serveRaw((path, socket) => {
      const answer = answers[Number(path.slice(1))];
      // A redirect to `/` leads here.
      if (answer) void write(socket, answer);
      else socket.end("HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n");
    });
    const host = createHost({
      onError() {},
      images: { remote: true, privateOrigins: [server.origin], timeout: 300 },
    });
    // Of this process alone, with its servers: a busy machine takes its time.
    const before = process.cpuUsage();
    await Promise.all(
      answers.map((_, i) => {
        const url = `${server.origin}/${i}`;
        if (random.chance(3)) return settled(host.wx.getImageInfo({ src: url }));
        const task = host.wx.downloadFile({ url });
        if (random.chance(5)) setTimeout(task.abort, random.below(300));
        return settled(task);
      }),
    );
    if (random.chance(2)) void settled(host.wx.downloadFile({ url: `${server.origin}/0` }));
    await host.dispose();
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000;
    for (let i = 0; server.open() > 0 && i < 100; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const open = server.open();
    server.close();
    if (open > 0 || cpuMs > 3000) throw new Error(`${open} connections open, ${cpuMs} ms of CPU`);
  },
};

const [kind = "", seed = "0", first = "0", count = "1"] = process.argv.slice(2);
process.emitWarning = () => {};
const host = createHost({ onError: () => {}, limits: { maxSide: 2000, maxPixels: 1_000_000 } });
for (let n = Number(first); n < Number(first) + Number(count); n++) {
  writeSync(1, `${n}\n`);
  await KINDS[kind]?.(createRandom(Number(seed) * 1_000_003 + n), host);
}
await host.dispose();

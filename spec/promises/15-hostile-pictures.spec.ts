// Promise 15: a hostile picture is left out with its reason; see also spec/images.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { createCanvas } from "@napi-rs/canvas";
import sharp from "sharp";
import { withHost } from "../support/hosts.ts";
import { decode } from "../support/pictures.ts";
import { answerOf, inFolder, LONG, times } from "../support/promises.ts";

const MUTATIONS = times(10_000, 400);

/** A file of PNG chunks with right checksums: only their content is wrong. */
function png(...chunks: [type: string, data: Uint8Array][]): Buffer {
  const parts = chunks.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  });
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}

function header(width: number, height: number, depth: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.writeUInt8(depth, 8);
  return data;
}

/** 30000 × 30000 in about 110 kB, all of it there. */
const bomb = () =>
  png(
    ["IHDR", header(30_000, 30_000, 1)],
    ["IDAT", deflateSync(Buffer.alloc(30_000 * 3751), { level: 9 })],
    ["IEND", Buffer.alloc(0)],
  );

const svg = (body: string, attributes = 'width="9" height="9"') =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${body}</svg>`,
  );

/** Draws the picture in the middle of a canvas, and a shape after it. */
async function drawnWith(source: unknown): Promise<{ errMsg: string; after: number[] }> {
  return withHost({}, async (host) => {
    host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
    const context = host.wx.createCanvasContext("a");
    context.drawImage(source as string, 0, 0, 20, 10);
    context.setFillStyle("red");
    context.fillRect(0, 10, 20, 10);
    const { errMsg } = await new Promise<{ errMsg: string }>((resolve) =>
      context.draw(false, resolve),
    );
    const { data } = await host.canvasToBuffer({ canvasId: "a" });
    return { errMsg, after: (await decode(data)).at(10, 15) };
  });
}

describe("promise 15: hostile pictures", function () {
  this.timeout(LONG);

  const small = createCanvas(8, 8).toBuffer("image/png");
  const nested = (depth: number) => svg("<g>".repeat(depth) + "</g>".repeat(depth));
  const rows: [name: string, source: () => unknown, errMsg: RegExp][] = [
    ["zero bytes", () => Buffer.alloc(0), /it is empty/],
    ["text", () => Buffer.from("GIF87 is not what this is"), /its bytes are none of these/],
    ["a PNG cut in the middle", () => small.subarray(0, small.length / 2), /cut off/],
    ["a PNG without its last byte", () => small.subarray(0, -1), /cut off/],
    ["30000 × 30000 in a file of 120 kB", bomb, /it is 30000 × 30000/],
    [
      "30000 × 30000 by its header alone",
      () => png(["IHDR", header(30_000, 30_000, 8)], ["IEND", Buffer.alloc(0)]),
      /it is 30000 × 30000/,
    ],
    [
      "4294967295 × 4294967295 by its header",
      () => png(["IHDR", header(2 ** 32 - 1, 2 ** 32 - 1, 8)], ["IEND", Buffer.alloc(0)]),
      /it is 4294967295/,
    ],
    ["an SVG of 1e9 × 1e9", () => svg("", 'width="1e9" height="1e9"'), /left out/],
    ["an SVG nested 10^6 deep", () => nested(1_000_000), /cannot be decoded|than a picture may/],
    [
      "an SVG whose entities grow tenfold nine times",
      () =>
        Buffer.concat([
          Buffer.from(
            `<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">${"bcdefghi"
              .split("")
              .map((name, i) => `<!ENTITY ${name} "${`&${"abcdefgh"[i]};`.repeat(10)}">`)
              .join("")}]>`,
          ),
          svg("<text>&i;</text>"),
        ]),
      /cannot be decoded|than a picture may/,
    ],
    [
      "an SVG with another SVG in it",
      () => svg(`<image xlink:href="data:image/svg+xml;base64,${svg("").toString("base64")}"/>`),
      /another SVG/,
    ],
    ["no picture at all", () => 5, /expected a path/],
  ];
  for (const [name, source, errMsg] of rows) {
    it(`leave out ${name} with its reason, and draw the rest`, async () => {
      const { errMsg: results, after } = await drawnWith(source());
      assert.match(results, /^drawCanvas:fail left out /);
      assert.match(results, errMsg);
      assert.deepEqual(after, [255, 0, 0, 255]);
    });
  }

  const chain = (levels: number, define: (i: number) => string, draw: string) =>
    svg(
      `<defs><rect id="u0" width="5" height="5"/>${Array.from({ length: levels }, (_, i) => define(i + 1)).join("")}</defs>${draw}`,
      'width="50" height="50"',
    );
  const masked = (depth: number, size: number) =>
    svg(
      `<mask id="m"><rect width="9" height="9" fill="#fff"/></mask>${'<g mask="url(#m)">'.repeat(depth)}<rect width="9" height="9"/>${"</g>".repeat(depth)}`,
      `width="${size}" height="${size}"`,
    );
  // Each of a few kilobytes; unguarded they hold the process for up to a minute, or take gigabytes.
  const costly: [name: string, source: () => Buffer][] = [
    [
      "uses of uses",
      () =>
        chain(
          7,
          (i) => `<g id="u${i}">${`<use xlink:href="#u${i - 1}"/>`.repeat(10)}</g>`,
          '<use xlink:href="#u7"/>',
        ),
    ],
    [
      "masks of masks",
      () =>
        chain(
          7,
          (i) =>
            `<mask id="u${i}">${`<rect width="9" height="9" mask="url(#u${i - 1})"/>`.repeat(10)}</mask>`,
          '<rect width="50" height="50" mask="url(#u7)"/>',
        ),
    ],
    [
      "patterns of patterns, named by entities",
      () =>
        Buffer.concat([
          Buffer.from('<!DOCTYPE svg [<!ENTITY a "url(#u">]>'),
          chain(
            8,
            (i) =>
              `<pattern id="u${i}" width="2" height="2">${`<rect width="5" height="5" style="fill:&a;${i - 1}&#41;"/>`.repeat(10)}</pattern>`,
            '<rect width="50" height="50" fill="url(#u8)"/>',
          ),
        ]),
    ],
    [
      "elements that draw each other",
      () => svg('<g id="a"><use xlink:href="#b"/></g><g id="b"><use xlink:href="#a"/></g>'),
    ],
    [
      "a filter whose time grows with its radius",
      () =>
        svg(
          '<filter id="f"><feMorphology operator="dilate" radius="50"/></filter>' +
            '<rect width="900" height="900" filter="url(#f)"/>',
          'width="1000" height="1000"',
        ),
    ],
    ["masks within masks", () => masked(100, 1000)],
    [
      "a thousand opacities",
      () =>
        svg(
          '<g opacity="0.5"><rect width="9" height="9"/></g>'.repeat(1000),
          'width="1000" height="1000"',
        ),
    ],
    [
      "a thousand filters",
      () =>
        svg(
          `<filter id="f"><feGaussianBlur stdDeviation="5"/></filter>${'<rect width="9" height="9" style="filter:url(#f)"/>'.repeat(1000)}`,
          'width="1000" height="1000"',
        ),
    ],
  ];
  for (const [name, source] of costly) {
    it(`draw or leave out an SVG of ${name}, within the time of a picture`, async () => {
      const begun = performance.now();
      const { errMsg: results, after } = await drawnWith(source());
      assert.match(
        results,
        /^drawCanvas:(ok|fail left out .*(than a picture may|cannot be decoded|ended the process.*))$/,
      );
      assert.deepEqual(after, [255, 0, 0, 255]);
      assert.ok(performance.now() - begun < 20_000);
    });
  }

  it("draw an SVG with links, gradients and some masks", async () => {
    const link = '<g id="a"><a xlink:href="#a"><rect width="5" height="5"/></a></g>';
    const gradient = '<linearGradient id="g"><stop offset="0"/></linearGradient>';
    const shapes = '<rect width="5" height="5" fill="url(#g)" opacity="0.5"/>'.repeat(2000);
    for (const body of [
      link,
      gradient + shapes,
      masked(20, 100)
        .toString()
        .replace(/^<svg[^>]*>|<\/svg>$/g, ""),
    ]) {
      assert.equal((await drawnWith(svg(body))).errMsg, "drawCanvas:ok");
    }
  });

  it("read and request nothing for an SVG that names a file or a URL", async () => {
    const { createServer } = await import("node:http");
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.end(small);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as import("node:net").AddressInfo;
    try {
      await inFolder(async (folder) => {
        const secret = join(folder, "secret.png");
        await writeFile(secret, small);
        for (const target of [secret, `file://${secret}`, `http://127.0.0.1:${port}/a.png`]) {
          for (const reference of [
            `<image xlink:href="${target}" width="9" height="9"/>`,
            `<image href="${target}" width="9" height="9"/>`,
            `<use xlink:href="${target}#a"/>`,
            `<feImage href="${target}"/>`,
          ]) {
            const { errMsg } = await drawnWith(svg(reference));
            assert.match(errMsg, /left out .*a reference to something outside/);
          }
          // References that the parser does not know are not followed either.
          await drawnWith(
            svg(
              `<style>@import url("${target}"); rect { fill: url("${target}") }</style><rect width="9" height="9"/>`,
            ),
          );
          await drawnWith(svg(`<rect width="9" height="9" style="fill: url('${target}')"/>`));
        }
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
    assert.equal(asked, 0);
  });

  it("read a picture under a wrong extension by its bytes", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.svg"), small);
      await writeFile(join(folder, "b.png"), "text");
      await withHost({ root: folder }, async (host) => {
        host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
        for (const [path, errMsg] of [
          ["/a.svg", /^drawCanvas:ok$/],
          ["/b.png", /left out .*none of these/],
        ] as const) {
          const context = host.wx.createCanvasContext("a");
          context.drawImage(path, 0, 0);
          const results = await new Promise<{ errMsg: string }>((resolve) =>
            context.draw(false, resolve),
          );
          assert.match(results.errMsg, errMsg);
        }
      });
    }));

  it(`never crash for ${MUTATIONS} mutations of PNG, JPEG, WebP and SVG`, async () => {
    const pixels = { create: { width: 40, height: 30, channels: 3 as const, background: "#48c" } };
    const text = svg(
      '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs><path d="M0 0 L9 9 C1 2 3 4 5 6 Z" fill="url(#g)"/><text x="1" y="5">a</text>',
    );
    const sources = await Promise.all([
      sharp(pixels).png().toBuffer(),
      sharp(pixels).jpeg().toBuffer(),
      sharp(pixels).webp().toBuffer(),
      sharp(pixels).webp({ lossless: true }).toBuffer(),
      Promise.resolve(text),
    ]);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const script = `
      let state = ${seed};
      const random = (below) => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) % below;
      const sources = ${JSON.stringify(sources.map((bytes) => bytes.toString("base64")))}.map((text) => Buffer.from(text, "base64"));
      const host = wxCanvas.createHost();
      host.mountCanvas({ canvasId: "a", width: 20, height: 20 });
      let [drawn, left] = [0, 0];
      async function one(n) {
        const bytes = Buffer.from(sources[n % sources.length]);
        const context = host.wx.createCanvasContext("a");
        for (let times = 1 + random(4); times > 0; times--) {
          const at = random(bytes.length);
          if (random(2)) bytes[at] ^= 1 << random(8);
          else bytes[at] = random(256);
        }
        const cut = random(8) ? bytes : bytes.subarray(0, random(bytes.length));
        context.drawImage(cut, 0, 0, 20, 20);
        const { errMsg } = await new Promise((resolve) => context.draw(false, resolve));
        if (errMsg === "drawCanvas:ok") drawn++;
        else if (errMsg.startsWith("drawCanvas:fail left out ")) left++;
        else throw new Error(errMsg);
        if (n % 50 === 0) await host.canvasToBuffer({ canvasId: "a" });
      }
      for (let n = 0; n < ${MUTATIONS}; n++) await one(n);
      await host.dispose();
      console.log(JSON.stringify({ drawn, left }));`;
    const { drawn, left } = await answerOf<{ drawn: number; left: number }>(script).catch(
      (error) => {
        throw new Error(`seed ${seed}`, { cause: error });
      },
    );
    assert.equal(drawn + left, MUTATIONS);
    assert.ok(left > MUTATIONS / 4, `${left} left out`);
  });
});

// The tables of lossless WebPs: read before the decoder makes them.
import assert from "node:assert/strict";
import sharp from "sharp";
import { tableBytes } from "../../lib/images/formats/vp8l.ts";
import { inspect } from "../../lib/images/inspect.ts";
import { run } from "../../lib/procedure.ts";
import { riff, svgOf, webpChunk, webpHead } from "../support/hostile-pictures.ts";
import { BitWriter, groupsData, losslessHeader, shortCode } from "../support/lossless-webp.ts";

const GROUP_BYTES = 4 * 2956 + 600;
const SIZE = { width: 64, height: 64 };
const bytesOf = (data: Buffer, size = SIZE) => run(tableBytes(data, size));
const circles = Array.from(
  { length: 99 },
  (_, i) =>
    `<circle cx="${i * 3}" cy="${(i * 7) % 300}" r="${i % 30}" fill="hsl(${i * 13},80%,50%)"/>`,
);
const drawing = () => sharp(svgOf(circles.join(""), 'width="300" height="300"'));

/** A code of which every symbol is the first. */
const five = (to: BitWriter) => {
  for (let i = 0; i < 5; i++) shortCode(to, 0);
  return to;
};

describe("the tables of lossless WebPs", () => {
  it("are counted by the groups of the picture: one for each block of 4 pixels at most", async () => {
    assert.equal(await bytesOf(groupsData(64, 200)), 200 * GROUP_BYTES);
    const large = { width: 1024, height: 1024 };
    assert.equal(await bytesOf(groupsData(1024, 65_536), large), 65_536 * GROUP_BYTES);
  });

  it("count in the memory that the decoder needs, as do those of transparency and of frames", async () => {
    const data = groupsData(64, 200);
    const tables = 200 * GROUP_BYTES;
    const whole = webpChunk("VP8L", Buffer.concat([losslessHeader(64, 64), data]));
    const lossy = (await drawing().resize(64, 64).removeAlpha().webp().toBuffer()).subarray(12);
    const packed = (kind: number) => webpChunk("ALPH", Buffer.concat([Buffer.from([kind]), data]));
    const frameHead = Buffer.alloc(16);
    frameHead.writeUIntLE(63, 6, 3);
    frameHead.writeUIntLE(63, 9, 3);
    const frame = (...parts: Buffer[]) => webpChunk("ANMF", Buffer.concat([frameHead, ...parts]));
    for (const [file, expected] of [
      [riff(whole), 64 * 64 * 4 + tables],
      [riff(webpHead(64, 64, 16), packed(1), lossy), 64 * 64 * 5 + tables],
      [riff(webpHead(64, 64, 16), packed(0), lossy), 64 * 64 * 5],
      [riff(webpHead(64, 64, 16), webpChunk("ALPH", Buffer.alloc(0)), lossy), 64 * 64 * 5],
      [riff(webpHead(64, 64, 2), frame(whole)), 64 * 64 * 4 + tables],
      [riff(webpHead(64, 64, 2), frame(packed(1), lossy)), 64 * 64 * 5 + tables],
    ] as const) {
      assert.equal((await run(inspect(file))).extraBytes, expected);
    }
  });

  it("are few in pictures that encoders make", async () => {
    const small = await drawing().png({ palette: true, colours: 16 }).toBuffer();
    const pictures = [drawing(), sharp(await drawing().jpeg().toBuffer()), sharp(small)];
    for (const [i, picture] of pictures.entries()) {
      for (const effort of [0, 2, 4]) {
        for (const quality of [10, 60]) {
          const file = await picture.clone().webp({ lossless: true, effort, quality }).toBuffer();
          const { extraBytes } = await run(inspect(file));
          const groups = (extraBytes - 300 * 300 * 4) / GROUP_BYTES;
          assert.ok(groups >= 1 && groups < 50, `${i}, effort ${effort}: ${groups}`);
        }
      }
    }
  });

  it("follow the width that a palette packs: 2, 4 or 8 pixels in one", async () => {
    for (const [colours, blocks] of [
      [256, 256],
      [16, 128],
      [4, 64],
      [2, 32],
    ] as const) {
      const to = new BitWriter()
        .number(1, 1)
        .number(3, 2)
        .number(colours - 1, 8);
      five(to.number(0, 1)).number(0, 2).number(1, 1).number(0, 3);
      // Each block has the first code of green but the last, which has the second.
      shortCode(to.number(0, 1), 0, 99);
      for (let i = 0; i < 4; i++) shortCode(to, 0);
      for (let i = 1; i < blocks; i++) to.number(0, 1);
      assert.equal(await bytesOf(to.number(1, 1).bytes()), 100 * GROUP_BYTES, `${colours}`);
    }
  });

  it("are larger with a cache of colours, which the pixels of groups may name, too", async () => {
    // Green has two symbols of a bit: 0, and the first of the two colours behind 279 others.
    const named = new BitWriter().number(0, 2).number(1, 1).number(0, 3).number(1, 1).number(1, 4);
    named.number(0, 1).number(0, 4);
    for (const count of [0, 2, 2, 1]) named.number(count, 3);
    named.number(0, 1).code(0, 1);
    for (const run of [138, 130, 11]) named.code(3, 2).number(run - 11, 7);
    named.code(0, 1).code(2, 2);
    shortCode(named, 3);
    for (let i = 0; i < 3; i++) shortCode(named, 0);
    for (let i = 0; i < 256; i++) named.number(i === 9 ? 0 : 1, 1);
    assert.equal(await bytesOf(named.bytes()), (3 * 256 + 1) * GROUP_BYTES);
    const to = new BitWriter().number(0, 1).number(1, 1).number(11, 4).number(0, 1);
    assert.equal(await bytesOf(to.bytes()), GROUP_BYTES + 4 * 2048);
  });

  it("are counted at once where codes take no bits, however many pixels a short file says", async () => {
    const size = { width: 16_384, height: 16_384 };
    /** The only symbol of green, between runs of symbols without a code. */
    const one = (to: BitWriter, symbol: number, alphabet: number) => {
      to.number(0, 1).number(0, 4);
      for (const length of [0, 1, 0, 1]) to.number(length, 3);
      to.number(0, 1);
      for (const run of [130, 40, symbol - 170]) to.code(1, 1).number(run - 11, 7);
      return to
        .code(0, 1)
        .code(1, 1)
        .number(alphabet - symbol - 12, 7);
    };
    const literal = (to: BitWriter) => five(to.number(0, 1));
    const repeated = (to: BitWriter) => {
      one(to.number(0, 1), 259, 280);
      for (let i = 0; i < 4; i++) shortCode(to, 0);
    };
    const cached = (to: BitWriter) => {
      one(to.number(1, 1).number(4, 4), 281, 296);
      for (let i = 0; i < 4; i++) shortCode(to, 0);
    };
    const files: Buffer[] = [];
    for (const pixels of [literal, repeated, cached]) {
      const to = new BitWriter();
      for (const transform of [0, 1]) pixels(to.number(1, 1).number(transform, 2).number(0, 3));
      pixels(to.number(0, 2).number(1, 1).number(0, 3));
      const data = to.bytes();
      const steps = [...tableBytes(data, size)].length;
      assert.ok(data.length < 100 && steps <= 3, `${data.length} bytes: ${steps} steps`);
      assert.equal(await bytesOf(data, size), GROUP_BYTES);
      const whole = webpChunk("VP8L", Buffer.concat([losslessHeader(16_384, 16_384), data]));
      const packed = webpChunk("ALPH", Buffer.concat([Buffer.from([1]), data]));
      const frame = webpChunk("ANMF", Buffer.concat([Buffer.alloc(16), packed, whole]));
      files.push(riff(whole), riff(webpHead(16_384, 16_384, 16), packed, whole));
      files.push(riff(webpHead(16_384, 16_384, 2), frame));
    }
    const begin = process.cpuUsage();
    for (const file of files) {
      assert.equal((await run(inspect(file))).extraBytes % 2 ** 28, GROUP_BYTES);
    }
    const { user } = process.cpuUsage(begin);
    assert.ok(user < 200_000, `${user} µs`);
    // The number of the group is that of all pixels.
    const groups = new BitWriter().number(0, 2).number(1, 1).number(0, 3).number(0, 1);
    for (const symbol of [7, 1, 0, 0, 0]) shortCode(groups, symbol);
    assert.equal(await bytesOf(groups.bytes(), size), (256 + 7 + 1) * GROUP_BYTES);
  });

  it("end where the file ends", async () => {
    const data = groupsData(64, 200);
    assert.ok((await bytesOf(data.subarray(0, 90))) <= 200 * GROUP_BYTES);
    assert.equal(await bytesOf(Buffer.alloc(0)), GROUP_BYTES);
  });

  it("are refused in damaged files", async () => {
    const twice = new BitWriter();
    for (let i = 0; i < 2; i++) five(twice.number(1, 1).number(0, 2).number(0, 3).number(0, 1));
    const cache = (bits: number) => new BitWriter().number(0, 1).number(1, 1).number(bits, 4);
    const meta = () => new BitWriter().number(0, 2).number(1, 1).number(0, 3).number(0, 1);
    // Lengths of code lengths: 18 has one bit, and so has 0.
    const lengths = (...symbols: number[]) => {
      const to = meta().number(0, 1).number(0, 4);
      for (const symbol of [17, 18, 0, 1]) to.number(symbols.includes(symbol) ? 1 : 0, 3);
      return to.number(0, 1);
    };
    const tooLong = lengths(0, 18);
    for (let i = 0; i < 3; i++) tooLong.code(1, 1).number(127, 7);
    const noSymbol = lengths(0, 18);
    for (let i = 0; i < 280; i++) noSymbol.code(0, 1);
    for (const [name, to] of Object.entries({
      "a transform twice": twice,
      "a cache of 0 bits": cache(0),
      "a cache of 12 bits": cache(12),
      "a run that is too long": tooLong,
      "a code without symbols": noSymbol,
      "an incomplete code": lengths(17, 18, 0),
    })) {
      await assert.rejects(bytesOf(to.bytes()), /the WebP is damaged/, name);
    }
  });
});

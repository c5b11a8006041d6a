import assert from "node:assert/strict";
import { joinBytes } from "../../lib/bytes.ts";
import { run, runSync } from "../../lib/procedure.ts";
import { readDataUri } from "../../lib/sources/data-uri.ts";
import { BLOCK_MS, measured } from "../support/measured.ts";

const read = (uri: string, maxBytes = 10_000_000) => runSync(readDataUri(uri, maxBytes));

/** Longer than one step of the decoder, so that pieces end anywhere in it. */
const LONG = 300_001;
const bytes = Buffer.from(Array.from({ length: LONG }, (_, i) => (i * 167 + (i >> 8) * 59) & 255));
const base64 = bytes.toString("base64");

describe("data URIs", () => {
  for (const [name, text] of [
    ["base64", base64],
    ["lines of base64", base64.replace(/.{76}/g, "$&\r\n ")],
    ["base64 with the escapes of URLs", base64.replace(/[+/=]/g, encodeURIComponent)],
    [
      "base64 with escapes anywhere",
      base64.replace(/[A-M]/g, (c) => `%${c.charCodeAt(0).toString(16)}`),
    ],
    ["base64 of URLs, without padding", bytes.toString("base64url")],
    ["base64 with something behind its padding", `${base64.replace(/=*$/, "")}==${base64}`],
  ] as const) {
    it(`reads ${name}`, () => assert.ok(read(`data:image/png;base64,${text}`).equals(bytes)));
  }

  it("reads escaped bytes, and any other text as UTF-8", () => {
    const parts = ["%41", "%", "%zz", "中", "😀", "a", "%%", "%4", "%e4%B8", "%aF%Fa", "%g0%0g"];
    let text = "";
    for (let i = 0; text.length < LONG * 2; i++) text += parts[(i * 7 + (i >> 3)) % parts.length];
    const utf8 = Buffer.from(text, "utf8").toString("latin1");
    const expected = utf8.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    // From each of some places on, the pieces end elsewhere.
    for (let from = 0; from < 9; from++) {
      const piece = `${"x".repeat(from)}${text}`;
      assert.ok(read(`data:,${piece}`).equals(Buffer.from("x".repeat(from) + expected, "latin1")));
    }
    // Where a step of 262,144 characters ends.
    for (let from = 262_140; from < 262_147; from++) {
      assert.equal(String(read(`data:,${"x".repeat(from)}😀%41`)), `${"x".repeat(from)}😀A`);
    }
    assert.equal(String(read("data:,")), "");
  });

  it("refuses a URI without its comma", () => {
    for (const uri of ["data:image/png", `data:image/png;${"a".repeat(1000)},b`]) {
      assert.throws(() => read(uri), /the data URI has no comma$/);
    }
  });

  it("takes exactly as many bytes as are allowed", () => {
    assert.equal(read("data:,%61bcde", 5).toString(), "abcde");
    for (const uri of [
      "data:,abcdef",
      `data:;base64,${"A".repeat(8)}`,
      `data:,${"a".repeat(99)}`,
    ]) {
      assert.throws(() => read(uri, 5), /the data URI has more than 5 bytes$/);
    }
  });

  for (const [name, uri] of [
    ["escapes", `data:,${"%01".repeat(10_000_000)}`],
    ["base64", `data:;base64,${"AAAA".repeat(10_000_000)}`],
    ["escaped base64", `data:;base64,${"%41".repeat(10_000_000)}`],
    ["white space", `data:;base64,${" \n".repeat(15_000_000)}`],
    ["escaped white space", `data:;base64,${"%0A".repeat(10_000_000)}`],
  ] as const) {
    it(`lets others run while it decodes 30 MB of ${name}`, async () => {
      const { blockMs } = await measured(() => run(readDataUri(uri, 100_000_000)));
      assert.ok(blockMs < BLOCK_MS, `${blockMs} ms`);
    });
  }

  it("joins bytes of any lengths", () => {
    for (const lengths of [[], [0], [5], [0, 0], [3_000_000, 1, 0, 2_000_000, 5], [1, 1_048_576]]) {
      const parts = lengths.map((length, i) => Buffer.alloc(length, i + 1));
      assert.ok(runSync(joinBytes(parts)).equals(Buffer.concat(parts)));
    }
  });
});

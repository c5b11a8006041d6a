// Font files for specs: those of npm packages, and TrueType made of them.
import { createRequire } from "node:module";
import { inflateSync } from "node:zlib";

const { resolve } = createRequire(import.meta.url);

/** A file of a `@fontsource` package, such as `"noto-sans-sc"`, `"latin-400-normal.woff2"`. */
export function fontFile(name: string, file: string): string {
  return resolve(`@fontsource/${name}/files/${name}-${file}`);
}

/** An unpacked WOFF, as TrueType. */
export function asTrueType(woff: Buffer): Buffer {
  const tables = woff.readUInt16BE(12);
  const header = Buffer.alloc(12 + tables * 16);
  woff.copy(header, 0, 4, 8);
  header.writeUInt16BE(tables, 4);
  const parts: Buffer[] = [header];
  let at = header.length;
  for (let i = 0; i < tables; i++) {
    const entry = 44 + i * 20;
    const [offset, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(entry + field));
    const data = woff.subarray(offset, (offset ?? 0) + (packed ?? 0));
    const table = packed === length ? data : inflateSync(data);
    woff.copy(header, 12 + i * 16, entry, entry + 4);
    woff.copy(header, 16 + i * 16, entry + 16, entry + 20);
    header.writeUInt32BE(at, 20 + i * 16);
    header.writeUInt32BE(table.length, 24 + i * 16);
    const padded = Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)]);
    parts.push(padded);
    at += padded.length;
  }
  return Buffer.concat(parts);
}

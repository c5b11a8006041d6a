// Replaces pictures on the network with stand-ins; each picture that cannot be loaded is a problem.

import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isUint8Array } from "node:util/types";
import { CanvasError, invalid, show, toCanvasError } from "../errors.ts";
import { formatOf } from "../images/inspect.ts";
import type { Pictures } from "../images/picture.ts";
import { isUrl } from "../is-url.ts";
import { isRemote } from "../sources/data-uri.ts";
import type { Fetched } from "../sources/fetch.ts";
import type { Problems } from "./problems.ts";

/** A file, by its path relative to the working directory or its URL, or its bytes. */
export type StandIn = string | URL | Uint8Array;

export interface StandIns {
  /** The pictures of a host, with the stand-ins in place of the pictures on the network. */
  over(pictures: Pictures): Pictures;
  /** Takes the failures that have no other listener. */
  reportUnhandled(error: unknown): void;
}

export function createStandIns(
  given: Readonly<Record<string, StandIn>>,
  problems: Problems,
): StandIns {
  const standIns = new Map(
    Object.entries(given).map(([source, file]) => [keyOf(source), reader(source, file)]),
  );
  const noted = new WeakSet<object>();

  function note(error: unknown): void {
    const failure = toCanvasError(error, "SOURCE");
    if (noted.has(failure)) return;
    noted.add(failure);
    problems.add("pictures", failure.reason, failure);
  }

  /** The bytes of the source's stand-in, or else the source itself. */
  async function sourceOf(source: unknown): Promise<unknown> {
    if (typeof source !== "string") return source;
    const read = standIns.get(keyOf(source));
    if (read) return read();
    if (!isRemote(source)) return source;
    const hint = "`pictures` of the test host names what stands in for it";
    throw new CanvasError("SOURCE", `${show(source)}: a test host fetches nothing`, { hint });
  }

  const reporting =
    <Rest extends unknown[], Result>(work: (source: unknown, ...rest: Rest) => Promise<Result>) =>
    async (source: unknown, ...rest: Rest) => {
      try {
        return await work(await sourceOf(source), ...rest);
      } catch (error) {
        note(error);
        throw error;
      }
    };

  return {
    over: (pictures) => ({
      open: reporting(pictures.open),
      withDecoded: (opened, work) =>
        pictures.withDecoded(opened, (decoded) => {
          for (const one of decoded) if (one instanceof CanvasError) note(one);
          return work(decoded);
        }),
      load: reporting(pictures.load),
      loadInto: (image, given, options) =>
        reporting((source) => pictures.loadInto(image, source, options))(given),
      info: reporting(pictures.info),
      // The source is always a URL, which either has a stand-in or fails, so these are bytes.
      download: reporting(async (bytes) => fetched(bytes as Buffer)),
    }),
    reportUnhandled(error) {
      const failure = toCanvasError(error);
      // This draw failed because of a picture that is already noted.
      if (noted.has(failure) || noted.has(Object(failure.cause))) return;
      if (failure.code === "SOURCE") note(failure);
      else problems.add("failures", failure.reason, failure);
    },
  };
}

/** The bytes as if a server had sent them, without information on their origin. */
function fetched(bytes: Buffer): Fetched {
  return { bytes, type: typeOf(bytes), hops: [new URL("file:///")] };
}

function typeOf(bytes: Buffer): string {
  const format = formatOf(bytes);
  if (format === undefined) return "application/octet-stream";
  return format === "svg" ? "image/svg+xml" : `image/${format}`;
}

/** The key of a source: URLs are compared in their normalized form. */
function keyOf(source: string): string {
  return isRemote(source) && URL.canParse(source) ? new URL(source).href : source;
}

/** Returns a function that reads the bytes; a missing file is an error at once. */
function reader(source: string, file: StandIn): () => Promise<Uint8Array> {
  const option = `pictures[${show(source)}]`;
  if (isUint8Array(file)) return async () => file;
  if (typeof file !== "string" && !isUrl(file)) {
    throw invalid(option, "the path or the bytes of a picture", file);
  }
  const text = String(file);
  const path = /^file:/i.test(text) ? fileURLToPath(text) : resolve(text);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw invalid(option, `a file, for there is none at ${path}`, text);
  }
  return () => readFile(path);
}

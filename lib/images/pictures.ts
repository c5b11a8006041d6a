// The pictures of one host, from paths, URLs, data URIs, bytes, images and canvases.
import { isAnyArrayBuffer, isUint8Array } from "node:util/types";
import { allowImagePixels } from "../concurrency.ts";
import { lateLoad } from "../late.ts";
import { createSemaphore } from "../semaphore.ts";
import type { Fetched } from "../sources/fetch.ts";
import { publishFetch } from "../sources/fetch-diagnostics.ts";
import { createTurns } from "../turns.ts";
import type { PictureHost, Pictures } from "./picture.ts";

/** How many connections one host opens at once. */
const MAX_CONNECTIONS = 16;
/** How many pictures begin to be opened in one turn of the loop: a few milliseconds of work. */
const OPENED_A_TURN = 64;

/** A draw may have thousands of pictures. */
const turn = createTurns(OPENED_A_TURN);

export function createPictures(host: PictureHost): Pictures {
  const { settings, ending } = host;
  const { images } = settings;
  const fetchInTurn = createSemaphore(MAX_CONNECTIONS);

  /** The code that fetches is imported with the first URL. */
  async function download(url: string, signal = ending): Promise<Fetched> {
    const { fetchRemote } = await import("../sources/fetch.ts");
    const run = () => fetchRemote(images, url, fetchInTurn, [ending, signal]);
    return publishFetch(url, false, run);
  }

  /** The code that reads pictures is imported with the first picture. */
  const loader = lateLoad(async () => {
    const { createLoader } = await import("./loader.ts");
    allowImagePixels(images.maxPixels);
    return createLoader(host, download);
  });

  return {
    async open(source, options) {
      const given = frozen(source);
      await turn();
      return (await loader()).open(given, options);
    },
    withDecoded: async (pictures, work) => (await loader()).withDecoded(pictures, work),
    async load(source, options) {
      const given = frozen(source);
      return (await loader()).load(given, options);
    },
    async loadInto(image, source, options) {
      const given = frozen(source);
      return (await loader()).loadInto(image, given, options);
    },
    async info(source) {
      const given = frozen(source);
      return (await loader()).info(given);
    },
    download,
  };
}

/** Copies bytes, so that changes the caller makes while they load have no effect. */
function frozen(source: unknown): unknown {
  if (isUint8Array(source)) return Buffer.from(source);
  return isAnyArrayBuffer(source) ? Buffer.from(new Uint8Array(source)) : source;
}

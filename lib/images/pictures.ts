// Pictures from wherever drawing code names them: paths, URLs, data URIs, bytes, images, canvases.
import { isArrayBuffer, isUint8Array } from "node:util/types";
import { allowImagePixels } from "../concurrency.ts";
import { createSemaphore } from "../semaphore.ts";
import type { Fetched } from "../sources/fetch.ts";
import { publishFetch } from "../sources/fetch-diagnostics.ts";
import type { Loader, PictureHost, Pictures } from "./picture.ts";

/** Connections of one host at once. */
const MAX_CONNECTIONS = 16;

export function createPictures(host: PictureHost): Pictures {
  const { settings, ending } = host;
  const { images } = settings;
  const fetchInTurn = createSemaphore(MAX_CONNECTIONS);

  /** What fetches is loaded with the first URL. */
  async function download(url: string, signal = ending): Promise<Fetched> {
    const { fetchRemote } = await import("../sources/fetch.ts");
    const run = () => fetchRemote(images, url, fetchInTurn, [ending, signal]);
    return publishFetch(url, false, run);
  }

  /** What reads pictures is loaded with the first of them. */
  let loading: Promise<Loader> | undefined;
  const loader = () => {
    loading ??= import("./loader.ts").then(({ createLoader }) => {
      allowImagePixels(images.maxPixels);
      return createLoader(host, download);
    });
    return loading;
  };

  return {
    async open(source, options) {
      const given = frozen(source);
      return (await loader()).open(given, options);
    },
    withDecoded: async (pictures, work) => (await loader()).withDecoded(pictures, work),
    async load(source, options) {
      const given = frozen(source);
      return (await loader()).load(given, options);
    },
    loadInto: async (image, source, options) => (await loader()).loadInto(image, source, options),
    async info(source) {
      const given = frozen(source);
      return (await loader()).info(given);
    },
    download,
  };
}

/** Bytes as they are now: what the caller does to them while they load is not seen. */
function frozen(source: unknown): unknown {
  if (isUint8Array(source)) return Buffer.from(source);
  return isArrayBuffer(source) ? Buffer.from(new Uint8Array(source)) : source;
}

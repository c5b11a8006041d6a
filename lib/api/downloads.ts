// wx.getImageInfo and wx.downloadFile: facts about pictures, and downloads of any file.
import { rename } from "node:fs/promises";
import { extname } from "node:path";
import { URL } from "node:url";
import * as z from "zod/mini";
import type { HostContext } from "../host-context.ts";
import type { PictureInfo } from "../images/picture.ts";
import { lazily } from "../late.ts";
import { optionalText, text } from "../option-parts.ts";
import { AbortController } from "../own-globals.ts";
import { cancelled } from "../settings/hooks.ts";
import { type Callbacks, callSafely } from "../settle.ts";
import { toPublicPath } from "../temp/layout.ts";
import { store } from "../temp/temp-file.ts";
import { withOptions } from "../validate.ts";
import { type Ok, type WxFunction, wxFunction } from "./async-function.ts";

/** The options of `wx.downloadFile`; WeChat's other ones are ignored. */
export interface DownloadFileOptions {
  url: string;
  /** Where to save the file, below `wx.env.USER_DATA_PATH`. Without it, it is a temp file. */
  filePath?: string | undefined;
}

/** The result of `wx.downloadFile`: it has one of the paths, as the options ask. */
export interface DownloadFileResult {
  tempFilePath: string;
  filePath: string;
  /** Always 200: everything else fails. */
  statusCode: number;
}

/** A download under way. */
export interface DownloadTask {
  /** Makes the download fail with `"downloadFile:fail abort"`. */
  abort(): void;
  /** The listener is called once, when the download is complete. */
  onProgressUpdate(
    listener: (progress: {
      progress: number;
      totalBytesWritten: number;
      totalBytesExpectedToWrite: number;
    }) => void,
  ): void;
  // biome-ignore lint/suspicious/noExplicitAny: any function may be passed here
  offProgressUpdate(listener?: (...args: any[]) => void): void;
  /** The listener is never called: headers are not reported. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  onHeadersReceived(listener: (...args: any[]) => void): void;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  offHeadersReceived(listener?: (...args: any[]) => void): void;
}

/** The part of `wx` for facts about pictures, and for downloads. */
export interface DownloadsApi {
  /** Size, orientation, type and a local path of a picture. */
  getImageInfo: WxFunction<{ src: string }, PictureInfo>;
  /** Returns a task; without callbacks it is a promise as well. */
  downloadFile: {
    (
      options: DownloadFileOptions & { success?: never; fail?: never; complete?: never },
    ): DownloadTask & Promise<DownloadFileResult & Ok>;
    (options: DownloadFileOptions & Callbacks<DownloadFileResult & Ok>): DownloadTask;
  };
}

const pictureOptions = lazily(() => z.object({ src: text() }));
const fileOptions = lazily(() => z.object({ url: text(), filePath: optionalText() }));

export function downloads(host: HostContext): DownloadsApi {
  return {
    getImageInfo: wxFunction(
      host,
      "getImageInfo",
      withOptions(pictureOptions, ({ src }) => host.pictures.info(src)),
    ),
    downloadFile: ((options?: unknown) => download(host, options)) as DownloadsApi["downloadFile"],
  };
}

type Listener = Parameters<DownloadTask["onProgressUpdate"]>[0];

function download(host: HostContext, options: unknown): DownloadTask {
  const listeners = new Set<Listener>();
  const aborting = new AbortController();

  const work = withOptions(fileOptions, async ({ url, filePath }) => {
    const { length, ...result } = await fetchFile(host, url, filePath, aborting.signal);
    const progress = {
      progress: 100,
      totalBytesWritten: length,
      totalBytesExpectedToWrite: length,
    };
    for (const listener of listeners) callSafely(listener, progress, host.settings.onError);
    return result;
  });
  const get = wxFunction(host, "downloadFile", work);
  const answer = get(options as object) as Promise<unknown> | undefined;
  const task: DownloadTask = {
    abort: () => aborting.abort(cancelled("abort")),
    onProgressUpdate: (listener) => void listeners.add(listener),
    offProgressUpdate(listener) {
      if (listener) listeners.delete(listener);
      else listeners.clear();
    },
    onHeadersReceived() {},
    offHeadersReceived() {},
  };
  return answer ? Object.assign(answer, task) : task;
}

async function fetchFile(
  host: HostContext,
  url: string,
  filePath: string | undefined,
  signal: AbortSignal,
): Promise<Partial<DownloadFileResult> & { length: number }> {
  const place = filePath === undefined ? undefined : await host.paths.writable(filePath);
  const { bytes, type } = await host.pictures.download(url, signal);
  const path = await store(host.directory, bytes, extensionOf(url, type), signal);
  const done = { statusCode: 200, length: bytes.length };
  if (filePath === undefined || place === undefined) {
    return { ...done, tempFilePath: toPublicPath(path, host.settings.tempFilePaths) };
  }
  await rename(path, place);
  return { ...done, filePath };
}

const EXTENSIONS: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/svg+xml": "svg",
  "application/json": "json",
  "text/plain": "txt",
};

/** By the server's content type, or else by the name in the URL; at most five letters or digits. */
function extensionOf(url: string, type: string): string {
  const known = Object.hasOwn(EXTENSIONS, type) ? EXTENSIONS[type] : undefined;
  if (known) return known;
  const name = extname(new URL(url).pathname);
  return /^\.[a-z\d]{1,5}$/i.test(name) ? name.slice(1).toLowerCase() : "unknown";
}

// Copies pictures that a hook chose to temp files, whose paths the code gets.
import { extname } from "node:path";
import type { HostContext } from "../host-context.ts";
import { LOCAL_MAX_BYTES } from "../limits.ts";
import { run } from "../procedure.ts";
import { readTrusted } from "../sources/open.ts";
import { toPublicPath } from "../temp/layout.ts";
import { store } from "../temp/temp-file.ts";
import { asBytes } from "./base64.ts";

/** A picture that was chosen, as a temp file of the host. */
export interface ChosenImage {
  path: string;
  size: number;
  width: number;
  height: number;
}

/** @param source bytes, or the path of a file anywhere: the hook is trusted to choose well */
export async function importImage(host: HostContext, source: unknown): Promise<ChosenImage> {
  const bytes = await readSource(source);
  const [, extension = "png"] = /^\.([a-z\d]{1,5})$/i.exec(extname(String(source))) ?? [];
  const stored = await store(host.directory, bytes, extension);
  const { width, height } = await host.pictures.info(stored);
  const path = toPublicPath(stored, host.settings.tempFilePaths);
  return { path, size: bytes.length, width, height };
}

async function readSource(source: unknown): Promise<Buffer> {
  if (typeof source === "string") return run(readTrusted(source, LOCAL_MAX_BYTES));
  return asBytes("onChooseImage", source, "paths or bytes");
}

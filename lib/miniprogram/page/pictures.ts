// Reads the pictures that a page has exported, in the form that callers get.
import type { HostContext } from "../../host-context.ts";
import { inspect } from "../../images/inspect.ts";
import { LOCAL_MAX_BYTES } from "../../limits.ts";
import { run } from "../../procedure.ts";
import { openReadable } from "../../sources/open.ts";

/**
 * A picture that a page has exported. It exists as long as the host's temp files: copy pictures
 * that you keep.
 */
export interface ExportedPicture {
  /** The path as the page got it; `host.resolvePath` returns the real path of either form. */
  tempFilePath: string;
  /** In pixels. */
  width: number;
  height: number;
  /** The MIME type of the file, such as `"image/png"`. */
  type: string;
}

/** The picture at a path; undefined if there is no picture that may be read. */
export async function pictureAt(
  { paths }: HostContext,
  tempFilePath: string,
): Promise<ExportedPicture | undefined> {
  try {
    await using file = await openReadable(paths, tempFilePath);
    const { width, height, format } = await run(inspect(await file.read(LOCAL_MAX_BYTES)));
    return { tempFilePath, width, height, type: `image/${format === "svg" ? "svg+xml" : format}` };
  } catch {
    // A URL that the page only previewed, or a file that it has removed since.
    return undefined;
  }
}

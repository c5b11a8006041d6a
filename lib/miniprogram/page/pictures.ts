// Reads the pictures that a page has exported, in the form that callers get.
import { readFile } from "node:fs/promises";
import type { HostContext } from "../../host-context.ts";
import { inspect } from "../../images/inspect.ts";

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
    const { width, height, format } = await inspect(
      await readFile(await paths.readable(tempFilePath)),
    );
    return { tempFilePath, width, height, type: `image/${format === "svg" ? "svg+xml" : format}` };
  } catch {
    // A URL that the page only previewed, or a file that it has removed since.
    return undefined;
  }
}

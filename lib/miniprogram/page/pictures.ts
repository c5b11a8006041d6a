// The pictures that a page has exported, as its caller gets them.
import { readFile } from "node:fs/promises";
import type { HostContext } from "../../host-context.ts";
import { inspect } from "../../images/inspect.ts";

/**
 * A picture that a page has exported. It lives as long as the host's temp files: copy what you
 * keep.
 */
export interface ExportedPicture {
  /** As the page got it; `host.resolvePath` gives the real path of either form. */
  tempFilePath: string;
  /** In pixels. */
  width: number;
  height: number;
  /** What the file is, such as `"image/png"`. */
  type: string;
}

/** The picture at a path; undefined where there is none that may be read. */
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
    // A URL that is only shown, or a file that the page has removed since.
    return undefined;
  }
}

// Records what a page has done: exported pictures, failures, and messages to its user.
import { CanvasError } from "../../errors.ts";

/** Something that a page's user would have seen, or that was left out of its pictures. */
export class PageWarning {
  /** The function of `wx` that caused it, such as `"showToast"` or `"drawCanvas"`. */
  readonly api: string;
  readonly message: string;

  constructor(api: string, message: string) {
    this.api = api;
    this.message = message;
  }

  toString(): string {
    return `${this.api}: ${this.message}`;
  }
}

/**
 * The most warnings, and the most pictures, that are kept: a page that warns in a loop must not
 * fill the memory.
 */
const MAX_KEPT = 1000;

export interface PageRecord {
  readonly warnings: PageWarning[];
  warn(api: string, message: string): void;
  /** Notes that a call of `wx` begins. */
  began(api: string, options: unknown): void;
  /** Notes that a call of `wx` has succeeded. */
  succeeded(api: string, options: unknown, result: unknown): void;
  failed(api: string, error: unknown): void;
  /** The paths of the pictures since the last call, oldest first, each once. */
  takePictures(): string[];
}

/** Functions of which any failure leaves something out of a picture. */
const DRAWING =
  /^(drawCanvas|canvas.*|toTempFilePath|saveImageToPhotosAlbum|previewImage|showShareImageMenu)$/;

export function createRecord(): PageRecord {
  const warnings: PageWarning[] = [];
  const pictures = new Set<string>();

  function warn(api: string, message: string): void {
    if (warnings.length < MAX_KEPT) warnings.push(new PageWarning(api, message));
  }

  function add(path: unknown): void {
    if (typeof path === "string" && pictures.size < MAX_KEPT) pictures.add(path);
  }

  return {
    warnings,
    warn,
    began(api, options) {
      const { title, content } = given(options);
      if (api === "showToast") warn(api, String(title ?? ""));
      if (api === "showModal") warn(api, [title, content].filter(Boolean).join(": "));
    },
    succeeded(api, options, result) {
      const { filePath, urls, path } = given(options);
      if (api === "canvasToTempFilePath" || api === "toTempFilePath") {
        add(given(result).tempFilePath);
      }
      if (api === "saveImageToPhotosAlbum") add(filePath);
      if (api === "showShareImageMenu") add(path);
      if (api === "previewImage" && Array.isArray(urls)) urls.forEach(add);
    },
    failed(api, error) {
      if (!(error instanceof CanvasError)) return;
      if (error.code === "SOURCE" || DRAWING.test(api)) warn(api, error.reason);
    },
    takePictures() {
      const taken = [...pictures];
      pictures.clear();
      return taken;
    },
  };
}

function given(options: unknown): Record<string, unknown> {
  return (options ?? {}) as Record<string, unknown>;
}

// The pictures that canvas nodes make: loaded by their src, under the rules of the host.
import { Image } from "../engine.ts";
import type { CanvasError } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import { reportUnhandled } from "../settle.ts";

/** A picture as WeChat's canvas nodes make it, which the engine can draw. */
export interface NodeImage extends Image {
  /** A path, a data URI, or where the host allows it a URL; setting it loads the picture. */
  src: string;
  /** Called when the picture can be drawn, and has its width and height. */
  // biome-ignore lint/suspicious/noExplicitAny: WeChat and browsers type it so
  onload: (event?: any) => void;
  /** Called with a failure that has `errMsg`. */
  // biome-ignore lint/suspicious/noExplicitAny: WeChat and browsers type it so
  onerror: (error: any) => void;
  referrerPolicy: string;
}

const engineSource = Object.getOwnPropertyDescriptor(Image.prototype, "src");

/**
 * An engine image whose src is read by this library: the engine alone would read any file, and calls
 * its listeners while it still holds its own lock, so that they could not ask for the width.
 */
export function createImage(host: HostContext): NodeImage {
  const image = new Image();
  const listeners: Record<string, unknown> = { onload: null, onerror: null };
  let source = "";
  let loads = 0;
  let isFilling = false;

  async function fill(bytes: Buffer): Promise<void> {
    isFilling = true;
    try {
      engineSource?.set?.call(image, bytes);
      await image.decode();
      // An SVG that follows a bitmap would keep the bitmap's size.
      if (image.width !== image.naturalWidth) image.width = image.naturalWidth;
      if (image.height !== image.naturalHeight) image.height = image.naturalHeight;
    } finally {
      isFilling = false;
    }
  }

  function tell(name: "onload" | "onerror", value: unknown): boolean {
    const listener = listeners[name];
    if (typeof listener !== "function") return false;
    listener.call(image, value);
    return true;
  }

  function load(): void {
    // Of several sources that are set one after another, only the last is told of.
    const mine = ++loads;
    if (source === "") return;
    host.answer(
      "createImage",
      {
        success() {
          if (mine === loads) tell("onload", { type: "load", target: image });
        },
        fail(error: CanvasError) {
          if (mine !== loads || tell("onerror", error)) return;
          reportUnhandled(error, host.settings.onError);
        },
      },
      async () => {
        const bytes = await host.pictures.read(source);
        if (mine === loads) await fill(bytes);
        return {};
      },
    );
  }

  Object.defineProperty(image, "src", {
    configurable: true,
    enumerable: true,
    get: () => source,
    set(value: unknown) {
      source = String(value ?? "");
      load();
    },
  });
  for (const name of ["onload", "onerror"]) {
    Object.defineProperty(image, name, {
      configurable: true,
      enumerable: true,
      // The engine looks for listeners here, and must find none while it is being filled.
      get: () => (isFilling ? null : listeners[name]),
      set(value: unknown) {
        listeners[name] = value;
      },
    });
  }
  return Object.assign(image, { referrerPolicy: "" }) as NodeImage;
}

// Makes the images of canvas nodes, which load their src under the rules of the host.
import { Image } from "../engine/engine.ts";
import type { CanvasError } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import { describeImage } from "../images/undrawable.ts";
import { AbortController } from "../own-globals.ts";
import { reportUnhandled } from "../settle.ts";

/** An image as WeChat's canvas nodes make it, which the engine can draw. */
export interface NodeImage extends Image {
  /** A path, a data URI, or a URL if the host allows it; setting it loads the picture. */
  src: string;
  /** Called when the picture can be drawn and its width and height are set. */
  // biome-ignore lint/suspicious/noExplicitAny: WeChat and browsers type it so
  onload: (event?: any) => void;
  /** Called with a failure that has `errMsg`. */
  // biome-ignore lint/suspicious/noExplicitAny: WeChat and browsers type it so
  onerror: (error: any) => void;
  /** Kept, and without effect: no referrer is sent. */
  referrerPolicy: string;
}

/**
 * An engine image whose src is read by this library, and which draws a decoded picture: the engine
 * alone would read any file.
 */
export function createImage(host: HostContext): NodeImage {
  const image = new Image();
  let source = "";
  /** Belongs to the current source; aborted as soon as another one is set. */
  let last = new AbortController();
  /** The load of the last source that was set; undefined without a source. */
  let loading: Promise<boolean> | undefined;
  let isComplete = true;
  let failure: CanvasError | undefined;
  describeImage(image, () => ({ source, failure }));

  function notify(name: "onload" | "onerror", value: unknown): boolean {
    const listener = (image as NodeImage)[name];
    if (typeof listener !== "function") return false;
    listener.call(image, value);
    return true;
  }

  /** Loads the source; resolves to whether it is loaded and still the current source. */
  function load(given: string, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      // When several sources are set one after another, only the last one calls listeners.
      const isLast = () => !signal.aborted;
      const done = (isLoaded: boolean) => {
        if (isLast()) isComplete = true;
        resolve(isLoaded && isLast());
      };
      host.answer(
        "createImage",
        {
          success() {
            done(true);
            if (isLast()) notify("onload", { type: "load", target: image });
          },
          fail(error: CanvasError) {
            done(false);
            if (isLast()) failure = error;
            // Code sets an empty source to drop the picture, too.
            if (!isLast() || notify("onerror", error) || given === "") return;
            reportUnhandled(error, host.settings.onError);
          },
        },
        async () => {
          await host.pictures.loadInto(image, given, { signal });
          return {};
        },
      );
    });
  }

  const members: Record<string, PropertyDescriptor> = {
    src: {
      get: () => source,
      set(value: unknown) {
        const next = String(value ?? "");
        // An `onerror` that drops the picture would call itself forever.
        if (loading !== undefined && source === "" && next === "") return;
        source = next;
        last.abort();
        last = new AbortController();
        isComplete = source === "";
        failure = undefined;
        loading = load(source, last.signal);
      },
    },
    complete: { get: () => isComplete },
    decode: {
      async value() {
        if (await loading) return;
        throw new DOMException("the image cannot be decoded", "EncodingError");
      },
    },
  };
  for (const [name, member] of Object.entries(members)) {
    Object.defineProperty(image, name, { configurable: true, enumerable: true, ...member });
  }
  return Object.assign(image, { onload: null, onerror: null, referrerPolicy: "" }) as NodeImage;
}

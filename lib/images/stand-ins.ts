// Replaces pictures that cannot be loaded by stand-ins that the caller's onPicture hook names.
import { CanvasError, toCanvasError } from "../errors.ts";
import { untilAborted, withSignal } from "../signal.ts";
import type { OpenPicture, PictureHost, Pictures } from "./picture.ts";

/**
 * The pictures, with `onPicture` called for each source that fails, stand-ins included. A hook that
 * does not answer within `images.timeout` has none.
 */
export function withStandIns(
  pictures: Pictures,
  { settings, ending }: Pick<PictureHost, "settings" | "ending">,
): Pictures {
  const { onPicture, images } = settings;
  if (!onPicture) return pictures;
  const sources = new WeakMap<object, unknown>();

  /** The hook's answer; when it is too late, throws the error of the source. */
  const ask = (src: unknown, given: unknown): Promise<unknown> => {
    const error = toCanvasError(given, "SOURCE");
    const timeout = { milliseconds: images.timeout, failure: () => error };
    const answer = async () => onPicture({ src, error });
    return withSignal({ signals: [ending], timeout }, (signal) => untilAborted(signal, answer()));
  };

  /** Loads the stand-in of the source; throws the error when there is none. */
  async function mend<Result>(
    src: unknown,
    error: unknown,
    load: (source: unknown) => Promise<Result>,
  ): Promise<Result> {
    const standIn = await ask(src, error);
    if (standIn === undefined || standIn === null) throw error;
    try {
      return await load(standIn);
    } catch (second) {
      // The hook learns of the failure, but a stand-in has no stand-in.
      await ask(standIn, second);
      throw second;
    }
  }

  const mending =
    <Rest extends unknown[], Result>(load: (source: unknown, ...rest: Rest) => Promise<Result>) =>
    (src: unknown, ...rest: Rest): Promise<Result> =>
      load(src, ...rest).catch((error) => mend(src, error, (standIn) => load(standIn, ...rest)));

  async function open(...args: Parameters<Pictures["open"]>): Promise<OpenPicture> {
    const picture = await mending(pictures.open)(...args);
    sources.set(picture, args[0]);
    return picture;
  }

  return {
    open,
    async withDecoded(opened, work) {
      type Decoded = Parameters<typeof work>[0];
      const isWhole = (decoded: Decoded) =>
        decoded.every((one, i) => one === opened[i] || !(one instanceof CanvasError));
      const first = await pictures.withDecoded(opened, (decoded) =>
        isWhole(decoded)
          ? { isWhole: true as const, result: work(decoded) }
          : { isWhole: false as const, decoded },
      );
      if (first.isWhole) return first.result;
      // Some pictures could be opened, but not decoded.
      const mended = first.decoded.map((one, i) => {
        const picture = opened[i] as OpenPicture | CanvasError;
        if (one === picture || !(one instanceof CanvasError)) return picture;
        return mend(sources.get(picture), one, pictures.open).catch((error) =>
          toCanvasError(error, "SOURCE"),
        );
      });
      return pictures.withDecoded(await Promise.all(mended), work);
    },
    load: mending(pictures.load),
    loadInto: (image, src, options) =>
      mending((source) => pictures.loadInto(image, source, options))(src),
    info: mending(pictures.info),
    download: pictures.download,
  };
}

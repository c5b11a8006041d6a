// Pictures that cannot be loaded: a function of the caller names what is drawn in their place.
import { toCanvasError } from "../errors.ts";
import type { MissingPicture } from "../settings/settings.ts";
import type { Pictures } from "./pictures.ts";

/** The pictures, where the function is asked about each source that fails; stand-ins included. */
export function withStandIns(
  pictures: Pictures,
  onPicture: ((missing: MissingPicture) => unknown) | undefined,
): Pictures {
  if (!onPicture) return pictures;

  const ask = (src: unknown, error: unknown) =>
    onPicture({ src, error: toCanvasError(error, "SOURCE") });

  function mending<Result>(load: (source: unknown) => Promise<Result>) {
    return async (src: unknown): Promise<Result> => {
      try {
        return await load(src);
      } catch (error) {
        const standIn = await ask(src, error);
        if (standIn === undefined || standIn === null) throw error;
        try {
          return await load(standIn);
        } catch (second) {
          // Told of, but a stand-in has no stand-in.
          await ask(standIn, second);
          throw second;
        }
      }
    };
  }

  return {
    load: mending(pictures.load),
    read: mending(pictures.read),
    info: mending(pictures.info),
    download: pictures.download,
  };
}

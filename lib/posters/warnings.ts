// Collects what a finished picture lacks: pictures left out, characters missing.
import { isUint8Array } from "node:util/types";
import { CanvasError, show, toCanvasError } from "../errors.ts";
import type { HostOptions, MissingPicture } from "../index.ts";
import { shortened } from "./shortened.ts";

/** Something that the picture lacks. */
export interface PosterWarning {
  /**
   * `PICTURE`: one was left out. `MISSING_CHARACTERS`: boxes are drawn. `ERROR`: another failure.
   * `PAGE`: what the user of a mini-program's page would have seen, such as a toast.
   */
  code: "PICTURE" | "MISSING_CHARACTERS" | "ERROR" | "PAGE";
  message: string;
  /** The picture's source, as the drawing code gave it; for bytes, their number. */
  src?: string;
  /** The characters that no font has. */
  characters?: readonly string[];
}

/** Warnings of one picture. */
export interface Warnings {
  /** The warnings so far. */
  readonly list: PosterWarning[];
  /** The settings of a host that fill the list. */
  readonly hooks: Pick<HostOptions, "onError" | "onWarning" | "onPicture">;
  /** Adds a warning of a page. */
  note(message: string): void;
  /** Fails with `INCOMPLETE` when the picture has holes. */
  assertNone(): void;
}

/** More of a code are left out: data may name any number of pictures. */
const MAX_WARNINGS = 100;

/** Collects the warnings. A picture that `onPicture` replaces with a stand-in is not one. */
export function collectWarnings(
  onPicture: ((missing: MissingPicture) => unknown) | undefined,
  own: HostOptions = {},
): Warnings {
  const list: PosterWarning[] = [];
  const standIns = new Set<unknown>();
  const add = (warning: PosterWarning) => {
    if (list.filter(({ code }) => code === warning.code).length >= MAX_WARNINGS) return;
    if (!list.some(({ message }) => message === warning.message)) list.push(warning);
  };
  const isHeard = ({ message }: Error) => list.some((one) => message.includes(one.message));

  return {
    list,
    hooks: {
      onError(error) {
        const failure = toCanvasError(error);
        // A picture that was left out is reported twice: by itself, and as the cause of a failed
        // call.
        if (isHeard(failure)) return;
        add({
          code: failure.code === "SOURCE" ? "PICTURE" : "ERROR",
          message: failure.message,
        });
        own.onError?.(error);
      },
      onWarning(warning) {
        add(warning);
        own.onWarning?.(warning);
      },
      async onPicture(missing) {
        const { src, error } = missing;
        const ask = async () =>
          standIns.has(src) ? undefined : (onPicture ?? own.onPicture)?.(missing);
        const standIn = await ask().catch((cause) => {
          const reason = `${error.reason}; and onPicture failed: ${toCanvasError(cause).reason}`;
          add({ code: "PICTURE", message: reason, src: nameOf(src) });
          throw new CanvasError("SOURCE", reason, { cause });
        });
        if (standIn !== undefined && standIn !== null) standIns.add(standIn);
        else add({ code: "PICTURE", message: error.reason, src: nameOf(src) });
        return standIn;
      },
    },
    note(message) {
      if (!list.some((one) => message.includes(one.message))) add({ code: "PAGE", message });
    },
    assertNone() {
      const holes = list.filter(({ code }) => code === "PICTURE" || code === "MISSING_CHARACTERS");
      if (holes.length === 0) return;
      const reason = holes.map(({ message }) => message).join("; ");
      throw Object.assign(new CanvasError("INCOMPLETE", reason), { warnings: holes });
    },
  };
}

function nameOf(src: unknown): string {
  if (typeof src === "string") return shortened(src, 200);
  return isUint8Array(src) ? `${src.length} bytes` : show(src);
}

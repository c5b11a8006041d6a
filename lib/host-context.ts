// What the rooms of one host share: its settings, canvases, files and pictures, and how calls answer.

import type { AnimationFrames } from "./canvas/animation-frames.ts";
import type { Registry } from "./canvas/registry.ts";
import type { TextFonts } from "./fonts/text.ts";
import type { Pictures } from "./images/picture.ts";
import type { Settings } from "./settings/settings.ts";
import type { Paths } from "./sources/paths.ts";
import type { TempDirectory } from "./temp/temp-directory.ts";

/** A finished picture, as it is inspected. */
export interface Exported {
  data: Buffer;
  width: number;
  height: number;
  /** File type, quality and the like: the same for pictures that are encoded the same way. */
  format: string;
  /** What an empty canvas would have given in its place. */
  blank(): Promise<Buffer>;
}

export interface HostContext {
  readonly settings: Settings;
  /** Looks at each finished picture before its export ends; only test hosts do. */
  readonly inspect?: (exported: Exported) => Promise<void>;
  readonly registry: Registry;
  readonly directory: TempDirectory;
  readonly paths: Paths;
  readonly pictures: Pictures;
  readonly frames: AnimationFrames;
  /** Aborts when the signal that the host was made with does: draws and exports end, too. */
  readonly signal: AbortSignal;
  /** Aborts when the host ends, disposed or by its signal: nothing waits for a server or a hook. */
  readonly ending: AbortSignal;
  /** Throws DISPOSED when the host has been: for functions that answer at once. */
  assertAlive(): void;
  /** What texts are drawn and measured with. */
  readonly fonts: TextFonts;
  /** How many draws, exports, pictures and requests are under way. */
  pending(): number;
  /** Work that dispose waits for; throws DISPOSED after it. */
  track<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Answers a call of an asynchronous function of `wx`: does the work, which dispose waits for, and
   * tells its outcome as the options ask, by callbacks or by a promise that may be dropped.
   */
  answer<Result extends object>(
    api: string,
    options: unknown,
    work: () => Promise<Result>,
  ): Promise<Result & { errMsg: string }> | undefined;
}

// What the rooms (folders of `lib`) share of one host: settings, canvases, files and more.

import type { AnimationFrames } from "./canvas/animation-frames.ts";
import type { Rectangle } from "./canvas/hold.ts";
import type { FrozenRecord } from "./canvas/record/calls.ts";
import type { Registry } from "./canvas/registry.ts";
import type { TextFonts } from "./fonts/text.ts";
import type { Pictures } from "./images/picture.ts";
import type { Settings } from "./settings/settings.ts";
import type { Answering } from "./settle.ts";
import type { Paths } from "./sources/paths.ts";
import type { TempDirectory } from "./temp/temp-directory.ts";

/** A finished picture, as `inspect` gets it. */
export interface Exported {
  data: Buffer;
  width: number;
  height: number;
  /** File type, quality and the like: the same for pictures that are encoded the same way. */
  format: string;
  /** The bytes that an empty canvas would have given in its place. */
  blank(): Promise<Buffer>;
  /** The calls that drew its canvas; undefined where they are not known. */
  record: FrozenRecord | undefined;
  /** The part of the canvas that it shows, in the canvas's pixels. */
  part: Rectangle;
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
  /** Aborts when the signal that the host was made with aborts: draws and exports end, too. */
  readonly signal: AbortSignal;
  /** Aborts when the host ends, by `dispose` or by its signal: waits for servers and hooks end. */
  readonly ending: AbortSignal;
  /**
   * Throws when the host has ended (DISPOSED after `dispose`): for functions that answer at once.
   */
  assertAlive(): void;
  /** The fonts that texts are drawn and measured with. */
  readonly fonts: TextFonts;
  /** How many draws, exports, pictures and requests are under way. */
  pending(): number;
  /** Does work that `dispose` waits for; rejects with DISPOSED after it. */
  track<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Answers a call of an asynchronous function of `wx`: does the work, which `dispose` waits for,
   * and reports its outcome as the options ask, by callbacks or by a promise that may go unhandled.
   */
  answer: Answering;
}

// draw(): paints a record when it is its canvas's turn and its pictures are loaded, then reports
// the result.

import * as z from "zod/mini";
import type { Calls } from "../canvas/record/calls.ts";
import { FrozenPicture } from "../canvas/record/referents.ts";
import { asComponent, ratioOf, requireCanvas } from "../canvas/registry.ts";
import { CanvasError, show, toCanvasError } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import { explained } from "../images/explained.ts";
import type { OpenPicture, RenderSize } from "../images/picture.ts";
import { lazily } from "../late.ts";
import { callSafely, reportUnhandled, withApiName } from "../settle.ts";
import { assertNotAborted } from "../signal.ts";
import { expecting, parse } from "../validate.ts";
import { warnOnce } from "../warn.ts";
import { recordAction } from "./actions.ts";
import { contextOf } from "./canvas-context.ts";
import { renderSizes } from "./drawn-size.ts";
import { Recording } from "./recording.ts";
import { type DrawablePicture, replay } from "./replay.ts";
import type { Action, CanvasContext, DrawResult } from "./types.ts";

/** WeChat's `wx.createCanvasContext`: nothing is looked up or checked before draw(). */
export function createCanvasContext(
  host: HostContext,
  canvasId: unknown,
  component: unknown,
): CanvasContext {
  const { onError, limits } = host.settings;
  const recording = new Recording({
    maxCalls: limits.maxCalls,
    warn: warnOnce,
    fonts: host.fonts,
    draw(record, reserve, callback) {
      const done = withApiName("drawCanvas", () =>
        host.track(() => paint(host, canvasId, component, record, reserve)),
      );
      // Widespread code passes something other than a function, which is ignored.
      const listener = typeof callback === "function" ? (callback as Listener) : undefined;
      const answer = (result: DrawResult) => callSafely(listener, result, onError);
      done.then(
        () => answer({ errMsg: "drawCanvas:ok" }),
        (error: CanvasError) => {
          // Callbacks of drawing code rarely take the argument, so a failure is reported to the
          // host, too.
          if (!listener || !ENDED.has(error.code)) reportUnhandled(error, onError);
          answer(error);
        },
      );
    },
  });
  return contextOf(recording);
}

type Listener = (result: DrawResult) => unknown;

/** Codes of failures that the program itself has asked for. */
const ENDED: ReadonlySet<string> = new Set(["ABORTED", "DISPOSED"]);

/** A context without a canvas: its record is for drawCanvas. */
export function createContext(host: HostContext): CanvasContext {
  return createCanvasContext(host, undefined, undefined);
}

/** What drawCanvas paints, and where. */
export interface DrawCanvasOptions {
  canvasId: string;
  /** The result of `getActions()`. */
  actions: readonly Action[];
  /** Keeps what is on the canvas. Default false. */
  reserve?: boolean | undefined;
}

const schema = lazily(() =>
  z.object({
    canvasId: z.unknown(),
    actions: z.custom<readonly unknown[]>(Array.isArray, { error: expecting("an array") }),
    reserve: z.unknown(),
  }),
);

/** WeChat's old `wx.drawCanvas`. Anything but an action of a context is skipped. */
export async function drawCanvas(
  host: HostContext,
  options: unknown,
  component: unknown,
): Promise<object> {
  const { canvasId, actions, reserve } = parse(schema, options);
  const { maxCalls } = host.settings.limits;
  const recording = new Recording({ maxCalls, warn: warnOnce, fonts: host.fonts });
  for (const action of actions) {
    const { method, data, rule } = (action ?? {}) as Partial<Action>;
    if (typeof method !== "string" || !Array.isArray(data)) continue;
    recordAction(recording, { method, data, ...(rule === "evenodd" && { rule }) });
  }
  await paint(host, canvasId, component, recording.take(), Boolean(reserve));
  return {};
}

/**
 * Paints the record when it is its turn. If there are no pictures to load and nothing is pending,
 * that is before this returns. Rejects, after painting the rest, when a picture could not be
 * loaded.
 */
export async function paint(
  host: HostContext,
  canvasId: unknown,
  component: unknown,
  record: Calls | undefined,
  reserve: boolean,
): Promise<void> {
  const entry = requireCanvas(host.registry, canvasId, asComponent(component));
  if (!record) {
    const limit = `maxCalls allows ${host.settings.limits.maxCalls} calls between two draws`;
    throw new CanvasError("TOO_LARGE", `${limit}, and more were recorded: nothing was drawn`);
  }
  const opening = open(host, renderSizes(record, ratioOf(entry)));
  const paintWith = (pictures: ReadonlyMap<unknown, DrawablePicture>) => {
    assertNotAborted(host.signal);
    replay(entry, record, reserve, pictures, host.fonts);
  };
  const failures = await entry.enqueue(() => {
    if (opening.pending.length === 0) {
      paintWith(opening.canvases);
      return [];
    }
    return Promise.all(opening.pending).then((opened) =>
      decodeAndPaint(host, opened, opening.canvases, paintWith),
    );
  });
  // As on phones, an empty source does not fail the draw; it is reported, since it may be a
  // mistake.
  if (opening.empty.length > 0) {
    reportUnhandled(leftOut(opening.empty).named("drawCanvas"), host.settings.onError);
  }
  if (failures.length > 0) throw leftOut(failures);
}

/** One failure for all pictures that a draw left out, with the source, reason and hint of each. */
function leftOut(failures: readonly CanvasError[]): CanvasError {
  const reasons = failures.map(({ reason }) => reason).join("; ");
  const hints = [...new Set(failures.map(({ hint }) => hint).filter(Boolean))].join("; ");
  const { code } = failures.find((failure) => failure.code === "TOO_LARGE") ?? { code: "SOURCE" };
  return new CanvasError(code, `left out ${reasons}`, { cause: failures[0], hint: hints });
}

/** A source, and its picture, which is still to be decoded, or the error if there is none. */
type Opened = readonly [source: unknown, picture: OpenPicture | CanvasError];

/** Opens the pictures of the sources, as they are now; canvases need no loading. */
function open(
  host: HostContext,
  sizes: ReadonlyMap<unknown, RenderSize>,
): {
  canvases: Map<unknown, DrawablePicture>;
  pending: Promise<Opened>[];
  empty: CanvasError[];
} {
  const canvases = new Map<unknown, DrawablePicture>();
  const empty: CanvasError[] = [];
  const pending: Promise<Opened>[] = [];
  for (const [source, renderSize] of sizes) {
    if (source === undefined || source === null || source === "") {
      const expected = "expected a picture's path, URL or data, or a canvas";
      empty.push(new CanvasError("SOURCE", `drawImage: ${expected}, got ${show(source)}`));
      continue;
    }
    const frozen = FrozenPicture.is(source) ? source : undefined;
    if (frozen && !frozen.image) {
      canvases.set(source, frozen);
      continue;
    }
    pending.push(
      host.pictures.open(frozen?.image ?? source, { renderSize }).then(
        (picture) => [source, picture] as const,
        (error) => [source, toCanvasError(error, "SOURCE")] as const,
      ),
    );
  }
  return { canvases, pending, empty };
}

/**
 * Decodes the opened pictures, and paints while they are in memory. Returns the failures, in order.
 */
function decodeAndPaint(
  host: HostContext,
  opened: readonly Opened[],
  canvases: ReadonlyMap<unknown, DrawablePicture>,
  paintWith: (pictures: ReadonlyMap<unknown, DrawablePicture>) => void,
): Promise<CanvasError[]> {
  const pictures = opened.map(([, picture]) => picture);
  return host.pictures.withDecoded(pictures, (decoded) => {
    const drawables = new Map(canvases);
    const failures: CanvasError[] = [];
    for (const [i, [source]] of opened.entries()) {
      const drawable = decoded[i];
      const frozen = FrozenPicture.is(source) ? source : undefined;
      if (drawable instanceof CanvasError) {
        failures.push(explained(frozen?.image ?? source, drawable));
      } else drawables.set(source, frozen ?? drawable);
    }
    paintWith(drawables);
    return failures;
  });
}

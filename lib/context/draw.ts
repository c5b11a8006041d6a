// draw(): a record is painted in its canvas's turn, once its pictures are there, and told of.

import * as z from "zod/mini";
import { asComponent, requireCanvas } from "../canvas/registry.ts";
import { isCanvas } from "../engine.ts";
import { CanvasError, toCanvasError } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import { callSafely, reportUnhandled, withApiName } from "../settle.ts";
import { assertNotAborted } from "../signal.ts";
import { expecting, lazily, parse } from "../validate.ts";
import { warnOnce } from "../warn.ts";
import { type DrawResult, RecordingContext } from "./canvas-context.ts";
import type { Action } from "./members.ts";
import { type DrawablePicture, replay, sourcesOf } from "./replay.ts";
import type { CanvasContext } from "./types.ts";

/** WeChat's `wx.createCanvasContext`: nothing is looked up, or checked, before draw(). */
export function createCanvasContext(
  host: HostContext,
  canvasId: unknown,
  component: unknown,
): CanvasContext {
  const { onError, limits } = host.settings;
  const context = new RecordingContext({
    maxCalls: limits.maxCalls,
    warn: warnOnce,
    fonts: host.fonts,
    draw(actions, reserve, callback) {
      const done = withApiName("drawCanvas", () =>
        host.track(() => paint(host, canvasId, component, actions, reserve)),
      );
      // Widespread code passes something else than a function; it does no harm.
      const heard = typeof callback === "function";
      const answer = (result: DrawResult) =>
        callSafely(heard ? (callback as (result: unknown) => unknown) : undefined, result, onError);
      done.then(
        () => answer({ errMsg: "drawCanvas:ok" }),
        (error: CanvasError) => {
          if (!heard) reportUnhandled(error, onError);
          answer(error);
        },
      );
    },
  });
  return context as unknown as CanvasContext;
}

/** A context that no canvas belongs to: what it records is for drawCanvas. */
export function createContext(host: HostContext): CanvasContext {
  return createCanvasContext(host, undefined, undefined);
}

/** What drawCanvas paints, and where. */
export interface DrawCanvasOptions {
  canvasId: string;
  /** What `getActions()` gave. */
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

/** WeChat's old `wx.drawCanvas`. What is no action of a context is passed over. */
export async function drawCanvas(
  host: HostContext,
  options: unknown,
  component: unknown,
): Promise<object> {
  const { canvasId, actions, reserve } = parse(schema, options, "options");
  const { maxCalls } = host.settings.limits;
  const record = new RecordingContext({ maxCalls, warn: warnOnce, fonts: host.fonts });
  for (const action of actions) {
    const { method, data } = (action ?? {}) as Partial<Action>;
    if (typeof method === "string" && Array.isArray(data)) record.record(method, data);
  }
  await paint(host, canvasId, component, record.take(), Boolean(reserve));
  return {};
}

/**
 * Paints the record when it is its turn; without pictures to load and with nothing pending, before
 * this returns. Rejects, after painting the rest, when a picture could not be loaded.
 */
export async function paint(
  host: HostContext,
  canvasId: unknown,
  component: unknown,
  actions: readonly Action[] | undefined,
  reserve: boolean,
): Promise<void> {
  const entry = requireCanvas(host.registry, canvasId, asComponent(component));
  if (!actions) {
    const limit = `maxCalls allows ${host.settings.limits.maxCalls} calls between two draws`;
    throw new CanvasError("TOO_LARGE", `${limit}, and more were recorded: nothing was drawn`);
  }
  const loading = load(host, sourcesOf(actions));
  const paintWith = ({ pictures, failures }: Loaded) => {
    assertNotAborted(host.signal);
    replay(entry, actions, reserve, pictures, host.fonts);
    return failures;
  };
  const failures = await entry.enqueue(() =>
    loading instanceof Promise ? loading.then(paintWith) : paintWith(loading),
  );
  if (failures.length > 0) {
    const reasons = failures.map(({ reason }) => reason).join("; ");
    throw new CanvasError("SOURCE", `left out ${reasons}`, { cause: failures[0] });
  }
}

interface Loaded {
  pictures: Map<unknown, DrawablePicture>;
  failures: CanvasError[];
}

/** The pictures of the sources: at once where none has to be loaded. */
function load(host: HostContext, sources: Set<unknown>): Loaded | Promise<Loaded> {
  const pictures = new Map<unknown, DrawablePicture>();
  const pending: Promise<void>[] = [];
  const failures: CanvasError[] = [];
  for (const source of sources) {
    // An empty source draws nothing, which is no failure.
    if (source === undefined || source === null || source === "") continue;
    if (isCanvas(source)) {
      pictures.set(source, source);
      continue;
    }
    pending.push(
      host.pictures.load(source).then(
        (picture) => void pictures.set(source, picture),
        (error) => void failures.push(toCanvasError(error, "SOURCE")),
      ),
    );
  }
  const loaded = { pictures, failures };
  return pending.length === 0 ? loaded : Promise.all(pending).then(() => loaded);
}

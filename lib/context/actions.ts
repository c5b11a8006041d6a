// Turns recorded calls into the shape of WeChat's getActions, and records such actions: fillPath,
// strokePath and clip have their path.
import { CallList, type Calls } from "../canvas/record/calls.ts";
import { FrozenStyle } from "../canvas/record/referents.ts";
import { isPathMethod, SETTERS, setterOf } from "./members.ts";
import { isMethod, METHODS, RECORDING } from "./methods.ts";
import { type PathAt, RecordedPath } from "./path.ts";
import type { Recording } from "./recording.ts";
import type { Action } from "./types.ts";

type Painting = "fill" | "stroke" | "clip";

/** What paints a path, by the method of its action. */
const PAINTINGS: ReadonlyMap<string, Painting> = new Map([
  ["fillPath", "fill"],
  ["strokePath", "stroke"],
  ["clip", "clip"],
]);
const PATH_ACTIONS: ReadonlyMap<string, string> = new Map(
  [...PAINTINGS].map(([action, painting]) => [painting, action]),
);
const RECT_ACTIONS: ReadonlyMap<string, string> = new Map([
  ["fillRect", "fillPath"],
  ["strokeRect", "strokePath"],
]);

/** `drawImage` takes the most; a call with a million would fail. */
const MAX_ARGUMENTS = 9;

/** Undefined if there is no record, or one of more than `maxCalls` calls, each with its path. */
export function toActions(record: Calls | undefined, maxCalls: number): Action[] | undefined {
  if (!record) return undefined;
  const actions: Action[] = [];
  let calls = record.length;
  for (const [i, name] of record.names.entries()) {
    const data = [...(record.args[i] as readonly unknown[])];
    const pathAction = PATH_ACTIONS.get(name);
    const rectAction = RECT_ACTIONS.get(name);
    const setter = setterOf(name);
    if (pathAction) {
      const [at, rule] = data as [PathAt, Action["rule"]];
      calls += at.length;
      if (calls > maxCalls) return undefined;
      const action = { method: pathAction, data: pathCalls(at) };
      actions.push(rule ? { ...action, rule } : action);
    } else if (rectAction) actions.push({ method: rectAction, data: [{ method: "rect", data }] });
    else if (setter) actions.push({ method: setter, data: data.map(styleOf) });
    // Later changes of a style are left out: the style itself shows them.
    else if (isMethod(name)) actions.push({ method: name, data });
  }
  return actions;
}

function pathCalls({ path, length }: PathAt): Action[] {
  const calls: Action[] = [];
  path.each(0, length, (method, args) => calls.push({ method, data: [...args] }));
  return calls;
}

function styleOf(value: unknown): unknown {
  return FrozenStyle.is(value) ? value.style : value;
}

/** Records an action as the method of that name does; unknown methods are ignored. */
export function recordAction(recording: Recording, { method, data, rule }: Action): void {
  const property = SETTERS.get(method);
  const painting = PAINTINGS.get(method);
  const hasPath = data.some((one) => typeof (one as Action)?.method === "string");
  if (property) recording.set(property, data[0]);
  else if (painting && (method !== "clip" || hasPath)) recordPath(recording, painting, data, rule);
  else if (isMethod(method))
    METHODS[method].apply({ [RECORDING]: recording }, data.slice(0, MAX_ARGUMENTS));
}

/** Records the painting of a path of its own; anything but a call of a path is skipped. */
function recordPath(
  recording: Recording,
  painting: Painting,
  calls: readonly unknown[],
  rule: unknown,
): void {
  const { path } = recording;
  recording.path = new RecordedPath(new CallList());
  for (const call of calls) {
    const { method, data } = (call ?? {}) as Partial<Action>;
    if (typeof method !== "string" || !isPathMethod(method) || !Array.isArray(data)) continue;
    METHODS[method].apply({ [RECORDING]: recording }, data.slice(0, MAX_ARGUMENTS));
  }
  recording.paint(painting, rule);
  recording.path = path;
}

// Turns recorded calls into the shape of WeChat's getActions: fillPath, strokePath and clip with
// their path.
import { FrozenStyle } from "../canvas/record/referents.ts";
import { isMethod, SETTERS } from "./members.ts";
import type { PathAt } from "./path.ts";
import type { Action } from "./types.ts";

const PATH_ACTIONS: Record<string, string> = {
  fill: "fillPath",
  stroke: "strokePath",
  clip: "clip",
};
const RECT_ACTIONS: Record<string, string> = { fillRect: "fillPath", strokeRect: "strokePath" };

/** Undefined if there is no record, or if its paths have more than `maxCalls` calls altogether. */
export function toActions(
  record: readonly Action[] | undefined,
  maxCalls: number,
): Action[] | undefined {
  if (!record) return undefined;
  const actions: Action[] = [];
  let calls = 0;
  for (const { method, data } of record) {
    const pathAction = PATH_ACTIONS[method];
    const rectAction = RECT_ACTIONS[method];
    if (pathAction) {
      const [{ path, length }, rule] = data as [PathAt, Action["rule"]];
      calls += length;
      if (calls > maxCalls) return undefined;
      const action = { method: pathAction, data: path.calls.slice(0, length) };
      actions.push(rule ? { ...action, rule } : action);
    } else if (rectAction) actions.push({ method: rectAction, data: [{ method: "rect", data }] });
    else if (SETTERS.has(method)) actions.push({ method, data: data.map(styleOf) });
    // Later changes of a style are left out: the style itself shows them.
    else if (isMethod(method)) actions.push({ method, data });
  }
  return actions;
}

function styleOf(value: unknown): unknown {
  return FrozenStyle.is(value) ? value.style : value;
}

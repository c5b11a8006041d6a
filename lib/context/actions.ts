// Turns recorded calls into the shape of WeChat's getActions: fillPath, strokePath and clip with
// their path.
import type { Calls } from "../canvas/record/calls.ts";
import { FrozenStyle } from "../canvas/record/referents.ts";
import { isMethod, setterOf } from "./members.ts";
import type { PathAt } from "./path.ts";
import type { Action } from "./types.ts";

const PATH_ACTIONS: Record<string, string> = {
  fill: "fillPath",
  stroke: "strokePath",
  clip: "clip",
};
const RECT_ACTIONS: Record<string, string> = { fillRect: "fillPath", strokeRect: "strokePath" };

/** Undefined if there is no record, or if its paths have more than `maxCalls` calls altogether. */
export function toActions(record: Calls | undefined, maxCalls: number): Action[] | undefined {
  if (!record) return undefined;
  const actions: Action[] = [];
  let calls = 0;
  for (const [i, name] of record.names.entries()) {
    const data = [...(record.args[i] as readonly unknown[])];
    const pathAction = PATH_ACTIONS[name];
    const rectAction = RECT_ACTIONS[name];
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
  return path.names.slice(0, length).map((method, i) => {
    return { method, data: [...(path.args[i] as readonly unknown[])] };
  });
}

function styleOf(value: unknown): unknown {
  return FrozenStyle.is(value) ? value.style : value;
}

// Further functions of wx, which the caller of a project answers in place of WeChat.
import type { HostContext } from "../../host-context.ts";
import { asTask } from "./task.ts";

/** Functions of `wx` by name (`request`), groups of them (`cloud`), and other values. */
export interface Answers {
  [name: string]:
    | Answer
    | Answers
    | readonly unknown[]
    | string
    | number
    | boolean
    | null
    | undefined;
}

/** Answers a call of a function of `wx`: returns the result or a promise of it, or throws. */
// biome-ignore lint/suspicious/noExplicitAny: options are those of WeChat's functions
export type Answer = (options: any) => unknown;

/** The names of functions that return their result directly, without callbacks or a promise. */
const AT_ONCE =
  /Sync$|Manager$|^(create|on|off|report)[A-Z]|^(init|database|canIUse|nextTick|getPerformance|getMenuButtonBoundingClientRect|get(Window|Device|AppBase)Info|getSystemSetting|getAppAuthorizeSetting)$/;

/** The names of functions that return a task. */
const TASKS = /^(request|uploadFile|downloadFile)$/;

/** The answers, called by WeChat's conventions: success, fail, complete, or a promise. */
export function answered(host: HostContext, answers: Answers): Record<string, unknown> {
  const functions = Object.entries(answers).map(([name, answer]) => {
    if (typeof answer === "object" && answer !== null) {
      return [name, Array.isArray(answer) ? answer : answered(host, answer as Answers)];
    }
    if (typeof answer !== "function" || AT_ONCE.test(name)) return [name, answer];
    const call = (options?: unknown) =>
      host.answer(name, options, async () => asObject(await answer(options)));
    return [name, TASKS.test(name) ? (options?: unknown) => asTask(call(options)) : call];
  });
  return Object.fromEntries(functions);
}

/** A copy of the result as an object, to which errMsg can be added. */
function asObject(result: unknown): object {
  return typeof result === "object" && result !== null ? { ...result } : {};
}

// Finds the page of a call of wx: that of the component it names, or else the newest page.
import type { PageRecord } from "./page/record.ts";

export interface Attribution {
  /** The record of the call that is beginning now. */
  now(): PageRecord | undefined;
  /** The same functions; while one of them begins, `now` returns the record of its page. */
  wrap(wx: object): object;
}

type Call = (...args: unknown[]) => unknown;

export function attributing(
  recordOf: (args: readonly unknown[]) => PageRecord | undefined,
): Attribution {
  let acting: PageRecord | undefined;

  function during<Result>(record: PageRecord | undefined, run: () => Result): Result {
    const before = acting;
    acting = record;
    try {
      return run();
    } finally {
      acting = before;
    }
  }

  return {
    now: () => acting,
    wrap(wx) {
      const functions = Object.entries(wx).map(([name, member]) => {
        if (typeof member !== "function") return [name, member];
        return [
          name,
          (...args: unknown[]) => {
            const record = recordOf(args);
            const result = during(record, () => Reflect.apply(member, wx, args));
            if (name === "createCanvasContext") follow(result as { draw: Call }, record);
            return result;
          },
        ];
      });
      return Object.fromEntries(functions);
    },
  };

  /** Attributes what a context draws to the page that made the context. */
  function follow(context: { draw: Call }, record: PageRecord | undefined): void {
    const { draw } = context;
    context.draw = (...args) => during(record, () => Reflect.apply(draw, context, args));
  }
}

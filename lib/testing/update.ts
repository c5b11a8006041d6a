// Decides which baselines a run may write: new ones, changed ones too, or none.
import { invalid } from "../errors.ts";

/** `new`: pictures that have no baseline; `changed`: those, and those that differ. */
export type Update = "new" | "changed" | "none";

const WORDS: Record<string, Update> = {
  "1": "changed",
  all: "changed",
  changed: "changed",
  new: "new",
  none: "none",
};

/** UPDATE_PICTURES decides first, then CI, then the runner's own setting. */
export function updateMode(
  env: { UPDATE_PICTURES?: string | undefined; CI?: string | undefined },
  runner: string | undefined,
): Update {
  const { UPDATE_PICTURES: asked = "", CI: ci = "" } = env;
  if (asked !== "") {
    const mode = Object.hasOwn(WORDS, asked) ? WORDS[asked] : undefined;
    if (mode) return mode;
    throw invalid("UPDATE_PICTURES", "new, changed (or 1), or none", asked);
  }
  if (ci !== "" && ci !== "0" && ci !== "false") return "none";
  return WORDS[runner ?? ""] ?? "new";
}

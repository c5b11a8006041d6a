// Fails tests that forget to await a comparison: they would pass, whatever they draw.
import { CanvasError } from "../errors.ts";
import { afterTest } from "./runners/index.ts";

/** Fails the test that ends before its picture is compared. */
export function failIfNotAwaited(compared: Promise<unknown>, context: object | undefined): void {
  let isOver = false;
  const over = compared
    .catch(() => {})
    .then(() => {
      isOver = true;
    });
  // Made now: its stack shows the call.
  const failure = new CanvasError("INVALID", "the test ended before its picture was compared", {
    hint: "`await` is missing",
    api: "matchPicture",
  });
  afterTest(context, async () => {
    if (isOver) return;
    await over;
    throw failure;
  });
}

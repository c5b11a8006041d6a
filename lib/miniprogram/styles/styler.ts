// Computes boxes from the styles of one mini-program on its host's device.
import type { HostContext } from "../../host-context.ts";
import { type Boxes, createBoxes } from "./boxes.ts";
import { createCascade, type ProjectStyles } from "./cascade.ts";
import { evaluate } from "./length.ts";

export interface Styler {
  /** The boxes of the current tree. */
  boxes(): Boxes;
}

export function createStyler({ settings }: HostContext, styles: ProjectStyles): Styler {
  const { device, pixelRatio } = settings;
  const { screenWidth, windowWidth, windowHeight, theme } = device;
  const screen = {
    width: windowWidth,
    height: windowHeight,
    pixelRatio,
    theme,
    length: (text: string) =>
      evaluate(text, { screenWidth, windowWidth, windowHeight, env: () => undefined }),
  };
  return { boxes: () => createBoxes(device, createCascade(styles, screen)) };
}

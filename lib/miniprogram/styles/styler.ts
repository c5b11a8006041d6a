// Computes boxes from the styles of one mini-program on its host's device.
import type { HostContext } from "../../host-context.ts";
import type { ComponentNode, TreeNode } from "../framework/glass-easel.ts";
import { hostOf } from "../framework/tree.ts";
import { type Boxes, createBoxes } from "./boxes.ts";
import { createCascade, type ProjectStyles } from "./cascade.ts";
import { evaluate } from "./length.ts";
import { inlineStyle } from "./sheet.ts";

export interface Styler {
  /** The boxes of the current tree. */
  boxes(): Boxes;
  /**
   * The file that may state the size of the node, but is not read; undefined if there is none, or
   * if the node's own style states its size.
   */
  unread(node: TreeNode): string | undefined;
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
  return {
    boxes: () => createBoxes(device, createCascade(styles, screen)),
    unread(node) {
      const { uncompiled } = styles.of((hostOf(node) as ComponentNode).is);
      return uncompiled !== undefined && statesSize(node) ? undefined : uncompiled;
    },
  };
}

/** Whether the inline style states width and height, and not by those of other nodes. */
function statesSize({ style }: TreeNode): boolean {
  const stated = inlineStyle(style).filter(({ value }) => !value.includes("%"));
  return ["width", "height"].every((side) => stated.some(({ property }) => property === side));
}

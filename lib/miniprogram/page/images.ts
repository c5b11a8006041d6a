// Loads the pictures of <image> nodes with handlers for load or error, and dispatches these events.
import { dirname, join } from "node:path";
import { toCanvasError } from "../../errors.ts";
import type { HostContext } from "../../host-context.ts";
import { fileOf } from "../files/config.ts";
import { dispatch } from "../framework/events.ts";
import type { ComponentNode, TreeNode } from "../framework/glass-easel.ts";
import { attributeOf, hostOf } from "../framework/tree.ts";

/** Pictures are not rendered, but code waits for them: a cropper, or a wheel with its prizes. */
export interface PageImages {
  /** Loads pictures of the nodes that are new or have changed. */
  sync(nodes: readonly TreeNode[]): void;
  /** Dispatches no more events. */
  stop(): void;
}

/** https://developers.weixin.qq.com/miniprogram/dev/component/image.html */
export function createPageImages(host: HostContext, warn: (message: string) => void): PageImages {
  const sources = new WeakMap<TreeNode, string>();
  let isStopped = false;

  async function load(node: TreeNode, source: string): Promise<void> {
    const [type, detail] = await loaded(placed(source, node, host));
    // Its data may have changed meanwhile.
    if (!isStopped && sources.get(node) === source) dispatch(node, type, detail);
  }

  async function loaded(source: string): Promise<[type: string, detail: object]> {
    try {
      const { width, height } = await host.pictures.info(source);
      return ["load", { width, height }];
    } catch (error) {
      const { reason } = toCanvasError(error, "SOURCE");
      if (!isStopped) warn(reason);
      return ["error", { errMsg: reason }];
    }
  }

  return {
    sync(nodes) {
      for (const node of nodes) {
        if (node.is !== "image" || !listens(node)) continue;
        const source = String(attributeOf(node, "src") ?? "");
        if (sources.get(node) === source) continue;
        sources.set(node, source);
        // A host that has ended loads none.
        if (source !== "") host.track(() => load(node, source)).catch(() => {});
      }
    },
    stop() {
      isStopped = true;
    },
  };
}

function listens(node: TreeNode): boolean {
  const listeners = node._$eventTarget?.listeners;
  return listeners?.load !== undefined || listeners?.error !== undefined;
}

/** The source, relative to the file of its component if it is not absolute. */
function placed(source: string, node: TreeNode, { settings }: HostContext): string {
  if (/^(\/|[a-z]+:)/i.test(source)) return source;
  return join(dirname(fileOf((hostOf(node) as ComponentNode).is, settings.root as string)), source);
}

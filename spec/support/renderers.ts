// Renderers of the posters in spec/posters/fixtures, closed at the end of their test.
import { fileURLToPath } from "node:url";
import { createRenderer, type Renderer, type RendererOptions } from "../../lib/posters/index.ts";

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** The entry of child processes, as source. */
export const CHILD: string = path("../../lib/posters/child/index.ts");
/** The folder of the specs' posters. */
export const POSTERS: string = path("../posters/fixtures");

/** Runs the test with its own renderer. */
export async function withRenderer<T>(
  options: Partial<RendererOptions>,
  test: (renderer: Renderer) => Promise<T>,
): Promise<T> {
  const renderer = createRenderer({ posters: POSTERS, processes: 1, child: CHILD, ...options });
  try {
    return await test(renderer);
  } finally {
    await renderer.close();
  }
}

/** Whether a process with that pid exists. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves when the condition holds; fails after the milliseconds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  within = 10_000,
): Promise<void> {
  const end = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not so within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

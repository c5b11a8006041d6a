// Renderers of the posters in spec/posters/fixtures, closed at the end of their test.
import { readFileSync } from "node:fs";
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

/** Whether a process with that pid exists, and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== "linux") return true;
    // In many containers process 1 reaps no others: they stay, in the state Z.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.charAt(stat.lastIndexOf(")") + 2) !== "Z";
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

// Functions of Node that answer otherwise for a while: what happens seldom, or on other systems.
import { syncBuiltinESMExports } from "node:module";

/** Runs the test with a function of a built-in module replaced, for existing imports, too. */
export async function withStub<Module extends object, Name extends keyof Module, Result>(
  module: Module,
  name: Name,
  replace: (original: Module[Name]) => Module[Name] | undefined,
  test: () => Promise<Result> | Result,
): Promise<Result> {
  const original = module[name];
  const set = (value: unknown) => {
    // `process.platform` and similar ones can only be redefined.
    Object.defineProperty(module, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
    syncBuiltinESMExports();
  };
  set(replace(original));
  try {
    return await test();
  } finally {
    set(original);
  }
}

// The symbols of `using`: on Node 20 and 22 the realms of jest, vitest's vm pools and jsdom lack
// them.

type Name = "asyncDispose" | "dispose";

/** The realm's symbol, or the one that the helpers of compilers use instead. */
export function knownSymbol(name: Name, realm: Partial<Record<Name, symbol>> = Symbol): symbol {
  return realm[name] ?? Symbol.for(`Symbol.${name}`);
}

export const asyncDispose: typeof Symbol.asyncDispose = knownSymbol("asyncDispose") as never;
export const dispose: typeof Symbol.dispose = knownSymbol("dispose") as never;

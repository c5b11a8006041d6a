// Promise 14: for any arguments, a call ends with a result or a typed failure.
import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import fc from "fast-check";
import {
  CanvasError,
  createHost,
  type Host,
  type HostOptions,
  setConcurrency,
} from "../../lib/index.ts";
import { inFolder, LONG, times } from "../support/promises.ts";

const CASES = times(50_000, 3_000);

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const throwing = () =>
  new Proxy(
    {},
    {
      get() {
        throw new Error("hostile");
      },
    },
  );

/** Makes a value when the call is made: not even fast-check can hold some of them. */
class Made {
  readonly make: () => unknown;
  constructor(make: () => unknown) {
    this.make = make;
  }
}

/** The value, with its makers replaced by what they make. */
function realised(value: unknown): unknown {
  if (value instanceof Made) return value.make();
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value ?? 0))) return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => [
      key,
      inner instanceof Made ? inner.make() : inner,
    ]),
  );
}

/** Any value, and hostile ones. */
const hostile = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withObjectString: true,
      withBoxedValues: true,
    }),
  },
  { weight: 2, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.string() },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        () => Symbol("hostile"),
        revoked,
        throwing,
        () => () => {},
        () => () => {
          throw new Error("thrown by a callback");
        },
        () => ({ toString: () => assert.fail("hostile"), valueOf: () => assert.fail("hostile") }),
        () => Object.create(null),
        () => new Error("an error"),
        () => Promise.resolve(5),
        () => new Uint8ClampedArray(16),
        () => Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' width='5' height='5'/>"),
        () => globalThis,
        () => "a\0b",
        () => "../../../../etc/passwd",
        () => "\ud800",
        () => -0,
        () => 2 ** 53,
        () => new Proxy([], {}),
      )
      .map((make) => new Made(make)),
  },
);

/** Values that most functions take, so that the calls get past their first check. */
const plausible = fc.constantFrom<unknown>("a", "m", 0, 1, 5, 10, 2.5, "5", true, null, undefined);
const value = fc.oneof(plausible, hostile);

const KEYS =
  "canvasId canvas x y width height destWidth destHeight fileType quality signal data actions " +
  "reserve success fail complete src url urls current filePath tempFilePath path dirPath " +
  "encoding family source desc scopes global component id className type left top selector " +
  "title content compressedWidth compressHeight position length recursive";

/** Options in which every known key may be anything. */
const options = fc.oneof(
  { weight: 1, arbitrary: hostile },
  {
    weight: 8,
    arbitrary: fc.record(Object.fromEntries(KEYS.split(" ").map((key) => [key, value])), {
      requiredKeys: [],
    }),
  },
);
const SETTINGS =
  "pixelRatio jpegBackground tempDir tempFilePaths root page roots limits images onError compression device";
const settings = fc.record(Object.fromEntries(SETTINGS.split(" ").map((key) => [key, value])), {
  requiredKeys: [],
});
const rest = fc.array(value, { maxLength: 9 });

/** The members of a context that its host uses, not drawing code. */
const INNER = ["constructor", "record", "call", "set", "get"];

type Call = (host: Host, given: unknown, more: unknown[], which: number) => unknown;
type Method = (...given: unknown[]) => unknown;

/** The synchronous result of a function of wx without arguments. */
function made(host: Host, name: string): object | undefined {
  try {
    const value = (host.wx as unknown as Record<string, Method>)[name]?.();
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function functionsOf(object: object | undefined): string[] {
  if (object === undefined || object instanceof Promise) return [];
  const names = new Set<string>();
  for (let at = object; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names].filter(
    (name) =>
      !INNER.includes(name) && typeof (object as Record<string, unknown>)[name] === "function",
  );
}

/** Every public function, and every function of their results. */
function callsOf(host: Host): Record<string, Call> {
  const calls: Record<string, Call> = {
    createHost: (_, given) => createHost(given as HostOptions).dispose(),
    setConcurrency: (_, given) => setConcurrency(given as object),
    canvasToTempFilePath: (host, given, [component]) =>
      host.canvasToTempFilePath(given as object, component as object),
    canvasToBuffer: (host, given, [component]) =>
      host.canvasToBuffer(given as object, component as object),
    createCanvas: (host, given, [id, width, height]) =>
      host.createCanvas(id as string, width as number, height as number, given as object),
    registerCanvas: (host, given, [id, canvas]) =>
      host.registerCanvas(id as string, canvas as never, given as object),
    mountCanvas: (host, given) => host.mountCanvas(given as never),
    resize: (host, _, [width, height]) =>
      host
        .mountCanvas({ canvasId: "m", width: 5, height: 5 })
        .resize(width as number, height as number),
    releaseCanvas: (host, _, [id, component]) =>
      id !== "a" && id !== "m" && host.releaseCanvas(id as string, component as object),
    releaseFile: (host, given) => host.releaseFile(given as string),
    resolvePath: (host, given) => host.resolvePath(given as string),
    "the context": (host, _, args, which) => {
      const context = host.wx.createCanvasContext("m") as unknown as Record<string, unknown>;
      const names = Object.getOwnPropertyNames(Object.getPrototypeOf(context));
      const name = names[which % names.length] ?? "";
      if (INNER.includes(name)) return undefined;
      const member = context[name];
      if (typeof member === "function") member.apply(context, args);
      else context[name] = args[0];
      return new Promise((resolve) => (context as { draw: Method }).draw(true, resolve));
    },
  };
  for (const [name, member] of Object.entries(host.wx)) {
    if (typeof member !== "function") continue;
    calls[`wx.${name}`] = (host, given, more) =>
      (host.wx as unknown as Record<string, Method>)[name]?.(given, ...more);
    // These two return the context, which has its own cases, and the engine's canvas.
    if (/^create(CanvasContext|OffscreenCanvas)$/.test(name) || !/^(get|create)/.test(name))
      continue;
    for (const inner of functionsOf(made(host, name))) {
      calls[`wx.${name}().${inner}`] = (host, given, more) =>
        (made(host, name) as Record<string, Method>)[inner]?.(given, ...more);
    }
  }
  return calls;
}

/** Waits for the answer, for a bounded time. */
async function settled(answer: unknown): Promise<void> {
  if (!(answer instanceof Promise)) return;
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("it hangs")), 20_000);
  });
  await Promise.race([answer, hang]).finally(() => clearTimeout(timer));
}

describe("promise 14: forgiving", function () {
  this.timeout(LONG);
  const unhandled: unknown[] = [];
  const listen = (error: unknown) => void unhandled.push(error);
  before(() => process.on("unhandledRejection", listen));
  after(() => {
    process.off("unhandledRejection", listen);
    setConcurrency({
      exports: availableParallelism() + 1,
      pixels: 33_554_432,
      maxQueue: Number.POSITIVE_INFINITY,
    });
  });

  it(`holds for ${CASES} cases of any value, for every option of every function`, () =>
    inFolder(async (tempDir) => {
      const host = createHost({ tempDir, root: tempDir, onError: () => {} });
      host.createCanvas("a", 10, 10);
      host.mountCanvas({ canvasId: "m", width: 10, height: 10 });
      const calls = Object.entries(callsOf(host));
      const each = Math.ceil(CASES / calls.length);
      for (const [name, call] of calls) {
        await fc.assert(
          fc.asyncProperty(
            options,
            settings,
            rest,
            fc.nat(),
            async (given, settings, more, which) => {
              try {
                const options = realised(name === "createHost" ? settings : given);
                await settled(call(host, options, more.map(realised), which));
              } catch (error) {
                assert.ok(error instanceof CanvasError, `${name}: ${(error as Error)?.stack}`);
                assert.ok(typeof error.code === "string" && error.errMsg.includes("fail"), name);
              }
            },
          ),
          { numRuns: each, endOnFailure: true },
        );
      }
      await host.dispose();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual(unhandled, []);
    }));
});

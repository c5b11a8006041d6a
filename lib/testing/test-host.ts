// A host for tests: no network, a fixed clock, only the fonts that are named, and nothing blank passes.
import { setImmediate } from "node:timers/promises";
import { CanvasError, invalid, withApiNameSync } from "../errors.ts";
import { createAdaptedHost, type Host } from "../host.ts";
import type { HostContext } from "../host-context.ts";
import type { HostOptions } from "../settings/settings.ts";
import { createClock } from "./clock.ts";
import { createProblems, type ProblemKind, type Problems, setProblems } from "./problems.ts";
import { runner } from "./runners/index.ts";
import { createStandIns, type StandIn } from "./stand-ins.ts";
import { strictText } from "./strict-text.ts";
import { type FontSource, useTestFonts } from "./test-fonts.ts";

/** The settings of a test host: those of a host, and what stands in for the world outside. */
export interface TestHostOptions extends Omit<HostOptions, "images" | "fonts"> {
  /**
   * Pictures and fonts on the network, by their URLs: files that are read in their place, by paths
   * from the working directory, or their bytes. Nothing else is fetched.
   */
  pictures?: Readonly<Record<string, StandIn>> | undefined;
  /**
   * The fonts of the test, by family: paths from the working directory, URLs of files, or bytes;
   * several of a family are its weights. Text without a family, and that of generic families and
   * those of phones, is drawn with them in their order. Fonts stay with the process.
   */
  fonts?: Readonly<Record<string, FontSource | readonly FontSource[]>> | undefined;
  /**
   * What may pass: `"blank"` exports of empty canvases, `"fonts"` other than the named ones and
   * missing characters, `"pictures"` that could not be loaded, `"failures"` without a listener.
   */
  allow?: readonly ProblemKind[] | undefined;
  /** `t` of node:test or ava, the context of vitest: the host goes when that test ends. */
  test?: object | undefined;
}

const KINDS: readonly ProblemKind[] = ["blank", "fonts", "pictures", "failures"];

/**
 * Makes a host for one test. It is disposed when the test ends, in jest, vitest, mocha and node:test
 * by itself, in ava with `test: t`; elsewhere `await using` or `dispose()` does it. What it found
 * fails the test: `matchPicture` and `dispose` reject with `BLANK` and the reasons.
 *
 * @throws {CanvasError} `INVALID`, naming the setting
 * @example
 * const host = createTestHost({
 *   pixelRatio: 2,
 *   fonts: { "Noto Sans SC": "fixtures/NotoSansSC-Regular.otf" },
 *   pictures: { "https://cdn.example.com/a.png": "fixtures/a.png" },
 * });
 */
export function createTestHost(options: TestHostOptions = {}): Host {
  return withApiNameSync("createTestHost", () => {
    const { pictures = {}, fonts = {}, allow = [], test, ...settings } = asOptions(options);
    const unknown = allow.find((kind) => !KINDS.includes(kind));
    if (unknown !== undefined) throw invalid("allow", `some of ${KINDS.join(", ")}`, unknown);
    const problems = createProblems(allow);
    const standIns = createStandIns(pictures, problems);
    const text = strictText(problems);
    const host = createAdaptedHost(
      { onError: (error) => standIns.unheard(error), ...settings, fonts: { packages: false } },
      (context) => ({
        ...context,
        registry: watched(context, problems),
        pictures: standIns.over(context.pictures),
        frames: createClock(context.settings.onError),
        fonts: { ...context.fonts, warnMissing: text.check },
        inspect: createBlankCheck(problems),
      }),
    );
    const testHost = withEnd(host, problems);
    useTestFonts(testHost, fonts, text.name, problems);
    setProblems(testHost, problems);
    disposeAfter(testHost, test);
    return testHost;
  });
}

function asOptions(options: TestHostOptions): TestHostOptions {
  if (typeof options !== "object" || options === null)
    throw invalid("options", "an object", options);
  if ("images" in options) {
    const hint = "a test host has no network; `pictures` names what stands in for URLs";
    throw new CanvasError("INVALID", "images: not one of the settings of a test host", { hint });
  }
  return options;
}

/** The registry, which has each canvas know what was found. */
function watched({ registry }: HostContext, problems: Problems): HostContext["registry"] {
  return {
    ...registry,
    add(entry, component) {
      registry.add(entry, component);
      setProblems(entry.canvas, problems);
    },
    addUnnamed(entry) {
      registry.addUnnamed(entry);
      setProblems(entry.canvas, problems);
    },
  };
}

/** Compares each picture with that of an empty canvas, which is made once for each size and format. */
function createBlankCheck(problems: Problems): NonNullable<HostContext["inspect"]> {
  const blanks = new Map<string, Buffer>();
  return async ({ data, width, height, format, blank }) => {
    // Only a picture of few bytes can be blank; most have more.
    if (data.length > LARGEST_BLANK + (width * height) / 50) return;
    const key = `${width} × ${height} ${format}`;
    const empty = blanks.get(key) ?? (await blank());
    blanks.set(key, empty);
    if (!empty.equals(data)) return;
    const size = `${width} × ${height}`;
    problems.add("blank", `a picture of ${size} was exported, and nothing was drawn on its canvas`);
  };
}

/** In bytes, with a 50th of a byte for each pixel: the encoder needs less for an empty picture. */
const LARGEST_BLANK = 2000;

/** The host, whose end tells what it found. */
function withEnd(host: Host, problems: Problems): Host {
  const testHost: Host = {
    ...host,
    async dispose() {
      await host.dispose();
      // A promise that nobody awaits is reported one round of the event loop after it failed.
      await setImmediate();
      await setImmediate();
      problems.assertNone();
    },
    [Symbol.asyncDispose]: () => testHost.dispose(),
  };
  return testHost;
}

/** The hooks at the end of a test, as runners name them in the context of a test. */
const HOOKS = ["teardown", "after", "onTestFinished"] as const;

function disposeAfter(host: Host, test: object | undefined): void {
  if (test === undefined) {
    runner.afterTest(host.dispose);
    return;
  }
  const hook = HOOKS.find((name) => typeof (test as Record<string, unknown>)[name] === "function");
  if (!hook)
    throw invalid("test", "the context of a test, with teardown, after or onTestFinished", test);
  (test as Record<string, (end: () => Promise<void>) => void>)[hook]?.(host.dispose);
}

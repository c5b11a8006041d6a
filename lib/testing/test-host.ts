// Makes hosts for tests: no network, a fixed clock, only the named fonts, and blank pictures fail.
import * as z from "zod/mini";
import { CanvasError, invalid, withApiNameSync } from "../errors.ts";
import { createAdaptedHost, type Host } from "../host.ts";
import type { HostContext } from "../host-context.ts";
import { asyncDispose } from "../known-symbols.ts";
import { lazily } from "../late.ts";
import { anObject, checked } from "../option-parts.ts";
import type { HostOptions } from "../settings/options.ts";
import { nextTurn } from "../timers.ts";
import { expecting, parse } from "../validate.ts";
import { createClock } from "./clock.ts";
import { createProblems, type ProblemKind, type Problems, setProblems } from "./problems.ts";
import { afterTest, hasHook } from "./runners/index.ts";
import { isContext } from "./runners/runner.ts";
import { createStandIns, type StandIn } from "./stand-ins.ts";
import { strictText } from "./strict-text.ts";
import { type FontSource, useTestFonts } from "./test-fonts.ts";

/** The settings of a test host: those of a host, and replacements for network and fonts. */
export interface TestHostOptions extends Omit<HostOptions, "images" | "fonts"> {
  /**
   * Stand-ins for pictures and fonts on the network, by URL: paths relative to the working
   * directory, or bytes. Nothing else is fetched.
   */
  pictures?: Readonly<Record<string, StandIn>> | undefined;
  /**
   * The fonts of the test, by family: paths relative to the working directory, URLs of files, or
   * bytes; several files of a family are its weights. Text without a family, with a generic family
   * or with a phone's family is drawn with them, in their order. Fonts stay loaded in the process.
   */
  fonts?: Readonly<Record<string, FontSource | readonly FontSource[]>> | undefined;
  /**
   * The problems to allow: `"blank"`: exports of empty canvases; `"fonts"`: other fonts than the
   * named ones, and missing characters; `"pictures"`: pictures that could not be loaded;
   * `"failures"`: errors without a listener.
   */
  allow?: readonly ProblemKind[] | undefined;
  /** `t` of node:test or ava, or vitest's context: the host is disposed when that test ends. */
  test?: object | undefined;
}

const schema = lazily(() => {
  const kinds = ["blank", "fonts", "pictures", "failures"] as const;
  const error = expecting(`some of ${kinds.join(", ")}`);
  return z.object({
    pictures: z._default(anObject<NonNullable<TestHostOptions["pictures"]>>(), {}),
    fonts: z._default(anObject<NonNullable<TestHostOptions["fonts"]>>(), {}),
    allow: z._default(z.array(z.enum(kinds, { error }), { error }), []),
    test: z.optional(checked<object>(isContext, CONTEXT)),
  });
});

const CONTEXT = "the context of a test, with teardown, after or onTestFinished";

/**
 * Makes a host for one test. It is disposed when the test ends: automatically in jest, vitest,
 * mocha and node:test, with `test: t` in ava and in concurrent tests of vitest; elsewhere, as in
 * hooks of several tests, use `await using` or `dispose()`. The problems that it finds fail the
 * test: `matchPicture` and `dispose` reject with `BLANK` and the reasons.
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
    const { own, settings } = readOptions(options);
    const { pictures, fonts, allow, test } = own;
    const problems = createProblems(allow);
    const standIns = createStandIns(pictures, problems);
    const text = strictText(problems);
    const host = createAdaptedHost(
      {
        onError: (error) => standIns.reportUnhandled(error),
        ...settings,
        fonts: { packages: false },
      },
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
    if (test && !hasHook(test)) throw invalid("test", CONTEXT, test);
    afterTest(test, testHost.dispose);
    return testHost;
  });
}

function readOptions(options: TestHostOptions) {
  if (typeof options !== "object" || options === null) {
    throw invalid("options", "an object", options);
  }
  if ("images" in options) {
    const hint = "a test host has no network; `pictures` has the stand-ins for URLs";
    throw new CanvasError("INVALID", "images: not one of the settings of a test host", { hint });
  }
  const { pictures, fonts, allow, test, ...settings } = options;
  return { own: parse(schema, { pictures, fonts, allow, test }), settings };
}

/** The registry, which links each canvas to the host's problems. */
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

/** Compares each picture with one of an empty canvas, made once for each size and format. */
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

/** In bytes, plus a 50th of a byte for each pixel: an empty picture is smaller when encoded. */
const LARGEST_BLANK = 2000;

/** The host, whose `dispose` fails with the problems that it found. */
function withEnd(host: Host, problems: Problems): Host {
  const testHost: Host = {
    ...host,
    async dispose() {
      await host.dispose();
      // An unhandled rejection is reported one round of the event loop after it happened.
      await nextTurn();
      await nextTurn();
      problems.assertNone();
    },
    [asyncDispose]: () => testHost.dispose(),
  };
  return testHost;
}

// Records the environment of pictures: the engine, library, fonts and machine that made them.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { installedFamilies } from "../fonts/families.ts";
import { loadedFonts } from "../fonts/fonts.ts";
import { VERSION } from "../version.ts";
import { baselineFolder, writeWhole } from "./baselines.ts";

/** The facts of an environment by name: texts that are compared and shown. */
export type Environment = Record<string, string>;

/**
 * The current environment. Tests load fonts as they go, so each picture has its own environment.
 * Fonts of the machine do not change the pictures of a test host, and are left out.
 */
export function currentEnvironment(ofTestHost: boolean): Environment {
  const fonts = Object.entries(loadedFonts());
  const installed = hash(installedFamilies().sort().join("\n"));
  return {
    engine: `@napi-rs/canvas ${engineVersion(systemReport())}`,
    library: `wx-canvas-node ${VERSION}`,
    machine: machine(systemReport()),
    ...(!ofTestHost && { "installed fonts": installed }),
    ...Object.fromEntries(fonts.map(([face, sha256]) => [`font ${face}`, sha256.slice(0, 12)])),
  };
}

/** The differences of two environments, one line for each fact. */
export function environmentChanges(before: Environment, now: Environment): string[] {
  const facts = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return facts
    .filter((fact) => before[fact] !== now[fact])
    .map((fact) => `${fact}: ${before[fact] ?? "none"} → ${now[fact] ?? "none"}`);
}

/** The file in a folder of baselines: environments by hash, and each picture's hash. */
interface Ledger {
  environments: Record<string, Environment>;
  pictures: Record<string, string>;
}

const ledgerPath = (file: string) => join(baselineFolder(file), "environment.json");

function readLedger(file: string): Ledger {
  try {
    const { environments, pictures } = JSON.parse(readFileSync(ledgerPath(file), "utf8"));
    return { environments: { ...environments }, pictures: { ...pictures } };
  } catch {
    // The file is missing or broken, for instance by a merge: the environments are not known.
    return { environments: {}, pictures: {} };
  }
}

/** The environment of a baseline, if it is known. */
export function environmentOf(file: string, name: string): Environment | undefined {
  const { environments, pictures } = readLedger(file);
  const key = pictures[name];
  return key === undefined ? undefined : environments[key];
}

/** Notes the environment of a baseline; undefined removes the baseline's entry. */
export function noteEnvironment(file: string, name: string, made: Environment | undefined): void {
  const { environments, pictures } = readLedger(file);
  delete pictures[name];
  if (made) {
    const key = hash(JSON.stringify(Object.entries(made).sort()));
    environments[key] = made;
    pictures[name] = key;
  }
  const used = new Set(Object.values(pictures));
  const ledger: Ledger = {
    environments: sorted(environments, (key) => used.has(key)),
    pictures: sorted(pictures, () => true),
  };
  writeWhole(ledgerPath(file), `${JSON.stringify(ledger, null, 2)}\n`);
}

/** The entries to keep, sorted by key, so that two branches that add pictures can be merged. */
function sorted<Value>(values: Record<string, Value>, keep: (key: string) => boolean) {
  const kept = Object.entries(values).filter(([key]) => keep(key));
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** The used part of Node's diagnostic report. */
export interface SystemReport {
  header: { glibcVersionRuntime?: string };
  sharedObjects: string[];
}

let report: SystemReport | undefined;

/**
 * Node's diagnostic report. It lists the loaded native files, in every module system and test
 * runner.
 */
function systemReport(): SystemReport {
  report ??= process.report.getReport() as SystemReport;
  return report;
}

export function engineVersion({ sharedObjects }: SystemReport): string {
  const file = sharedObjects.find((path) => /skia\.[\w-]+\.node$/.test(path));
  try {
    return JSON.parse(readFileSync(join(dirname(file as string), "package.json"), "utf8")).version;
  } catch {
    return "of an unknown version";
  }
}

export function machine({ header }: SystemReport): string {
  const isMusl = process.platform === "linux" && !header.glibcVersionRuntime;
  return `${process.platform}-${process.arch}${isMusl ? "-musl" : ""}`;
}

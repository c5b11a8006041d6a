// What pictures depend on beside the drawing: which engine, library, fonts and machine made them.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { installedFamilies } from "../fonts/families.ts";
import { loadedFonts } from "../fonts/fonts.ts";
import { VERSION } from "../version.ts";
import { baselineFolder, writeWhole } from "./baselines.ts";

/** By the name of each fact; texts that are compared, and shown. */
export type Environment = Record<string, string>;

/**
 * The environment as it is now. Fonts are loaded as tests go, so each picture has its own; those of
 * the machine make no difference to the pictures of a test host.
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

/** How two environments differ, one line for each fact. */
export function environmentChanges(before: Environment, now: Environment): string[] {
  const facts = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return facts
    .filter((fact) => before[fact] !== now[fact])
    .map((fact) => `${fact}: ${before[fact] ?? "none"} → ${now[fact] ?? "none"}`);
}

/** The file of a folder of baselines: environments by their hash, and which picture has which. */
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
    // Without it, or with one that a merge has torn, it is not known what made the pictures.
    return { environments: {}, pictures: {} };
  }
}

/** What made that baseline, where it is known. */
export function environmentOf(file: string, name: string): Environment | undefined {
  const { environments, pictures } = readLedger(file);
  const key = pictures[name];
  return key === undefined ? undefined : environments[key];
}

/** Notes what made that baseline; for one that is gone, nothing. */
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

/** In one order, so that two branches that add pictures can be merged. */
function sorted<Value>(values: Record<string, Value>, keep: (key: string) => boolean) {
  const kept = Object.entries(values).filter(([key]) => keep(key));
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** What is used of Node's own report. */
export interface SystemReport {
  header: { glibcVersionRuntime?: string };
  sharedObjects: string[];
}

let report: SystemReport | undefined;

/** Node's own report knows which native files are loaded, in every module system and test runner. */
function systemReport(): SystemReport {
  report ??= process.report.getReport() as unknown as SystemReport;
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

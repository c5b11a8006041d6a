// The owner of a temp directory, as its name says it, and whether that owner is certainly dead.
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * The beginning of the name of this process's directories: the user, the place where a pid means
 * this process, and when it started. The pid and a random part follow.
 */
export function ownPrefix(): string {
  const { place, started } = thisProcess();
  return ["wx-canvas-node", userId(), place, started].join("-");
}

/**
 * Whether a directory of that name belongs to a process of this user that has ended. A process on
 * another machine, or in another pid namespace, is never known to have ended.
 */
export function ownerIsDead(name: string): boolean {
  const match = /^wx-canvas-node-(\d+)-([0-9a-f]+)-(\d+)-(\d+)-\w+$/.exec(name);
  if (!match) return false;
  const [, uid, place, started, pid] = match;
  if (Number(uid) !== userId() || place !== thisProcess().place || place === UNKNOWN) {
    return false;
  }
  const now = Number(pid) === process.pid ? thisProcess().started : startTimeOf(Number(pid));
  // The system gives a pid again to another process, which then started at another time.
  return now === undefined ? isGone(Number(pid)) : now !== started;
}

const UNKNOWN = "0";

/**
 * `place` is where pids are counted, and since when times are: one boot of one machine, in one pid
 * namespace and one time namespace. `started` is when this process started.
 */
interface ProcessIdentity {
  place: string;
  started: string;
}
let known: ProcessIdentity | undefined;

function thisProcess(): ProcessIdentity {
  known ??= readIdentity();
  return known;
}

/** Windows has no user numbers. */
const userId = (): number => process.getuid?.() ?? 0;

/**
 * Systems without /proc and without namespaces of pids: there, the start of a process is not known.
 */
const WITHOUT_PROC: readonly string[] = ["darwin", "win32"];

function readIdentity(): ProcessIdentity {
  if (WITHOUT_PROC.includes(process.platform)) return { place: hash(hostname()), started: UNKNOWN };
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1");
    const namespace = readlinkSync("/proc/self/ns/pid");
    const place = hash(`${boot}${namespace}${timeNamespace()}`);
    return { place, started: readStartTime(process.pid) };
  } catch {
    return { place: UNKNOWN, started: UNKNOWN };
  }
}

/** FNV-1a of 64 bits, in hexadecimal digits: names stay short, and Node's crypto stays unloaded. */
function hash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}

/** Linux before 5.6 has no time namespaces. */
function timeNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/time");
  } catch {
    return "";
  }
}

/** When the process started, in ticks after boot. */
function readStartTime(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // Field 22. Fields are counted behind the command's name, which may itself contain blanks.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] as string;
}

/** The start time of any process; undefined where it cannot be read. */
function startTimeOf(pid: number): string | undefined {
  try {
    return readStartTime(pid);
  } catch {
    return undefined;
  }
}

/**
 * Whether no such process exists. `/proc` can hide processes of the same user (hidepid,
 * ProtectProc); a signal finds them.
 */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

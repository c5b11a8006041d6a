// Who owns a temp directory, as its name says it, and whether that owner is certainly dead.
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";

/**
 * The beginning of the name of this process's directories: the user, the place where a pid means
 * this process, and when it started. The pid itself is added by tmp.
 */
export function ownPrefix(): string {
  return ["wx-canvas-node", process.getuid?.() ?? 0, placeOfPids(), ownStart()].join("-");
}

/**
 * Whether a directory of that name belongs to a process of this user that has ended. Who is on
 * another machine, in another pid namespace, or on a system without /proc, is never known to have.
 */
export function isOfDead(name: string): boolean {
  const match = /^wx-canvas-node-(\d+)-([0-9a-f]+)-(\d+)-(\d+)-\w+$/.exec(name);
  if (!match) return false;
  const [, uid, place, started, pid] = match;
  if (Number(uid) !== process.getuid?.() || place !== placeOfPids() || place === UNKNOWN) {
    return false;
  }
  const now = Number(pid) === process.pid ? ownStart() : startOf(Number(pid));
  // A pid is given again to another process, which then started at another time.
  return now === DEAD || (now !== undefined && now !== started);
}

const UNKNOWN = "0";
const DEAD = "dead";
let place: string | undefined;
let own: string | undefined;

function ownStart(): string {
  own ??= startOf(process.pid) ?? DEAD;
  return own === DEAD ? UNKNOWN : own;
}

/** Where pids are counted: one boot of one machine, in one pid namespace. */
function placeOfPids(): string {
  place ??= readPlace();
  return place;
}

function readPlace(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1");
    const namespace = readlinkSync("/proc/self/ns/pid");
    return createHash("sha256").update(`${boot}${namespace}`).digest("hex").slice(0, 16);
  } catch {
    return UNKNOWN;
  }
}

/** When the process started, in ticks after boot; undefined where that cannot be known. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Field 22; fields are counted behind the command's name, which may itself contain blanks.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ESRCH" ? DEAD : undefined;
  }
}

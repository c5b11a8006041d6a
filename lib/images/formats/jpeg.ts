// Reads JPEG: walks the markers to the end, counts scans, and drops what the picture does not need.
import { CanvasError } from "../../errors.ts";
import type { Procedure } from "../../procedure.ts";
import { orientationOf } from "./exif.ts";
import {
  corrupt,
  type Inspected,
  KeptParts,
  MAX_PARTS,
  MAX_PROFILE_BYTES,
  STEP_PARTS,
  truncated,
} from "./format.ts";

/**
 * A scan costs a pass over its samples, however few bytes it has: 6 ms a million. Encoders make
 * about 10 scans, 8 samples a pixel in all, even for a photo of 64 megapixels.
 */
const MAX_SCANNED_SAMPLES: number = 8 * 2 ** 26;
/** The engine's own limit; it matters for pictures too small for the limit of samples. */
const MAX_SCANS = 100;
/** Fill, stuffed and restart bytes read in one step: a few milliseconds. */
const STEP_ESCAPES = 16_384;

export const END_MARKER: Buffer = Buffer.from([0xff, 0xd9]);
const SOI_BYTES = 2;
const STUFFED = 0x00;
const TEM = 0x01;
const RST0 = 0xd0;
const RST7 = 0xd7;
const EOI = 0xd9;
const SOS = 0xda;
const DRI = 0xdd;
const APP0 = 0xe0;
const COM = 0xfe;

interface Component {
  /** Some files give all their components the same one; decoders then go by the order. */
  id: number;
  /** Blocks of 8 × 8 in a unit of the picture. */
  across: number;
  down: number;
  /** Missing bits of each coefficient; 255 for one that no scan has had yet. */
  missing: Uint8Array;
}

interface Frame {
  width: number;
  height: number;
  isProgressive: boolean;
  components: Component[];
}

interface Scan {
  components: Component[];
  /** Restart markers in its data, and the number of units between two of them; 0 for none. */
  restarts: number;
  restartInterval: number;
}

export function* readJpeg(file: Buffer): Procedure<Inspected> {
  const kept = new KeptParts(file);
  kept.add(0, SOI_BYTES);
  let [orientation, profileBytes, restartInterval, samples, scans] = [0, 0, 0, 0, 0];
  let isMultiScan = false;
  let frame: Frame | undefined;
  let scan: Scan | undefined;
  let at = SOI_BYTES;
  let isEnded = false;
  for (let parts = 1; !isEnded; parts++) {
    if (parts % STEP_PARTS === 0) yield;
    if (parts > MAX_PARTS) throw corrupt("JPEG");
    if (scan) at = indexOr(file, at);
    if (at + 2 > file.length) break;
    if (file[at] !== 0xff) throw corrupt("JPEG");
    const marker = file.readUInt8(at + 1);
    if (marker === EOI) {
      kept.add(at, at + 2);
      isEnded = true;
      continue;
    }
    if (marker === 0xff || isLone(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (at + 4 > file.length) break;
    // The length counts itself; decoders take a smaller one for that.
    const end = at + 2 + Math.max(2, file.readUInt16BE(at + 2));
    if (end > file.length) break;
    const data = file.subarray(at + 4, end);
    const isProfile = marker === APP0 + 2 && data.toString("latin1", 0, 12) === "ICC_PROFILE\0";
    if (isProfile) profileBytes += data.length;
    const isExif = marker === APP0 + 1 && data.toString("latin1", 0, 6) === "Exif\0\0";
    if (
      isNeeded(marker, isExif && orientation === 0, isProfile && profileBytes < MAX_PROFILE_BYTES)
    ) {
      kept.add(at, end);
    }
    if (isExif) orientation ||= orientationOf(data);
    if (isFrame(marker)) frame ??= readFrame(marker, data);
    if (marker === DRI && data.length >= 2) restartInterval = data.readUInt16BE(0);
    at = end;
    if (marker !== SOS) continue;
    if (!frame) throw corrupt("JPEG");
    scan = { components: readScan(frame, data), restarts: 0, restartInterval };
    isMultiScan ||= scan.components.length < frame.components.length;
    samples += samplesOf(frame, scan.components);
    // A picture without refinement has at most one scan a component, so up to 4 always pass.
    if (++scans > MAX_SCANS || (scans > 4 && samples > MAX_SCANNED_SAMPLES)) {
      const size = `${frame.width} × ${frame.height}`;
      throw new CanvasError("SOURCE", `the JPEG has ${scans} scans of ${size} or more`);
    }
    const begin = at;
    at = yield* skipScan(file, at, scan);
    kept.add(begin, at);
  }
  if (!frame || !scan) throw truncated("JPEG");
  if (!isEnded && !isWhole(frame, scan)) throw truncated("JPEG");
  // Without an end marker the engine waits for more data, and omits the last rows.
  const bytes = yield* isEnded ? kept.joined() : kept.joined(END_MARKER);
  const isBuffered = frame.isProgressive || isMultiScan;
  const coefficientBytes = isBuffered ? samplesOf(frame, frame.components) * 2 : 0;
  // A file without an end marker is decoded twice, to find out whether something is missing.
  const secondBytes = isEnded ? 0 : frame.width * frame.height * 5;
  return {
    format: "jpeg",
    width: frame.width,
    height: frame.height,
    orientation: orientation || 1,
    bytes,
    // The decoder holds all coefficients, two bytes each, until it has read the last scan.
    extraBytes: coefficientBytes + secondBytes,
    ...(!isEnded && { isOpenEnded: true }),
  };
}

/** Where the next marker may begin: after a scan, decoders skip other bytes. */
function indexOr(file: Buffer, from: number): number {
  const at = file.indexOf(0xff, from);
  return at < 0 ? file.length : at;
}

/**
 * Markers without data; misplaced restart markers are skipped, and so is a stuffed byte: taken for
 * a segment it would hide from this reader what the decoder reads.
 */
function isLone(marker: number): boolean {
  return marker === STUFFED || marker === TEM || (marker >= RST0 && marker <= RST7);
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Of the APP segments only JFIF, the first EXIF, the profile and Adobe's colours are needed. */
function isNeeded(marker: number, isFirstExif: boolean, isProfile: boolean): boolean {
  if (marker === COM) return false;
  if (marker < APP0 || marker > APP0 + 15) return true;
  return marker === APP0 || marker === APP0 + 14 || isFirstExif || isProfile;
}

function readFrame(marker: number, data: Buffer): Frame {
  const count = data[5] ?? 0;
  if (data.length < 6 + count * 3) throw corrupt("JPEG");
  const components = Array.from({ length: count }, (_, i): Component => {
    const [id = 0, sampling = 0] = data.subarray(6 + i * 3);
    const missing = new Uint8Array(64).fill(255);
    return { id, across: sampling >> 4, down: sampling & 15, missing };
  });
  const isOdd = ({ across, down }: Component) => across < 1 || across > 4 || down < 1 || down > 4;
  const [height, width] = [data.readUInt16BE(1), data.readUInt16BE(3)];
  const isProgressive = marker === 0xc2;
  if (width === 0 || height === 0 || count === 0 || components.some(isOdd)) {
    throw corrupt("JPEG");
  }
  return { width, height, isProgressive, components };
}

function readScan(frame: Frame, data: Buffer): Component[] {
  const count = data[0] ?? 0;
  if (data.length < 4 + count * 2) throw corrupt("JPEG");
  const components: Component[] = [];
  const [from = 0, to = 0, approximation = 0] = data.subarray(1 + count * 2);
  for (let i = 0; i < count; i++) {
    const component = frame.components.find(
      (one) => one.id === data[1 + i * 2] && !components.includes(one),
    );
    if (!component) throw corrupt("JPEG");
    component.missing.fill(approximation & 15, from, frame.isProgressive ? to + 1 : 64);
    components.push(component);
  }
  return components;
}

/** Number of samples of these components, before the picture is padded to whole blocks. */
function samplesOf({ width, height, components }: Frame, some: readonly Component[]): number {
  const across = Math.max(...components.map((component) => component.across));
  const down = Math.max(...components.map((component) => component.down));
  const area = (component: Component) => (component.across * component.down) / (across * down);
  return Math.ceil(width * height * some.reduce((sum, one) => sum + area(one), 0));
}

/** Walks the data of a scan, counts its restarts, and returns the offset of the marker after it. */
function* skipScan(file: Buffer, from: number, scan: Scan): Procedure<number> {
  let at = from;
  let escapes = 0;
  for (;;) {
    at = indexOr(file, at);
    const next = file[at + 1];
    if (next === undefined) return at;
    if (next >= RST0 && next <= RST7) scan.restarts++;
    else if (next !== 0 && next !== 0xff) return at;
    at += next === 0xff ? 1 : 2;
    if (++escapes % STEP_ESCAPES === 0) yield;
  }
}

/** Whether a file without an end marker may be complete, judged by its scans. */
function isWhole(frame: Frame, { components, restarts, restartInterval }: Scan): boolean {
  const all = frame.components;
  if (all.some(({ missing }) => missing.some((bits) => bits !== 0))) return false;
  if (restartInterval === 0) return true;
  const [widest, tallest] = [
    Math.max(...all.map(({ across }) => across)),
    Math.max(...all.map(({ down }) => down)),
  ];
  // A scan of one component counts blocks of that component, other scans count units of all.
  const { across, down } =
    components.length === 1 ? (components[0] as Component) : { across: 1, down: 1 };
  const units =
    Math.ceil((frame.width * across) / widest / 8) * Math.ceil((frame.height * down) / tallest / 8);
  return restarts >= Math.ceil(units / restartInterval) - 1;
}

// Reduces calls to the fewest that leave a context in the same state: for records cut short.
import { type Args, CallList, type Calls } from "./calls.ts";
import { isPathMethod, isProperty } from "./members.ts";
import { stillStyle } from "./referents.ts";

export interface State {
  /** Calls that give a new context that state. */
  calls: CallList;
  /** Whether something clips, so that clearing does not reach all of the canvas. */
  isClipped: boolean;
}

type Matrix = readonly [number, number, number, number, number, number];

interface PathCall {
  name: string;
  args: Args;
  matrix: Matrix;
}

interface Clip {
  /** The calls of the path up to `length`; it may have grown since. */
  path: readonly PathCall[];
  length: number;
  args: Args;
  matrix: Matrix;
  /** The clip before it: levels share their earlier clips, however many there are. */
  before: Clip | undefined;
}

/** What `save` saves; the properties belong to the level below until they change. */
interface Level {
  properties: ReadonlyMap<string, Args>;
  matrix: Matrix;
  /** The last clip. */
  clip: Clip | undefined;
}

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** The state after the calls; if it takes more than `most` calls, the first ones and a few more. */
export function stateAfter(
  { names, args, length }: Calls,
  most: number = Number.POSITIVE_INFINITY,
): State {
  const levels: Level[] = [];
  let level: Level = { properties: new Map(), matrix: IDENTITY, clip: undefined };
  let ownsProperties = false;
  let path: PathCall[] = [];
  for (let i = 0; i < length; i++) {
    const name = names[i] as string;
    const given = args[i] as Args;
    if (isProperty(name) || name === "setLineDash") {
      if (!ownsProperties) level.properties = new Map(level.properties);
      (level.properties as Map<string, Args>).set(name, given);
      ownsProperties = true;
    } else if (isPathMethod(name)) path.push({ name, args: given, matrix: level.matrix });
    else if (name === "beginPath") path = [];
    else if (name === "save") {
      levels.push(level);
      level = { ...level };
      ownsProperties = false;
    } else if (name === "restore") {
      level = levels.pop() ?? level;
      ownsProperties = false;
    } else if (name === "clip") {
      const { matrix, clip: before } = level;
      level.clip = { path, length: path.length, args: given, matrix, before };
    } else level.matrix = transformed(level.matrix, name, given);
  }
  return written([...levels, level], path, most);
}

function written(levels: Level[], path: readonly PathCall[], most: number): State {
  const calls = new CallList();
  let matrix: Matrix = IDENTITY;
  const setMatrix = (next: Matrix) => {
    if (next !== matrix) calls.add("setTransform", next);
    matrix = next;
  };
  const addPath = (path: readonly PathCall[], length: number) => {
    calls.add("beginPath", []);
    for (const call of path.slice(0, length)) {
      setMatrix(call.matrix);
      calls.add(call.name, call.args);
    }
  };
  let last: Clip | undefined;
  for (const [i, level] of levels.entries()) {
    if (i > 0) calls.add("save", []);
    const clips: Clip[] = [];
    for (let clip = level.clip; clip !== last; clip = (clip as Clip).before)
      clips.push(clip as Clip);
    for (const clip of clips.reverse()) {
      // Each clip repeats its path.
      if (calls.length > most) break;
      addPath(clip.path, clip.length);
      setMatrix(clip.matrix);
      calls.add("clip", clip.args);
    }
    last = level.clip;
    for (const [name, given] of level.properties) {
      if (levels[i - 1]?.properties.get(name) !== given) calls.add(name, given.map(stillStyle));
    }
    setMatrix(level.matrix);
  }
  addPath(path, path.length);
  setMatrix(levels.at(-1)?.matrix as Matrix);
  return { calls, isClipped: last !== undefined };
}

function transformed(matrix: Matrix, name: string, args: Args): Matrix {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args.map(Number);
  if (![a, b, c, d, e, f].every(Number.isFinite)) return matrix;
  switch (name) {
    case "resetTransform":
      return IDENTITY;
    case "setTransform":
      return [a, b, c, d, e, f];
    case "transform":
      return multiplied(matrix, [a, b, c, d, e, f]);
    case "translate":
      return multiplied(matrix, [1, 0, 0, 1, a, b]);
    case "scale":
      return multiplied(matrix, [a, 0, 0, b, 0, 0]);
    case "rotate":
      return multiplied(matrix, [Math.cos(a), Math.sin(a), -Math.sin(a), Math.cos(a), 0, 0]);
    default:
      return matrix;
  }
}

function multiplied(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}

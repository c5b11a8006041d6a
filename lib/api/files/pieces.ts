// Reads a file piece by piece, and checks the range of a file that options ask for.
import { CanvasError } from "../../errors.ts";
import { LOCAL_MAX_BYTES } from "../../limits.ts";
import type { Procedure } from "../../procedure.ts";
import { type Opened, readPart } from "../../sources/open.ts";

/** The checked range of the file that the options ask for. */
export function part(
  { stats }: Opened,
  { position = 0, length }: { position: unknown; length: unknown },
): [position: number, length: number] {
  const size = Number(stats.size);
  const isPosition = Number.isInteger(position) && (position as number) >= 0;
  if (!isPosition || (position as number) > Math.max(0, size - 1)) {
    throw new CanvasError("INVALID", "value of position is out of range");
  }
  const rest = size - (position as number);
  const isLength =
    Number.isInteger(length) && (length as number) >= 1 && (length as number) <= rest;
  if (length !== undefined && length !== null && !isLength) {
    throw new CanvasError("INVALID", "value of length is out of range");
  }
  const asked = (length as number | null | undefined) ?? rest;
  if (asked > LOCAL_MAX_BYTES) {
    const limit = `${LOCAL_MAX_BYTES} bytes can be read at once`;
    throw new CanvasError("TOO_LARGE", `${limit}, asked for ${asked}`);
  }
  return [position as number, asked];
}

/** How many bytes of a file are read at once. */
const PIECE_BYTES = 1_048_576;

/** Passes the bytes of a file to `use`, piece by piece, and returns their number. */
export function* eachPiece(
  file: Opened,
  use: (piece: Buffer) => Procedure<void> | undefined,
): Procedure<number> {
  let position = 0;
  let piece = yield* readPart(file, 0, PIECE_BYTES);
  while (piece.length > 0) {
    const using = use(piece);
    if (using) yield* using;
    position += piece.length;
    piece = yield* readPart(file, position, PIECE_BYTES);
  }
  return position;
}

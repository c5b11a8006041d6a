// Content negotiation: which format a request wants, and whether the client already has the
// picture.
import { CanvasError } from "../../errors.ts";

type FileType = "png" | "jpg";

const MIME = { png: "image/png", jpg: "image/jpeg" } as const;

/** The file type of an extension, or else of `Accept`; undefined leaves it to the poster. */
export function fileTypeOf(extension: string | undefined, accept: string): FileType | undefined {
  if (extension) return extension.toLowerCase() === "png" ? "png" : "jpg";
  if (accept.trim() === "") return undefined;
  const ranges = accept.split(",").map(readRange);
  const [png, jpg] = [weightOf(MIME.png, ranges), weightOf(MIME.jpg, ranges)];
  if (png === 0 && jpg === 0) {
    throw new CanvasError("NOT_ACCEPTABLE", "accept: pictures are image/png or image/jpeg");
  }
  if (png === jpg) return undefined;
  return png > jpg ? "png" : "jpg";
}

interface Range {
  type: string;
  weight: number;
}

function readRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const weight = q === undefined ? 1 : Number(q);
  return { type, weight: weight >= 0 && weight <= 1 ? weight : 0 };
}

/** The weight of a type: that of the most specific range of `Accept` that fits. */
function weightOf(type: string, ranges: readonly Range[]): number {
  for (const wanted of [type, "image/*", "*/*"]) {
    const range = ranges.find((one) => one.type === wanted);
    if (range) return range.weight;
  }
  return 0;
}

/** Whether one of the tags of `If-None-Match` is this one. */
export function isMatch(ifNoneMatch: string, etag: string): boolean {
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

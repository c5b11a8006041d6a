// Content negotiation: which format a request wants, and whether the client already has the
// picture.
import { refusal } from "./answers.ts";

type FileType = "png" | "jpg";

const MIME = { png: "image/png", jpg: "image/jpeg" } as const;

/**
 * The file type of an extension, or else of `Accept`; undefined leaves it to the poster. It is a
 * wish where the client takes the other type, too.
 */
export function fileTypeOf(
  extension: string | undefined,
  accept: string,
): { fileType: FileType | undefined; isWish: boolean } {
  if (extension) {
    return { fileType: extension.toLowerCase() === "png" ? "png" : "jpg", isWish: false };
  }
  if (accept.trim() === "") return { fileType: undefined, isWish: false };
  const ranges = accept.split(",").map(readRange);
  const [png, jpg] = [weightOf(MIME.png, ranges), weightOf(MIME.jpg, ranges)];
  if (png === 0 && jpg === 0) {
    throw refusal(406, "NOT_ACCEPTABLE", "accept: pictures are image/png or image/jpeg");
  }
  if (png === jpg) return { fileType: undefined, isWish: false };
  return { fileType: png > jpg ? "png" : "jpg", isWish: png > 0 && jpg > 0 };
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

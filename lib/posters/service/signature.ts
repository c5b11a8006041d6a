// Signed links: a URL with poster, data and expiry that only the service can make.

import { createHmac, timingSafeEqual } from "node:crypto";
import { isDate } from "node:util/types";
import * as z from "zod/mini";
import { invalid } from "../../errors.ts";
import { lazily } from "../../late.ts";
import { checked } from "../../option-parts.ts";
import { parse } from "../../validate.ts";
import { type Format, formatParts } from "../format.ts";
import { canonical } from "../key.ts";
import { refusal } from "./answers.ts";

/** The options of a link. */
export interface LinkOptions extends Format {
  /**
   * When the link ends: a Date, a time as `Date.now()` gives it, or a number of seconds from now
   * (below 10⁹). Default: a day from now.
   */
  expires?: Date | number | undefined;
}

const DAY = 86_400;

const schema = lazily(() => {
  const isTime = (value: unknown) => Number.isFinite(isDate(value) ? value.getTime() : value);
  return z.object({
    ...formatParts(),
    expires: z.optional(checked<Date | number>(isTime, "a Date, a time or a number of seconds")),
  });
});

/**
 * The path of a link, with its query. The extension is not signed: only two formats are possible.
 */
export function signedPath(
  path: string,
  secret: string,
  name: string,
  data: unknown,
  options: LinkOptions,
): string {
  const { fileType, quality, pixelRatio, expires } = parse(schema, options);
  const json: string | undefined = canonical(data);
  if (json === undefined) throw invalid("data", "a value that JSON has", data);
  const query = new URLSearchParams({ data: json });
  if (quality !== undefined) query.set("quality", String(quality));
  if (pixelRatio !== undefined) query.set("pixelRatio", String(pixelRatio));
  query.set("expires", String(secondsOf(expires)));
  query.set("sign", signatureOf(secret, name, query));
  return `${path}/${name}${fileType ? `.${fileType}` : ""}?${query}`;
}

/** Fails with FORBIDDEN unless the query was signed with one of the secrets and has not expired. */
export function assertSigned(
  secrets: readonly string[],
  name: string,
  query: URLSearchParams,
): void {
  // Compared as text: decoding would ignore what follows.
  const given = Buffer.from(query.get("sign") ?? "");
  const isSigned = secrets.some((secret) => {
    const expected = Buffer.from(signatureOf(secret, name, query));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isSigned) throw refusal(403, "FORBIDDEN", "the link is not signed by this service");
  if (!(Number(query.get("expires")) * 1000 > Date.now())) {
    throw refusal(403, "FORBIDDEN", "the link has expired");
  }
}

/** The signature of the name and all parameters, except the signature itself, in their order. */
function signatureOf(secret: string, name: string, query: URLSearchParams): string {
  const signed = [...query].filter(([key]) => key !== "sign").sort();
  return createHmac("sha256", secret)
    .update(JSON.stringify([name, signed]))
    .digest("base64url");
}

/** Unix time in seconds. */
function secondsOf(expires: Date | number = DAY): number {
  if (isDate(expires)) return Math.floor(expires.getTime() / 1000);
  if (expires < 1e9) return Math.floor(Date.now() / 1000 + expires);
  return Math.floor(expires < 1e11 ? expires : expires / 1000);
}

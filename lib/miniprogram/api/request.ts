// wx.request, as far as the host's network policy allows: GET of permitted URLs.
import * as z from "zod/mini";
import { CanvasError } from "../../errors.ts";
import type { HostContext } from "../../host-context.ts";
import { lazily } from "../../late.ts";
import { text } from "../../option-parts.ts";
import { parse } from "../../validate.ts";
import { asTask } from "./task.ts";

/** https://developers.weixin.qq.com/miniprogram/dev/api/network/request/wx.request.html */
export function createRequest(host: HostContext): (options?: unknown) => object {
  return (options) => asTask(host.answer("request", options, () => get(host, options)));
}

const schema = lazily(() =>
  z.object({
    url: text(),
    method: z.transform((value: unknown) => String(value ?? "GET")),
    data: z.unknown(),
    dataType: z._default(z.unknown(), "json"),
    responseType: z.unknown(),
  }),
);

async function get(host: HostContext, options: unknown): Promise<object> {
  const { url, method, data, dataType, responseType } = parse(schema, options);
  if (method.toUpperCase() !== "GET") {
    const hint = "answer it yourself: api: { request(options) { … } }";
    throw new CanvasError("SOURCE", `method: expected "GET", got ${method}`, { hint });
  }
  const { bytes, type } = await host.pictures.download(withQuery(url, data));
  const header = { "content-type": type };
  return { statusCode: 200, header, cookies: [], data: bodyOf(bytes, dataType, responseType) };
}

/** The URL with the data of a GET added to its query. */
function withQuery(url: string, data: unknown): string {
  if (typeof data !== "object" || data === null) return url;
  const query = Object.entries(data)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join("&");
  return query === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${query}`;
}

function bodyOf(bytes: Buffer, dataType: unknown, responseType: unknown): unknown {
  if (responseType === "arraybuffer") return new Uint8Array(bytes).buffer;
  const text = bytes.toString("utf8");
  if (dataType !== "json") return text;
  try {
    return JSON.parse(text);
  } catch {
    // As in WeChat, text that is not JSON stays text.
    return text;
  }
}

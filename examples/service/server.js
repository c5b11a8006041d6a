// Posters over HTTP on one port, with a page that shows them: `npm run service`.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createPosterService, createRenderer } from "wx-canvas-node/posters";

const here = (path) => new URL(path, import.meta.url);

const renderer = createRenderer({
  posters: here("./posters/"),
  timeout: 10_000,
  retry: 1,
  // Fonts and modules are loaded before the first request comes.
  warm: [["invite"], ["coupon"]],
});
const service = createPosterService(renderer, {
  // Without one of your own, links end with this process.
  secret: process.env.POSTER_SECRET ?? randomBytes(32).toString("hex"),
});

const template = readFileSync(here("./page.html"), "utf8");
function page(request, response) {
  if (request.method !== "GET" || request.url !== "/") return void response.writeHead(404).end();
  const link = service.sign("invite", { nickname: "阿帆" }, { expires: 3600, pixelRatio: 1 });
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.setHeader(
    "content-security-policy",
    "default-src 'self' 'unsafe-inline'; img-src 'self' blob: data:",
  );
  response.end(template.replace("{{link}}", link.replaceAll("&", "&amp;")));
}

// Load balancers keep connections for 60 s, and would send a request over one that closes earlier.
const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  service.listener(request, response, () => page(request, response));
});
server.listen(Number(process.env.PORT ?? 8080), process.env.HOST, async () => {
  const { port } = server.address();
  await renderer.ready;
  console.log(`http://localhost:${port}`);
});

/**
 * What was begun is answered. Requests that have come meanwhile have a second for their 503; then
 * everything ends.
 */
async function end() {
  await service.close();
  server.close();
  setTimeout(() => server.closeAllConnections(), 1000).unref();
}
process.once("SIGTERM", end);
process.once("SIGINT", end);

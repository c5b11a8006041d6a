// Servers that answer by a grammar: every status, header, body, pace and end that a socket can
// have.
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Random } from "../fuzz/random.ts";

/** The pieces that a server writes, with pauses, and how it ends the connection. */
export interface Answer {
  pieces: (string | Buffer | { pauseMs: number } | { forever: string })[];
  end: "keep" | "fin" | "reset";
}

const REASONS = ["OK", "", "Switching Protocols", "x".repeat(500)];

/** One answer of the grammar; `picture` is the body of a valid picture. */
export function answerOf(random: Random, picture: Buffer): Answer {
  const pieces: Answer["pieces"] = [];
  for (let hints = random.below(4); hints > 0 && random.chance(3); hints--) {
    pieces.push(`HTTP/1.1 ${random.pick([100, 102, 103, 199])} Hint\r\nlink: </a>\r\n\r\n`);
  }
  const status = random.pick([
    200,
    200,
    200,
    random.pick([101, 201, 204, 205, 206, 301, 302, 303, 304, 307, 308]),
    100 + random.below(900),
    random.pick([-1, 0, 99, 1000, "2x0"]),
  ]);
  const version = random.pick(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "ICY"]);
  const isChunked = random.chance(2);
  pieces.push(
    `${version} ${status} ${random.pick(REASONS)}\r\n`,
    headers(random, picture, isChunked),
  );
  pieces.push(...(isChunked ? chunks(random, picture) : body(random, picture)));
  const slowed = random.chance(4) ? slowly(random, pieces) : pieces;
  const cut = random.chance(5) ? slowed.slice(0, random.below(slowed.length + 1)) : slowed;
  return { pieces: cut, end: random.pick(["keep", "fin", "fin", "reset"] as const) };
}

function headers(random: Random, picture: Buffer, isChunked: boolean): string {
  const lines: string[] = [];
  const maybe = (odds: number, ...texts: string[]) => {
    if (random.chance(odds)) lines.push(random.pick(texts));
  };
  if (isChunked) lines.push("transfer-encoding: chunked");
  else maybe(2, `content-length: ${picture.length}`);
  maybe(6, "content-length: 5", "content-length: -1", "content-length: 1e9", "content-length: x");
  maybe(8, "transfer-encoding: gzip", "transfer-encoding: chunked, chunked");
  maybe(
    6,
    "location: /",
    "location: http://127.0.0.1:1/",
    "location: \u00ff",
    "location: http://[",
  );
  maybe(
    6,
    "connection: upgrade\r\nupgrade: websocket",
    "upgrade: h2c",
    "connection: close, keep-alive",
  );
  maybe(
    6,
    "content-encoding: gzip",
    'content-type: image/png; x="',
    `content-type: ${";".repeat(5000)}`,
  );
  maybe(
    6,
    "trailer: x-end",
    "set-cookie: a=b",
    `x-long: ${"y".repeat(20_000)}`,
    "x y: z",
    ": none",
  );
  maybe(9, Array.from({ length: 3000 }, (_, i) => `x-${i}: y`).join("\r\n"));
  return `${lines.join(random.chance(9) ? "\n" : "\r\n")}\r\n\r\n`;
}

function body(random: Random, picture: Buffer): Answer["pieces"] {
  return random.pick<() => Answer["pieces"]>([
    () => [picture],
    () => [picture],
    () => [],
    () => [picture.subarray(0, random.below(picture.length))],
    () => [picture, picture],
    () => [{ forever: "x".repeat(10_000) }],
    () => ["HTTP/1.1 200 OK\r\n\r\n", picture],
  ])();
}

function chunks(random: Random, picture: Buffer): Answer["pieces"] {
  const chunk = (bytes: Buffer, extension = "") => [
    `${bytes.length.toString(16)}${extension}\r\n`,
    bytes,
    "\r\n",
  ];
  const end = random.pick(["0\r\n\r\n", "0\r\n\r\n", "0\r\nx-end: y\r\n\r\n", "0\r\n", ""]);
  return random.pick<() => Answer["pieces"]>([
    () => [...chunk(picture), end],
    () => [...chunk(picture, ";a=b"), end],
    () => [...chunk(picture, `;${"x".repeat(20_000)}`), end],
    () => [...chunk(picture), `0\r\n${"x: y\r\n".repeat(20_000)}\r\n`],
    () => ["-1\r\n", picture],
    () => ["fffffffffffffffff\r\n", picture],
    () => [{ forever: "1\r\na\r\n".repeat(5000) }],
    () => ["5\r\nab", end],
  ])();
}

function slowly(random: Random, pieces: Answer["pieces"]): Answer["pieces"] {
  return pieces.flatMap((piece) => [piece, { pauseMs: random.below(60) }]);
}

/** Writes the answer until the other side closes. */
export async function write(socket: Socket, { pieces, end }: Answer): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    if (typeof piece === "string" || Buffer.isBuffer(piece)) socket.write(piece);
    else if ("pauseMs" in piece) await new Promise((done) => setTimeout(done, piece.pauseMs));
    else return flood(socket, piece.forever);
  }
  if (end === "fin") socket.end();
  if (end === "reset") socket.resetAndDestroy();
}

function flood(socket: Socket, text: string): void {
  const more = () => {
    while (socket.writable && socket.write(text));
  };
  socket.on("drain", more);
  more();
}

export interface RawServer {
  origin: string;
  /** Connections that are open now. */
  open(): number;
  close(): void;
}

/** A server on loopback that answers each request by its path. */
export async function serveRaw(answer: (path: string, socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.once("data", (data) => {
      answer(/^GET (\S+)/.exec(data.toString("latin1"))?.[1] ?? "", socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => sockets.size,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

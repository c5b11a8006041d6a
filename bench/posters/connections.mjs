// A client of HTTP that costs little, since it shares the cores with what is measured: connections
// that are kept, one buffer for all answers, whose bytes are counted.
import { connect } from "node:net";

/** Bytes; heads are shorter. */
const MAX_HEAD = 2048;

const buffer = Buffer.allocUnsafeSlow(2 ** 18);

/**
 * Up to so many connections; `post` sends a body on the next free one, and resolves with the number
 * of bytes of the answer.
 */
export function createClient(port, count) {
  const waiting = [];
  const free = [];
  const opened = [];
  function open() {
    if (opened.length === count) return undefined;
    const connection = openConnection(port, release);
    opened.push(connection);
    return connection;
  }
  function release(connection) {
    const order = waiting.shift();
    if (order) connection.send(order);
    else free.push(connection);
  }
  return {
    post: (path, body) =>
      new Promise((resolve, reject) => {
        const order = { path, body, resolve, reject };
        const connection = free.pop() ?? open();
        if (connection) connection.send(order);
        else waiting.push(order);
      }),
    close() {
      for (const { socket } of opened) socket.destroy();
    },
  };
}

function openConnection(port, release) {
  let order;
  let length = 0;
  let left = 0;
  const onBytes = (bytes) => {
    if (left > 0) left -= bytes.length;
    else {
      // The service writes its head at once.
      const text = bytes.latin1Slice(0, MAX_HEAD);
      const end = text.indexOf("\r\n\r\n");
      length = Number(/^content-length: (\d+)/im.exec(text)?.[1]);
      if (end < 0 || !text.startsWith("HTTP/1.1 200 ")) order.reject(new Error(text.slice(0, end)));
      left = length - (bytes.length - (end + 4));
    }
    if (left > 0) return;
    order.resolve(length);
    release(connection);
  };
  const callback = (length) => {
    onBytes(buffer.subarray(0, length));
    return true;
  };
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread: { buffer, callback } });
  socket.on("error", (error) => order?.reject(error));
  const connection = {
    socket,
    send(given) {
      order = given;
      const { path, body } = given;
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    },
  };
  return connection;
}

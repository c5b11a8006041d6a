// Posters on all cores: drawing itself is done by worker threads. `npm run example:pool`
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import type { Order } from "./pool/render.ts";

const pool = new Piscina<Order, Uint8Array>({
  filename: new URL("./pool/render.ts", import.meta.url).href,
  maxThreads: availableParallelism(),
});

const start = performance.now();
const orders = Array.from({ length: 8 }, (_, i) => ({ seed: i + 1, title: `No. ${i + 1}` }));
const posters = await Promise.all(orders.map((order) => pool.run(order)));
const time = Math.round(performance.now() - start);

await mkdir("out", { recursive: true });
await Promise.all(posters.map((poster, i) => writeFile(`out/pool-${i + 1}.jpg`, poster)));
console.log(`${posters.length} posters, ${time} ms, ${pool.maxThreads} threads: out/pool-*.jpg`);
await pool.destroy();

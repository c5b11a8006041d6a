// What each thread does: one poster, its bytes for the caller.
import { move } from "piscina";
import { createHost } from "wx-canvas-node";
import { landscape } from "../scenes/landscape.ts";

export interface Order {
  seed: number;
  title: string;
}

export default async function render({ seed, title }: Order): Promise<Uint8Array> {
  const host = createHost({ pixelRatio: 2 });
  try {
    const context = host.createCanvas("poster", 375, 667).getContext("2d");
    context.drawImage(landscape(750, 1334, seed), 0, 0, 375, 667);
    context.fillStyle = "#fff";
    context.font = "700 36px sans-serif";
    context.fillText(title, 28, 80);
    const { data } = await host.canvasToBuffer({ canvasId: "poster", fileType: "jpg" });
    // Handed over, not copied.
    const bytes = new Uint8Array(data);
    return move(bytes as unknown as ArrayBuffer) as unknown as Uint8Array;
  } finally {
    await host.dispose();
  }
}

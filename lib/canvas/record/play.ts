// Draws a record again, at any size: sharp where pixels would be enlarged, and with larger shadows.
import type { SKRSContext2D } from "../../engine/engine.ts";
import { scaledFilter } from "../../filter-lengths.ts";
import type { Args, FrozenRecord, Placement } from "./calls.ts";
import { type AnyMembers, changesState, isPathMethod, isProperty } from "./members.ts";

import { putScaled } from "./put-scaled.ts";
import { FrozenPath, FrozenPicture, type FrozenPixels } from "./referents.ts";
import { SaveStack } from "./save-stack.ts";
import { createStyles, type Styles } from "./styles.ts";

/** Draws the record on a context that is in its initial state, and leaves it in any state. */
export function play(record: FrozenRecord, context: SKRSContext2D, placement: Placement): void {
  const player = createPlayer(context, placement);
  try {
    player.begin(record);
    for (let i = 0; i < record.length; i++) {
      player.step(record.names[i] as string, record.args[i] as Args);
    }
  } finally {
    player.end();
  }
}

export interface Player {
  begin(record: FrozenRecord): void;
  step(name: string, args: Args): void;
  end(): void;
}

export function createPlayer(context: SKRSContext2D, placement: Placement): Player {
  const any = context as typeof context & AnyMembers;
  const { scaleX, scaleY, dx, dy } = placement;
  // A blur is as wide as it is high, so it takes the geometric mean of both scales.
  const scale = Math.sqrt(scaleX * scaleY);
  const styles: Styles = createStyles(context);
  const saves = new SaveStack(context);

  const call = (name: string, args: readonly unknown[]) => any[name]?.(...args);
  const toBase = () => context.setTransform(scaleX, 0, 0, scaleY, dx, dy);
  const special: Record<string, (args: Args) => void> = {
    save: () => saves.save(),
    restore: () => saves.restore(),
    resetTransform: toBase,
    setTransform([a, b, c, d, e, f]) {
      toBase();
      call("transform", [a, b, c, d, e, f]);
    },
    drawImage: (args) => drawSource("drawImage", args),
    drawCanvas: (args) => drawSource("drawCanvas", args),
    putImageData([pixels]) {
      if (pixels) putScaled(context, pixels as FrozenPixels, placement);
    },
    // The engine's shadows and filters do not follow the transform.
    shadowOffsetX: ([offset]) => {
      context.shadowOffsetX = Number(offset) * scaleX;
    },
    shadowOffsetY: ([offset]) => {
      context.shadowOffsetY = Number(offset) * scaleY;
    },
    shadowBlur: ([blur]) => {
      context.shadowBlur = Number(blur) * scale;
    },
    filter: ([filter]) => {
      context.filter = scaledFilter(String(filter), scale);
    },
    fillStyle: ([style]) => {
      context.fillStyle = styles.playable(style);
    },
    strokeStyle: ([style]) => {
      context.strokeStyle = styles.playable(style);
    },
    addColorStop: (args) => styles.addColorStop(args),
    setPatternTransform: (args) => styles.setTransform(args),
  };

  const steps = new Map(Object.entries(special));

  function drawSource(method: "drawImage" | "drawCanvas", [source, ...place]: Args) {
    if (!FrozenPicture.is(source)) return;
    source.use((picture) => call(method, [picture, ...place]));
  }

  return {
    begin({ base }) {
      toBase();
      if (!base) return;
      const canvas = base.held.open();
      // The engine replays pixels that were put as blocks, so the canvas is drawn smoothed instead.
      if (base.hasPutPixels) {
        context.imageSmoothingQuality = "high";
        context.drawImage(canvas, 0, 0);
        context.imageSmoothingQuality = "low";
      } else context.drawCanvas(canvas, 0, 0);
      base.held.close(canvas);
    },
    step(name, args) {
      try {
        perform(name, args);
      } catch {
        // The call drew an image that proved to be none when it had loaded: it draws nothing.
      }
    },
    end: styles.restore,
  };

  function perform(name: string, args: Args) {
    if (changesState(name)) saves.flush();
    if (isPathMethod(name)) saves.hasPath = true;
    else if (name === "beginPath") saves.hasPath = false;
    const own = steps.get(name);
    if (own) own(args);
    else if (isProperty(name)) Object.assign(any, { [name]: args[0] });
    else call(name, args[0] instanceof FrozenPath ? [args[0].path, ...args.slice(1)] : args);
  }
}

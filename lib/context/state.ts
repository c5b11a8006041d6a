// The state of a legacy context as its code reads it, kept without the engine: asking that for each
// value takes longer than drawing.
import { createCache } from "../cache.ts";
import { isStyle } from "../engine/changes.ts";
import { scratchContext, type TextMetrics } from "../engine/engine.ts";
import { readCssFont } from "../fonts/font-value.ts";
import { apply, PROPERTIES, type Property } from "./members.ts";

type Values = Partial<Record<Property, unknown>>;

/** Two values that differ: a value that is dropped leaves either of them. */
const PROBES: Record<Exclude<Property, "font">, readonly [unknown, unknown]> = {
  fillStyle: ["#000001", "#000002"],
  strokeStyle: ["#000001", "#000002"],
  shadowColor: ["#000001", "#000002"],
  globalAlpha: [0.25, 0.5],
  globalCompositeOperation: ["copy", "xor"],
  lineCap: ["round", "square"],
  lineJoin: ["round", "bevel"],
  lineWidth: [1, 2],
  lineDashOffset: [1, 2],
  miterLimit: [1, 2],
  shadowBlur: [1, 2],
  shadowOffsetX: [1, 2],
  shadowOffsetY: [1, 2],
  textAlign: ["left", "right"],
  textBaseline: ["top", "bottom"],
  direction: ["ltr", "rtl"],
  letterSpacing: ["1px", "2px"],
  filter: ["blur(1px)", "blur(2px)"],
  imageSmoothingEnabled: [true, false],
  imageSmoothingQuality: ["low", "high"],
};

/** Longer values are not kept. */
const KEPT_MAX_LENGTH = 200;

/** What values read back as; undefined for one that is dropped. */
type Readings = ReturnType<typeof createCache<{ value: unknown }>>;
/** By the value: a colour reads back the same from each property. */
const colours: Readings = createCache({ maxBytes: 1_000_000, maxAgeMs: 3_600_000 });
/** By property and value. */
const readings: Readings = createCache({ maxBytes: 1_000_000, maxAgeMs: 3_600_000 });
const probeContext = scratchContext(1, 1);

/** What the property reads back as once it was set; undefined for a value that is dropped. */
export function readBack(property: Property, value: unknown): unknown {
  if (property === "font") return typeof value === "string" ? readCssFont(value) : undefined;
  const isPaint = property === "fillStyle" || property === "strokeStyle";
  if (isPaint && typeof value === "object" && value !== null && isStyle(value)) return value;
  const isKept =
    typeof value === "number" || (typeof value === "string" && value.length <= KEPT_MAX_LENGTH);
  if (!isKept) return tried(property, value);
  const isColour = isPaint || property === "shadowColor";
  if (isColour && typeof value === "string") return kept(colours, value, property, value);
  const key = `${property} ${typeof value} ${Object.is(value, -0) ? "-0" : value}`;
  return kept(readings, key, property, value);
}

function kept(
  readings: Readings,
  key: string,
  property: Exclude<Property, "font">,
  value: unknown,
): unknown {
  let reading = readings().get(key);
  if (!reading) {
    reading = { value: tried(property, value) };
    readings().set(key, reading);
  }
  return reading.value;
}

function tried(property: Exclude<Property, "font">, value: unknown): unknown {
  const probe = probeContext() as unknown as Values;
  for (const before of PROBES[property]) {
    probe[property] = before;
    try {
      probe[property] = value;
    } catch {
      return undefined;
    }
    if (probe[property] !== before) return probe[property];
  }
  return undefined;
}

/** The values of a context that nothing was set on. */
let initial: Values | undefined;

function initialValues(): Values {
  if (!initial) {
    const probe = probeContext();
    probe.reset();
    initial = Object.fromEntries(PROPERTIES.map((property) => [property, probe[property]]));
    initial.imageSmoothingQuality = "high";
  }
  return initial;
}

/** What widths and extents of a text depend on. */
const OF_TEXT = ["font", "letterSpacing", "textAlign", "textBaseline", "direction"] as const;
const measuringContext = scratchContext(1, 1);
/** The values that the measuring context has. */
const measuring = new Map<Property, unknown>();

/** Properties and dashes, saved and restored; a `save` costs nothing until something changes. */
export class ContextState {
  #values: Values = initialValues();
  /** Whether no saved state has these values, too. */
  #isOwn = false;
  #dash: readonly number[] = [];
  readonly #saved: [Values, readonly number[]][] = [];

  get(property: Property): unknown {
    return this.#values[property];
  }

  get font(): string {
    return this.#values.font as string;
  }

  set(property: Property, value: unknown): void {
    if (!this.#isOwn) {
      if (this.#values[property] === value) return;
      this.#values = { ...this.#values };
      this.#isOwn = true;
    }
    this.#values[property] = value;
  }

  get dash(): number[] {
    return [...this.#dash];
  }

  setLineDash(data: readonly unknown[]): void {
    const probe = probeContext();
    apply(probe, "setLineDash", data);
    this.#dash = probe.getLineDash();
    if (data.length > 1) this.set("lineDashOffset", probe.lineDashOffset);
  }

  save(): void {
    this.#saved.push([this.#values, this.#dash]);
    this.#isOwn = false;
  }

  /** Without a save before it, does nothing. */
  restore(): void {
    const saved = this.#saved.pop();
    if (!saved) return;
    [this.#values, this.#dash] = saved;
    this.#isOwn = false;
  }

  reset(): void {
    this.#values = initialValues();
    this.#isOwn = false;
    this.#dash = [];
    this.#saved.length = 0;
  }

  /** Measures the text in that font. */
  measure(text: string, font: string): TextMetrics {
    const context = measuringContext();
    for (const property of OF_TEXT) {
      const value = property === "font" ? font : this.#values[property];
      if (measuring.get(property) === value) continue;
      Object.assign(context, { [property]: value });
      measuring.set(property, value);
    }
    return context.measureText(text);
  }
}

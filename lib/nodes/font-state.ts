// The font of a context as code set it, and the one that its engine has: reading it takes long.

import { type Watcher, watch } from "../engine/changes.ts";
import type { SKRSContext2D } from "../engine/engine.ts";
import { withUnread } from "../fonts/font-value.ts";

interface Font {
  /** As code set it; the engine gets it, with fallback families, when a text needs it. */
  css: string;
  /** As the engine has it; undefined when that is not known. */
  engine: string | undefined;
  /** What code set after the font. The engine resets both with each font that it gets. */
  fontStretch?: string;
  fontVariantCaps?: string;
}

/** Follows the font through `save`, `restore`, `reset` and new sizes of the canvas. */
export class FontState implements Watcher {
  #now: Font;
  #saved: Font[] = [];
  readonly #initial: Font;
  readonly #members: Record<"font" | "fontStretch" | "fontVariantCaps", Accessors>;

  /** @param members the prototype of the context, which gets members that follow the font */
  constructor(context: SKRSContext2D, members: object) {
    const font = accessors(context, "font");
    const fontStretch = accessors(context, "fontStretch");
    const fontVariantCaps = accessors(context, "fontVariantCaps");
    this.#members = { font, fontStretch, fontVariantCaps };
    const css = font.get();
    this.#initial = { css, engine: css };
    this.#now = this.#initial;
    watch(context.canvas, this);

    const followers = {
      save: () => this.#saved.push(this.#now),
      restore: () => {
        this.#now = this.#saved.pop() ?? this.#now;
      },
      reset: () => this.changed(),
    };
    for (const [name, follow] of Object.entries(followers)) {
      const method = context[name as keyof typeof followers];
      defineMethod(members, name, () => {
        method.call(context);
        follow();
      });
    }
    // The engine makes these two parts of its font, so it has to have that first.
    for (const [name, member] of Object.entries({ fontStretch, fontVariantCaps })) {
      defineProperty(
        members,
        name,
        () => {
          this.use(this.css);
          return member.get();
        },
        (value) => {
          this.use(this.css);
          member.set(value as string);
          // Small caps are a part of the font as it reads back.
          const css = withUnread(font.get(), this.css);
          this.#now = { ...this.#now, css, engine: css, [name]: member.get() };
        },
      );
    }
  }

  get css(): string {
    return this.#now.css;
  }

  set(css: string): void {
    const { engine, fontStretch, fontVariantCaps } = this.#now;
    this.#now = { css, engine: (fontStretch ?? fontVariantCaps) ? undefined : engine };
  }

  /** Makes the engine draw with that font. */
  use(engine: string): void {
    if (engine === this.#now.engine) return;
    const { font, fontStretch, fontVariantCaps } = this.#members;
    font.set(engine);
    this.#now = { ...this.#now, engine };
    if (this.#now.fontStretch) fontStretch.set(this.#now.fontStretch);
    if (this.#now.fontVariantCaps) fontVariantCaps.set(this.#now.fontVariantCaps);
  }

  /** Called when the canvas was cleared: the state is the initial one. */
  changed(): void {
    this.#now = this.#initial;
    this.#saved = [];
  }
}

interface Accessors {
  get(): string;
  set(value: string): void;
}

/** The accessors that a context inherits: they record what they set. */
function accessors(context: SKRSContext2D, name: keyof SKRSContext2D): Accessors {
  let prototype: object = context;
  while (!Object.hasOwn(prototype, name)) prototype = Object.getPrototypeOf(prototype);
  const { get, set } = Object.getOwnPropertyDescriptor(prototype, name) as Required<
    TypedPropertyDescriptor<string>
  >;
  return { get: () => get.call(context), set: (value: string) => set.call(context, value) };
}

/** Defines a method of a prototype that looks like the one it inherits. */
export function defineMethod(
  prototype: object,
  name: string,
  value: (...args: unknown[]) => unknown,
): void {
  const { length } = (prototype as Record<string, () => void>)[name] as () => void;
  Object.defineProperties(value, { name: { value: name }, length: { value: length } });
  Object.defineProperty(prototype, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

export function defineProperty(
  prototype: object,
  name: string,
  get: () => unknown,
  set: (value: unknown) => void,
): void {
  Object.defineProperty(prototype, name, { get, set, enumerable: true, configurable: true });
}

// wx.createSelectorQuery: queries the canvases that are mounted on the page or in a component.
import * as z from "zod/mini";
import { asComponent } from "../canvas/registry.ts";
import { withApiNameSync } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import { lazily } from "../late.ts";
import { runSafely } from "../settle.ts";
import { nextTurn } from "../timers.ts";
import { parse, type SchemaOf } from "../validate.ts";
import type { CanvasNode } from "./canvas-node.ts";
import { describe, type ElementInfo, type Fields } from "./fields.ts";
import { parseSelector } from "./selector.ts";

/** The answer of a query for one selector: `null` where nothing is mounted. */
// biome-ignore lint/suspicious/noExplicitAny: its shape is what the fields ask for, as in WeChat
export type QueryAnswer = any;

/** The elements that a selector matches. */
export interface NodesRef {
  /** Asks for the facts that the fields name. */
  fields(fields: Fields, callback?: (answer: QueryAnswer) => void): SelectorQuery;
  /** Asks for place and size. */
  boundingClientRect(callback?: (answer: QueryAnswer) => void): SelectorQuery;
  /** Asks how far it is scrolled: always 0, since nothing scrolls here. */
  scrollOffset(callback?: (answer: QueryAnswer) => void): SelectorQuery;
  /** Asks for the canvas node; only `type: "2d"` has one. */
  node(callback?: (answer: { node: CanvasNode }) => void): SelectorQuery;
  /** Asks for the drawing context of a legacy canvas. */
  context(callback?: (answer: QueryAnswer) => void): SelectorQuery;
  /** Asks for a reference that only the Skyline renderer has: the answer is `null`. */
  ref(callback?: (answer: QueryAnswer) => void): SelectorQuery;
}

/** A query: collects questions; `exec` answers them asynchronously. */
export interface SelectorQuery {
  /** Asks in the scope of a component instance instead of the page. */
  in(component: object | null | undefined): SelectorQuery;
  /** The first element that the selector matches. */
  select(selector: string): NodesRef;
  /** All elements that the selector matches. */
  selectAll(selector: string): NodesRef;
  /** The page's window. */
  selectViewport(): NodesRef;
  /** Answers every question: calls their callbacks in order, then this one with all answers. */
  exec(callback?: (answers: QueryAnswer[]) => void): NodesRef;
}

/** The query part of `wx`. */
export interface SelectorQueryApi {
  createSelectorQuery(): SelectorQuery;
}

/**
 * Resolves a selector in the scope of a component, or of the page without one. The returned
 * function finds the elements when it is called.
 */
export type Find = (selector: string, component: object | undefined) => () => ElementInfo[];

const schema = lazily(() => {
  const isAsked = () => z.transform(Boolean);
  const names = () =>
    z.transform((value: unknown) => (Array.isArray(value) ? (value as string[]) : undefined));
  return z.object({
    id: isAsked(),
    dataset: isAsked(),
    mark: isAsked(),
    rect: isAsked(),
    size: isAsked(),
    scrollOffset: isAsked(),
    properties: names(),
    computedStyle: names(),
    context: isAsked(),
    node: isAsked(),
    ref: isAsked(),
  } satisfies SchemaOf<Fields>);
});

const readFields = (fields: unknown): Fields =>
  withApiNameSync("fields", () => parse(schema, fields));

/** @param find finds elements; by default, among the mounted canvases */
export function selectorQuery(host: HostContext, find: Find = findMounted(host)): SelectorQueryApi {
  return { createSelectorQuery: () => createQuery(host, find) };
}

function findMounted(host: HostContext): Find {
  return (selector, component) => {
    const matches = parseSelector(selector);
    return () => {
      const elements: ElementInfo[] = [];
      for (const entry of host.registry.all(component)) {
        if (entry.element && matches(entry.element)) elements.push({ entry, component });
      }
      return elements;
    };
  };
}

interface Question {
  find: () => ElementInfo[];
  isList: boolean;
  fields: Fields;
  callback: ((answer: QueryAnswer) => void) | undefined;
}

const RECT = { id: true, dataset: true, rect: true, size: true };
const SCROLL = { id: true, dataset: true, scrollOffset: true };

function createQuery(host: HostContext, find: Find): SelectorQuery {
  const questions: Question[] = [];
  let scope: object | undefined;

  function answer({ find, isList, fields }: Question): QueryAnswer {
    const answers = find().map((element) => describe(host, element, fields));
    return isList ? answers : (answers[0] ?? null);
  }

  function ref(find: () => ElementInfo[], isList: boolean): NodesRef {
    const ask = (fields: Fields, callback: unknown): SelectorQuery => {
      const known = typeof callback === "function" ? (callback as Question["callback"]) : undefined;
      questions.push({ find, isList, fields, callback: known });
      return query;
    };
    return {
      fields: (fields, callback) => ask(readFields(fields), callback),
      boundingClientRect: (callback) => ask(RECT, callback),
      scrollOffset: (callback) => ask(SCROLL, callback),
      node: (callback) => ask({ node: true }, callback),
      context: (callback) => ask({ context: true }, callback),
      ref: (callback) => ask({ ref: true }, callback),
    };
  }

  const query: SelectorQuery = {
    in(component) {
      scope = withApiNameSync("in", () => asComponent(component));
      return query;
    },
    select: (selector) => withApiNameSync("select", () => ref(find(selector, scope), false)),
    selectAll: (selector) => withApiNameSync("selectAll", () => ref(find(selector, scope), true)),
    selectViewport: () => ref(() => [{ entry: undefined, component: undefined }], false),
    exec(callback) {
      const asked = [...questions];
      const call = (listener: Question["callback"], value: QueryAnswer) =>
        runSafely(() => {
          if (typeof listener === "function") listener.call(query, value);
        }, host.settings.onError);
      host.answer(
        "SelectorQuery.exec",
        {
          success({ answers }: { answers: QueryAnswer[] }) {
            for (const [i, { callback }] of asked.entries()) call(callback, answers[i]);
            call(callback, answers);
          },
        },
        async () => {
          // As on a phone, where the page answers later: canvases mounted until then are found.
          await nextTurn();
          return { answers: asked.map(answer) };
        },
      );
      return ref(() => [], false);
    },
  };
  return query;
}

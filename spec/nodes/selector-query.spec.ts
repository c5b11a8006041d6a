// Selector queries: WeChat's shapes, asynchronous answers, null for elements that are not mounted.
import assert from "node:assert/strict";
import { createHost, type Host, type Wx } from "../../lib/index.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { assertPixel, decode } from "../support/pictures.ts";

type Query = ReturnType<Wx["createSelectorQuery"]>;

/** What the query's exec is called with. */
function asked(wx: Wx, ask: (query: Query) => unknown, component?: object): Promise<unknown[]> {
  const query = wx.createSelectorQuery();
  if (component) query.in(component);
  ask(query);
  return new Promise((resolve) => {
    query.exec(resolve);
  });
}

function mounted(host: Host): void {
  host.mountCanvas({ canvasId: "old", id: "old", className: "box legacy", width: 100, height: 50 });
  host.mountCanvas({
    id: "new",
    className: "box fresh",
    type: "2d",
    width: 200,
    height: 80,
    left: 10,
    top: 20,
  });
}

describe("createSelectorQuery", () => {
  it("gives the node with the mounted size", () =>
    withHost({}, async (host) => {
      mounted(host);
      const [answer] = (await asked(host.wx, (query) =>
        query.select("#new").fields({ node: true, size: true }),
      )) as { node: { width: number }; width: number; height: number }[];
      assert.deepEqual([answer?.width, answer?.height], [200, 80]);
      assert.equal(answer?.node.width, 300);
      const { node } = host.mountCanvas({ id: "new", type: "2d", width: 200, height: 80 });
      assert.equal(answer?.node, node);
    }));

  it("answers every kind of question in WeChat's shape", () =>
    withHost({ device: { windowWidth: 320, windowHeight: 480 } }, async (host) => {
      mounted(host);
      const calls: unknown[] = [];
      const answers = await asked(host.wx, (query) => {
        query.select("#new").boundingClientRect((rect) => calls.push(rect));
        query.selectAll(".box").fields({ id: true, size: true, rect: true });
        query.selectViewport().scrollOffset();
        query.selectViewport().boundingClientRect();
        query.select("#old").node();
        query
          .select("#old")
          .fields({ dataset: true, mark: true, properties: ["canvasId", "nothing"] });
        query.select("#new").fields({ computedStyle: ["width", "height", "color"], ref: true });
        query.select("#none").boundingClientRect((rect) => calls.push(rect));
        query.selectAll("#none").boundingClientRect();
        query.select("#new").ref((ref) => calls.push(ref));
      });
      const rect = { left: 10, right: 210, top: 20, bottom: 100, width: 200, height: 80 };
      assert.deepEqual(answers, [
        { id: "new", dataset: {}, ...rect },
        [
          { id: "old", left: 0, right: 100, top: 0, bottom: 50, width: 100, height: 50 },
          { id: "new", ...rect },
        ],
        { id: "", dataset: {}, scrollLeft: 0, scrollTop: 0, scrollWidth: 320, scrollHeight: 480 },
        {
          id: "",
          dataset: {},
          left: 0,
          right: 320,
          top: 0,
          bottom: 480,
          width: 320,
          height: 480,
        },
        { node: null },
        { dataset: {}, mark: {}, canvasId: "old" },
        { width: "200px", height: "80px", ref: null },
        null,
        [],
        { ref: null },
      ]);
      assert.deepEqual(calls, [answers[0], null, { ref: null }]);
    }));

  it("gives the drawing context of a legacy canvas, in its scope", () =>
    withHost({}, async (host) => {
      const component = {};
      mounted(host);
      host.mountCanvas({ canvasId: "old", id: "old", width: 7, height: 7, component });
      host.mountCanvas({ id: "new", type: "2d", width: 7, height: 7, component });
      const ask = (query: Query) => {
        query.select("#old").context();
        query.select("#old").fields({ context: true, size: true });
        query.select("#new").context();
        query.selectViewport().context();
      };
      const [first, second, node, viewport] = (await asked(host.wx, ask, component)) as {
        context: ReturnType<Wx["createCanvasContext"]>;
        width?: number;
      }[];
      assert.deepEqual([second?.width, node?.context, viewport?.context], [7, null, null]);
      first?.context.setFillStyle("#f00");
      first?.context.fillRect(0, 0, 7, 7);
      await new Promise((resolve) => first?.context.draw(false, resolve));
      const { data } = await host.canvasToBuffer({ canvasId: "old" }, component);
      assertPixel((await decode(data)).at(3, 3), [255, 0, 0, 255]);
    }));

  const found: [string, string[]][] = [
    ["#new", ["new"]],
    [".box", ["old", "new"]],
    [".box.fresh", ["new"]],
    [".fresh.box#new", ["new"]],
    ["canvas", ["old", "new"]],
    ["canvas.legacy", ["old"]],
    ["#old, #new", ["old", "new"]],
    ["#none,.legacy", ["old"]],
    [".page .list > .fresh", ["new"]],
    [".outer >>> #new", ["new"]],
    ["view", []],
    [".bo", []],
    ["#box", []],
  ];
  for (const [selector, ids] of found) {
    it(`finds ${ids.join(" and ") || "nothing"} by ${selector}`, () =>
      withHost({}, async (host) => {
        mounted(host);
        const [all, first] = (await asked(host.wx, (query) => {
          query.selectAll(selector).fields({ id: true });
          query.select(selector).fields({ id: true });
        })) as [{ id: string }[], { id: string } | null];
        assert.deepEqual(
          all.map(({ id }) => id),
          ids,
        );
        assert.equal(first?.id, ids[0]);
      }));
  }

  for (const selector of ["", "#", "a[b]", "a::after", 5, undefined]) {
    it(`refuses ${JSON.stringify(selector)} as a selector`, () =>
      withHost({}, async ({ wx }) => {
        const query = wx.createSelectorQuery();
        const failure = await failureOf(() => query.select(selector as string));
        assert.match(failure.errMsg, /^select:fail selector: expected /);
      }));
  }

  it("finds only in the scope of the component", () =>
    withHost({}, async (host) => {
      const component = {};
      mounted(host);
      host.mountCanvas({ id: "new", type: "2d", width: 7, height: 7, component });
      const widths = async (scope?: object) => {
        const size = (query: Query) => query.select("#new").fields({ size: true });
        const [answer] = (await asked(host.wx, size, scope)) as ({ width: number } | null)[];
        return answer?.width;
      };
      assert.equal(await widths(), 200);
      assert.equal(await widths(component), 7);
      assert.equal(await widths({}), undefined);
    }));

  it("answers later, finds what was mounted since, and can run again", () =>
    withHost({}, async (host) => {
      let answers: unknown[] = [];
      const query = host.wx.createSelectorQuery();
      query.select("#new").fields({ size: true });
      const done = new Promise<void>((resolve) => {
        query.exec((result) => {
          answers = result;
          resolve();
        });
      });
      assert.deepEqual(answers, []);
      mounted(host);
      await done;
      assert.deepEqual(answers, [{ width: 200, height: 80 }]);
      host.mountCanvas({ id: "new", type: "2d", width: 9, height: 9 });
      const again = await new Promise((resolve) => {
        query.exec(resolve);
      });
      assert.deepEqual(again, [{ width: 9, height: 9 }]);
    }));

  it("answers null for an unmounted canvas", () =>
    withHost({}, async (host) => {
      const { unmount } = host.mountCanvas({ id: "a", type: "2d", width: 5, height: 5 });
      unmount();
      const [answer] = await asked(host.wx, (query) => query.select("#a").node());
      assert.equal(answer, null);
    }));

  it("passes what a callback throws to onError, and calls the others", async () => {
    const errors: unknown[] = [];
    await withHost({ onError: (error) => errors.push(error) }, async (host) => {
      mounted(host);
      const answers = await asked(host.wx, (query) =>
        query.select("#new").fields({ id: true }, () => {
          throw new Error("oops");
        }),
      );
      assert.deepEqual(answers, [{ id: "new" }]);
      assert.match(String(errors[0]), /oops/);
    });
  });

  it("never answers on a disposed host; onError gets the failure", async () => {
    const errors: unknown[] = [];
    const host = createHost({ onError: (error) => errors.push(error) });
    const query = host.wx.createSelectorQuery();
    await host.dispose();
    query.select("#a").node();
    query.exec(() => assert.fail("called"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.match(String(errors[0]), /SelectorQuery.exec:fail the host has been disposed/);
  });
});

// What a service does with a poster's own failures, a poster's own type, and a slow store.
import assert from "node:assert/strict";
import { CanvasError } from "../../../lib/index.ts";
import {
  createPosterService,
  type PosterService,
  type Renderer,
  type RenderOptions,
} from "../../../lib/posters/index.ts";

const JPEG = Buffer.from("\xff\xd8 of a poster", "latin1");

/** A renderer without processes, whose pictures are JPEG. */
function rendererOf(draw: (options: RenderOptions) => void): Renderer {
  return {
    names: ["invite"],
    ready: Promise.resolve(),
    async render(_name, _data, options = {}) {
      draw(options);
      return { data: JPEG, width: 1, height: 1, type: "image/jpeg", warnings: [], stages: {} };
    },
    describe: async () => ({ cases: {} }),
    calls: async () => ({ calls: [], width: 0, height: 0, owners: new Uint32Array() }),
    stats: () => ({
      queued: 0,
      active: 0,
      processes: 1,
      ready: 1,
      restarts: 0,
      rendered: 0,
      bytes: 0,
      failed: {},
      stages: {},
      fetches: {},
    }),
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

let requests = 0;
/** Asks for a poster, of new data by default. */
function post(
  service: PosterService,
  accept: string,
  path = "/posters/invite",
  data: unknown = ++requests,
) {
  const init = { method: "POST", body: JSON.stringify({ data }), headers: { accept } };
  return service.fetch(new Request(`http://localhost${path}`, init));
}

describe("A failure with a code of the service's own", () => {
  for (const code of ["NOT_FOUND", "FORBIDDEN", "METHOD", "BODY_TOO_LARGE", "constructor"]) {
    it(`is 500 when a poster's code throws it (${code})`, async () => {
      const service = createPosterService(
        rendererOf(() => {
          throw new CanvasError(code, "of the poster");
        }),
      );
      const response = await post(service, "");
      assert.equal(response.status, 500);
      assert.deepEqual(await response.json(), { error: { code, message: "of the poster" } });
    });
  }
});

/** What Safari, and so WeChat on iOS, accepts for `<img>`; Firefox is alike. */
const SAFARI = "image/webp,image/avif,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5";

/** A renderer of a page that makes JPEG, and what it was asked for. */
function pageThatMakesJpeg(): { service: PosterService; asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  const service = createPosterService(
    rendererOf(({ fileType }) => {
      asked.push(fileType);
      if (fileType !== "png") return;
      throw Object.assign(new CanvasError("INVALID", "fileType: a jpg"), { isOwnType: true });
    }),
  );
  return { service, asked };
}

describe("A page that makes JPEG", () => {
  it("is answered where the client prefers PNG, and takes JPEG", async () => {
    const { service, asked } = pageThatMakesJpeg();
    for (let i = 0; i < 2; i++) {
      const response = await post(service, SAFARI);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "image/jpeg");
    }
    // The second time, what the poster makes is known.
    assert.deepEqual(asked, ["png", undefined, undefined]);
  });

  it("is refused where the client takes PNG only, or the extension says so", async () => {
    const { service, asked } = pageThatMakesJpeg();
    assert.equal((await post(service, "image/png")).status, 422);
    assert.equal((await post(service, SAFARI, "/posters/invite.png")).status, 422);
    assert.deepEqual(asked, ["png", "png"]);
  });

  it("is refused so after another client has had the same data as JPEG, too", async () => {
    const { service } = pageThatMakesJpeg();
    const statuses = [
      (await post(service, SAFARI, "/posters/invite.png", "same")).status,
      (await post(service, SAFARI, "/posters/invite", "same")).status,
      (await post(service, SAFARI, "/posters/invite.png", "same")).status,
      (await post(service, "image/png", "/posters/invite", "same")).status,
    ];
    assert.deepEqual(statuses, [422, 200, 422, 422]);
  });

  it("is answered so beside a client that takes PNG only", async () => {
    for (const [accepts, expected] of [
      [
        ["image/png", SAFARI],
        [422, 200],
      ],
      [
        [SAFARI, "image/png"],
        [200, 422],
      ],
    ] as const) {
      const { service, asked } = pageThatMakesJpeg();
      const answers = accepts.map((accept) => post(service, accept, "/posters/invite", "same"));
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      assert.deepEqual(statuses, expected);
      assert.deepEqual(asked, ["png", undefined]);
    }
  });

  it("is drawn once where it fails for any other reason", async () => {
    for (const code of ["DATA", "INVALID"]) {
      let draws = 0;
      const failing = createPosterService(
        rendererOf(() => {
          draws++;
          throw new CanvasError(code, "data: wrong");
        }),
      );
      assert.equal((await post(failing, SAFARI)).status, 422);
      assert.equal(draws, 1, code);
    }
  });
});

describe("A store that is slow", () => {
  it("has its pictures when the service is closed", async () => {
    let isStored = false;
    const store = {
      get: () => undefined,
      async put() {
        await new Promise((resolve) => setTimeout(resolve, 100));
        isStored = true;
      },
    };
    const service = createPosterService(
      rendererOf(() => {}),
      { store },
    );
    await post(service, "");
    assert.equal(isStored, false);
    await service.close();
    assert.equal(isStored, true);
  });

  it("delays the end by the time of a request at most", async () => {
    const store = { get: () => undefined, put: () => new Promise(() => {}) };
    const service = createPosterService(
      rendererOf(() => {}),
      { store, timeout: 200 },
    );
    await post(service, "");
    const begun = performance.now();
    await service.close();
    const took = performance.now() - begun;
    assert.ok(took > 190 && took < 5_000, `${took} ms`);
  });
});

// isUrl accepts URLs of any realm.
import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { isUrl } from "../lib/is-url.ts";

describe("isUrl", () => {
  it("accepts URLs of any realm, and nothing else", () => {
    const foreign = runInNewContext(
      "new (class { get [Symbol.toStringTag]() { return 'URL'; } })()",
    );
    for (const url of [new URL("file:///a"), foreign]) assert.equal(isUrl(url), true);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const other of ["file:///a", {}, null, undefined, proxy])
      assert.equal(isUrl(other), false);
  });
});

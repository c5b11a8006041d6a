// An optional package: loaded when it is installed, named by an error when it is not.
import assert from "node:assert/strict";
import { peer, require } from "../lib/require.ts";

describe("peer", () => {
  it("returns the package", () => {
    assert.equal(
      peer("sucrase", "files", () => require("sucrase")),
      require("sucrase"),
    );
  });

  it("names its purpose and the command that installs it", () => {
    assert.throws(() => peer("no-such-package", "files", () => require("no-such-package")), {
      code: "SOURCE",
      message: "fail files need the package no-such-package (npm install no-such-package)",
    });
    assert.throws(() => peer("no-such-a no-such-b", "pages", () => require("no-such-a")), {
      message:
        "fail pages need the packages no-such-a, no-such-b (npm install no-such-a no-such-b)",
    });
  });

  it("reports an installed package that cannot be loaded", () => {
    const cause = new Error("broken");
    const load = () => {
      throw cause;
    };
    assert.throws(() => peer("sucrase", "files", load), {
      code: "SOURCE",
      errMsg: "fail the package sucrase cannot be loaded: broken",
      cause,
    });
  });
});

// Names of pictures: made from titles, checked, and claimed by one test each.
import assert from "node:assert/strict";
import { claimName, nameFromTitle, releaseNames } from "../../lib/testing/names.ts";

describe("the name of a picture", () => {
  it("is the title of its test, fit for a file on every system", () => {
    const cases: [title: string, name: string][] = [
      ["draws an invitation", "draws an invitation"],
      ["poster > draws 邀请函", "poster - draws 邀请函"],
      ['a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j"],
      ["..", "test"],
      ["  spaced. ", "spaced"],
      ["CON", "test CON"],
      ["tab\there", "tab-here"],
      ["e\u0301", "\u00e9"],
    ];
    for (const [title, name] of cases) assert.equal(nameFromTitle(title), name);
  });

  it("keeps long titles apart by a hash", () => {
    const long = "长".repeat(300);
    const [one, other] = [nameFromTitle(`${long}a`), nameFromTitle(`${long}b`)];
    assert.ok(Buffer.byteLength(one) <= 146 && Buffer.byteLength(other) <= 146);
    assert.notEqual(one, other);
    assert.match(one, /^长+ [0-9a-f]{8}$/);
  });

  it("is numbered within a test, starts anew when the test is retried, and belongs to it", () => {
    const file = "/claims/a.spec.ts";
    const test = {};
    const running = (attempt: number) => ({ test, attempt, title: "", file: undefined });
    assert.deepEqual(
      [0, 0, 0, 1, 1].map((attempt) => claimName(file, "x", running(attempt))),
      ["x", "x 2", "x 3", "x", "x 2"],
    );
    const other = { test: {}, attempt: 0, title: "", file: undefined };
    for (const name of ["x", "X", "x 2"]) {
      assert.throws(
        () => claimName(file, name, other),
        /"?x.*is used twice in \/claims\/a\.spec\.ts/i,
      );
    }
    assert.equal(claimName("/claims/b.spec.ts", "x", other), "x");
  });

  it("can be used once when the runner does not name the running test", () => {
    assert.equal(claimName("/claims/c.spec.ts", "x", undefined), "x");
    assert.throws(() => claimName("/claims/c.spec.ts", "x", undefined), /used twice/);
    // The file has ended, and runs again, as when a runner watches it.
    releaseNames("/claims/c.spec.ts");
    assert.equal(claimName("/claims/c.spec.ts", "x", undefined), "x");
  });
});

// Properties, patterns and modules that are made when they are first used.
import assert from "node:assert/strict";
import { defineLate, lateLoad, latePattern } from "../lib/late.ts";

describe("a late property", () => {
  const lateOwner = () => {
    const made: object[] = [];
    const owner = {} as { value: object };
    defineLate(owner, "value", () => {
      const value = {};
      made.push(value);
      return value;
    });
    return { owner, made };
  };

  it("is made once, when it is first read; then it is a plain one", () => {
    const { owner, made } = lateOwner();
    assert.deepEqual(Object.keys(owner), ["value"]);
    assert.equal(made.length, 0);
    const { value } = owner;
    assert.equal(owner.value, value);
    assert.deepEqual(made, [value]);
    assert.equal(made[0], value);
    const { get, writable, enumerable } = Object.getOwnPropertyDescriptor(owner, "value") ?? {};
    assert.deepEqual([get, writable, enumerable], [undefined, true, true]);
  });

  it("can be set before it is read", () => {
    const { owner, made } = lateOwner();
    const value = {};
    owner.value = value;
    assert.equal(owner.value, value);
    assert.equal(made.length, 0);
  });

  it("is made once on an owner that is frozen before, and cannot be set there", () => {
    const { owner, made } = lateOwner();
    Object.freeze(owner);
    assert.throws(() => {
      owner.value = {};
    }, TypeError);
    assert.equal(owner.value, owner.value);
    assert.deepEqual(made, [owner.value]);
  });
});

describe("a late pattern", () => {
  it("is made once, of Unicode if nothing else is said", () => {
    const letter = latePattern(String.raw`^\p{L}$`);
    assert.deepEqual(letter(), /^\p{L}$/u);
    assert.equal(letter(), letter());
    assert.deepEqual(latePattern("a", "g")(), /a/g);
  });
});

describe("a late load", () => {
  it("is done once; one that failed is done again", async () => {
    let count = 0;
    const load = lateLoad(async () => {
      if (++count === 1) throw new Error("too many open files");
      return count;
    });
    await assert.rejects(load(), /too many open files/);
    assert.deepEqual(await Promise.all([load(), load()]), [2, 2]);
    assert.equal(await load(), 2);
  });
});

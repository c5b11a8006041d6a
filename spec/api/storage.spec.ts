// Storage and base64: values come back as copies, in the async and the sync form.
import assert from "node:assert/strict";
import fc from "fast-check";
import { failureOf, withHost } from "../support/hosts.ts";

describe("storage", () => {
  it("returns JSON values, numbers, texts and dates", () =>
    withHost({}, ({ wx }) => {
      const date = new Date(0);
      for (const value of [1, "a", true, null, [1, { a: 2 }], { b: [] }, date, ""]) {
        wx.setStorageSync("key", value);
        assert.deepEqual(wx.getStorageSync("key"), value);
      }
      assert.equal(wx.getStorageSync("none"), "");
    }));

  it("drops what JSON does not represent", () =>
    withHost({}, ({ wx }) => {
      for (const value of [() => 1, { toJSON() {} }, undefined]) {
        wx.setStorageSync("key", value);
        assert.equal(wx.getStorageSync("key"), undefined);
      }
      wx.setStorageSync("key", { kept: 1, lost: () => 1 });
      assert.deepEqual(wx.getStorageSync("key"), { kept: 1 });
    }));

  it("counts the bytes of numbers of any size, symbols and keys", () =>
    withHost({}, async ({ wx }) => {
      const large = 1n << 8_000_000n;
      wx.setStorageSync("small", 5n);
      assert.equal(wx.getStorageSync("small"), 5n);
      wx.setStorageSync("large", large);
      assert.equal(wx.getStorageInfoSync().currentSize, 977);
      const beyond = (data: unknown) => failureOf(() => wx.setStorageSync("more", data));
      assert.equal((await beyond(large << 1_000_000n)).code, "TOO_LARGE");
      assert.equal((await beyond(Symbol("a".repeat(1_048_577)))).code, "TOO_LARGE");
      // Three bytes each, and one entry more or less leaves the rest as it is.
      wx.setStorageSync("海".repeat(1024), "");
      assert.equal(wx.getStorageInfoSync().currentSize, 980);
      wx.removeStorageSync("large");
      wx.removeStorageSync("none");
      assert.equal(wx.getStorageInfoSync().currentSize, 4);
      wx.setStorageSync("small", "");
      wx.clearStorageSync();
      assert.equal(wx.getStorageInfoSync().currentSize, 0);
    }));

  it("returns a new copy each time", () =>
    withHost({}, ({ wx }) => {
      const value = { list: [1] };
      wx.setStorageSync("key", value);
      value.list.push(2);
      wx.getStorageSync("key").list.push(3);
      assert.deepEqual(wx.getStorageSync("key"), { list: [1] });
    }));

  it("has an asynchronous form of each function", () =>
    withHost({}, async ({ wx }) => {
      assert.deepEqual(await wx.setStorage({ key: "a", data: { b: 1 } }), {
        errMsg: "setStorage:ok",
      });
      assert.deepEqual(await wx.getStorage({ key: "a" }), {
        data: { b: 1 },
        errMsg: "getStorage:ok",
      });
      assert.deepEqual(await wx.getStorageInfo(), {
        keys: ["a"],
        currentSize: 1,
        limitSize: 10240,
        errMsg: "getStorageInfo:ok",
      });
      await wx.removeStorage({ key: "a" });
      const failure = await failureOf(() => wx.getStorage({ key: "a" }));
      assert.equal(failure.errMsg, "getStorage:fail data not found");
      wx.setStorageSync("a", 1);
      await wx.clearStorage();
      assert.deepEqual(wx.getStorageInfoSync().keys, []);
    }));

  it("belongs to its host, and accepts any string as a key", () =>
    withHost({}, (one) =>
      withHost({}, (other) => {
        for (const key of ["__proto__", "constructor", "海报", " "]) {
          one.wx.setStorageSync(key, 1);
          assert.equal(one.wx.getStorageSync(key), 1);
          assert.equal(other.wx.getStorageSync(key), "");
          one.wx.removeStorageSync(key);
        }
        assert.equal(one.wx.getStorageInfoSync().currentSize, 0);
      }),
    ));

  it("has the limits of a phone: 1 MB for a key, 10 MB in all", () =>
    withHost({}, async ({ wx }) => {
      const megabyte = "x".repeat(1024 * 1024 - 10);
      const failure = await failureOf(() => wx.setStorageSync("a", `${megabyte}${megabyte}`));
      assert.match(failure.errMsg, /^setStorageSync:fail data: exceeds the storage limit of 1 MB/);
      for (let i = 0; i < 10; i++) wx.setStorageSync(`key${i}`, megabyte);
      const full = await failureOf(() => wx.setStorage({ key: "more", data: megabyte }));
      assert.equal(full.code, "TOO_LARGE");
      wx.setStorageSync("key0", megabyte);
      wx.clearStorageSync();
      wx.setStorageSync("more", megabyte);
    }));

  for (const key of [undefined, null, 5, "", {}]) {
    it(`refuses the key ${JSON.stringify(key)}`, () =>
      withHost({}, async ({ wx }) => {
        const failure = await failureOf(() => wx.setStorageSync(key as string, 1));
        assert.match(failure.errMsg, /^setStorageSync:fail key: expected a string, got /);
        await assert.rejects(wx.setStorage({ key: key as string, data: 1 }), /^.*setStorage:fail/);
      }));
  }

  it("refuses values that JSON cannot represent", () =>
    withHost({}, async ({ wx }) => {
      const circle: Record<string, unknown> = {};
      circle.itself = circle;
      assert.equal((await failureOf(() => wx.setStorageSync("a", circle))).code, "INVALID");
    }));
});

describe("base64", () => {
  it("encodes and decodes", () =>
    withHost({}, ({ wx }) => {
      fc.assert(
        fc.property(fc.uint8Array(), (bytes) => {
          const base64 = wx.arrayBufferToBase64(Uint8Array.from(bytes).buffer);
          assert.equal(base64, Buffer.from(bytes).toString("base64"));
          const back = wx.base64ToArrayBuffer(base64);
          assert.ok(back instanceof ArrayBuffer);
          assert.deepEqual(new Uint8Array(back), Uint8Array.from(bytes));
        }),
      );
    }));

  it("is decoded without its padding, too", () =>
    withHost({}, ({ wx }) => {
      for (const text of ["AQI=", "AQI"]) {
        assert.deepEqual(new Uint8Array(wx.base64ToArrayBuffer(text)), new Uint8Array([1, 2]));
      }
    }));

  it("encodes only the part of a view, and refuses other values", () =>
    withHost({}, async ({ wx }) => {
      const bytes = new Uint8Array([1, 2, 3, 4]);
      assert.equal(wx.arrayBufferToBase64(bytes.subarray(1, 3)), "AgM=");
      for (const value of [undefined, "AQ==", [1], {}]) {
        await failureOf(() => wx.arrayBufferToBase64(value as never));
      }
      await failureOf(() => wx.base64ToArrayBuffer(5 as never));
    }));

  it("does not report a missing key to onError", async () => {
    const received: unknown[] = [];
    await withHost({ onError: (error) => received.push(error) }, async ({ wx }) => {
      wx.getStorage({ key: "none", success() {} });
      wx.getStorage({ key: "none" });
      const failure = await failureOf(() => wx.getStorage({ key: "none" }));
      assert.equal(failure.errMsg, "getStorage:fail data not found");
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    assert.deepEqual(received, []);
  });
});

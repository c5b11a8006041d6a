// Toasts, dialogs, pickers and navigation: their answers without hooks, and by hooks of the host.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import type { HostOptions, Wx } from "../../lib/index.ts";
import { failureOf, withHost } from "../support/hosts.ts";

describe("without a hook", () => {
  const answers: [string, (wx: Wx) => unknown, object][] = [
    ["showToast", (wx) => wx.showToast({ title: "a" }), {}],
    ["hideToast", (wx) => wx.hideToast(), {}],
    ["showLoading", (wx) => wx.showLoading({ title: "a" }), {}],
    ["hideLoading", (wx) => wx.hideLoading(), {}],
    [
      "showModal",
      (wx) => wx.showModal({ title: "a" }),
      { confirm: true, cancel: false, content: "" },
    ],
    ["showActionSheet", (wx) => wx.showActionSheet({ itemList: ["a", "b"] }), { tapIndex: 0 }],
    ["authorize", (wx) => wx.authorize({ scope: "scope.writePhotosAlbum" }), {}],
    ["navigateBack", (wx) => wx.navigateBack(), {}],
    ["redirectTo", (wx) => wx.redirectTo({ url: "a" }), {}],
    ["reLaunch", (wx) => wx.reLaunch({ url: "a" }), {}],
    ["switchTab", (wx) => wx.switchTab({ url: "a" }), {}],
    ["previewImage", (wx) => wx.previewImage({ urls: ["a"] }), {}],
  ];
  for (const [api, call, result] of answers) {
    it(`${api} succeeds`, () =>
      withHost({}, async ({ wx }) => {
        assert.deepEqual(await call(wx), { ...result, errMsg: `${api}:ok` });
      }));
  }

  it("all permissions are granted", () =>
    withHost({}, async ({ wx }) => {
      for (const { authSetting, errMsg } of [await wx.getSetting(), await wx.openSetting()]) {
        assert.equal(authSetting["scope.writePhotosAlbum"], true);
        assert.match(errMsg, /^(get|open)Setting:ok$/);
      }
    }));

  it("navigateTo returns a channel", () =>
    withHost({}, async ({ wx }) => {
      const { eventChannel } = await wx.navigateTo({ url: "/pages/a" });
      const unexpected = () => assert.fail("nobody answers");
      eventChannel.on("a", unexpected);
      eventChannel.once("a", unexpected);
      eventChannel.emit("a", 1);
      eventChannel.off("a", unexpected);
    }));

  it("chooseImage chooses no picture", () =>
    withHost({}, async ({ wx }) => {
      const errMsg = "chooseImage:ok";
      assert.deepEqual(await wx.chooseImage(), { tempFilePaths: [], tempFiles: [], errMsg });
      assert.deepEqual((await wx.chooseMedia()).tempFiles, []);
    }));

  it("a hook that chooses pictures gets the texts of the options, or their defaults", async () => {
    const asked: unknown[] = [];
    const onChooseImage = (options: unknown) => {
      asked.push(options);
      return [];
    };
    await withHost({ onChooseImage }, async ({ wx }) => {
      const options = { sizeType: ["original"], sourceType: 5 as never };
      await failureOf(() => wx.chooseImage(options as never));
    });
    const [{ sizeType, sourceType }] = asked as [Record<string, unknown>];
    assert.deepEqual([sizeType, sourceType], [["original"], ["album", "camera"]]);
  });

  it("a hook that chooses no picture cancels the call", () =>
    withHost({ onChooseImage: () => [] }, async ({ wx }) => {
      assert.equal((await failureOf(() => wx.chooseImage())).errMsg, "chooseImage:fail cancel");
      assert.equal((await failureOf(() => wx.chooseMedia())).errMsg, "chooseMedia:fail cancel");
    }));

  it("lists of texts are checked", () =>
    withHost({}, async ({ wx }) => {
      for (const list of [undefined, "a", [1], []]) {
        const failure = await failureOf(() => wx.showActionSheet({ itemList: list as never }));
        assert.match(
          failure.errMsg,
          /^showActionSheet:fail itemList: expected an array of strings/,
        );
      }
      for (const urls of [undefined, "a", [1]]) {
        const failure = await failureOf(() => wx.previewImage({ urls: urls as never }));
        assert.match(failure.errMsg, /^previewImage:fail urls: expected an array of strings/);
      }
    }));

  it("all functions work unbound and by callback", () =>
    withHost({}, async ({ wx: { showModal } }) => {
      const order: string[] = [];
      await new Promise<void>((resolve) => {
        showModal({
          success: ({ confirm }) => order.push(`success ${confirm}`),
          complete() {
            order.push("complete");
            resolve();
          },
        });
        order.push("returned");
      });
      assert.deepEqual(order, ["returned", "success true", "complete"]);
    }));
});

describe("the hooks", () => {
  it("answer the calls", async () => {
    const received: unknown[] = [];
    const options: HostOptions = {
      onToast: (toast) => void received.push(toast),
      onModal: ({ title, editable }) => ({ confirm: title === "yes", content: `${editable}` }),
      onActionSheet: async ({ itemList }) => itemList.indexOf("b"),
      onSetting: () => ({ "scope.camera": false }),
      onNavigate: (navigation) => void received.push(navigation),
      onPreviewImage: (preview) => void received.push(preview),
    };
    await withHost(options, async ({ wx }) => {
      const { confirm, cancel, content } = await wx.showModal({ title: "yes", editable: true });
      assert.deepEqual([confirm, cancel, content], [true, false, "true"]);
      assert.equal((await wx.showModal({ title: "no" })).cancel, true);
      assert.equal((await wx.showActionSheet({ itemList: ["a", "b"] })).tapIndex, 1);
      await assert.rejects(wx.showActionSheet({ itemList: ["a"] }) as Promise<unknown>);
      const { authSetting } = await wx.getSetting();
      assert.equal(authSetting["scope.camera"], false);
      assert.equal(authSetting["scope.writePhotosAlbum"], true);
      const denied = await failureOf(() => wx.authorize({ scope: "scope.camera" }));
      assert.equal(denied.errMsg, "authorize:fail auth deny");
      await wx.showToast({ title: "t" });
      await wx.showToast({ title: 5, image: "/a.png", duration: 9, mask: true } as never);
      await wx.showLoading({ title: "l", mask: true });
      await wx.hideLoading();
      await wx.navigateTo({ url: "/a?b=1" });
      await wx.navigateBack({ delta: 2 });
      await wx.previewImage({ urls: ["a", "b"], current: "b" });
      await wx.previewImage({ urls: ["a", "b"] });
      await wx.previewImage({ urls: [] });
      await wx.showShareImageMenu({ path: "/lib/index.ts" });
      assert.deepEqual(received, [
        { title: "t", icon: "success", duration: 1500, mask: false },
        { title: "5", icon: "success", image: "/a.png", duration: 9, mask: true },
        { title: "l", icon: "loading", mask: true },
        undefined,
        { api: "navigateTo", url: "/a?b=1" },
        { api: "navigateBack", delta: 2 },
        { urls: ["a", "b"], current: "b" },
        { urls: ["a", "b"], current: "a" },
        { urls: [], current: "" },
        { urls: ["/lib/index.ts"], current: "/lib/index.ts" },
      ]);
      const missing = await failureOf(() => wx.showShareImageMenu({ path: "/none.png" }));
      assert.match(missing.errMsg, /^showShareImageMenu:fail .*no such file/);
    });
  });

  it("confirm a modal and cancel a sheet when they return undefined", () =>
    withHost({ onModal: () => undefined, onActionSheet: () => undefined }, async ({ wx }) => {
      assert.equal((await wx.showModal({})).confirm, true);
      const failure = await failureOf(() => wx.showActionSheet({ itemList: ["a"] }));
      assert.equal(failure.errMsg, "showActionSheet:fail cancel");
    }));

  const oops = () => {
    throw new Error("oops");
  };
  it("make the call fail when they throw or reject", () =>
    withHost(
      {
        onToast: oops,
        onModal: async () => oops(),
        onActionSheet: oops,
        onSetting: oops,
        onNavigate: oops,
        onChooseImage: oops,
        onPreviewImage: oops,
      },
      async ({ wx }) => {
        for (const call of [
          () => wx.showToast({ title: "" }),
          () => wx.hideLoading(),
          () => wx.showModal({}),
          () => wx.showActionSheet({ itemList: ["a"] }),
          () => wx.getSetting(),
          () => wx.authorize({ scope: "a" }),
          () => wx.navigateTo({ url: "a" }),
          () => wx.chooseImage(),
          () => wx.previewImage({ urls: ["a"] }),
        ]) {
          assert.match((await failureOf(call)).errMsg, /^\w+:fail oops$/);
        }
      },
    ));

  const unreadable = Object.defineProperty({}, "message", { get: oops });
  for (const [thrown, reason] of [
    ["no", '"no"'],
    [undefined, "undefined"],
    [{ message: 5 }, "an object"],
    [unreadable, "an object"],
  ] as const) {
    it(`make the call fail with ${reason} when they throw it, which is no error`, () => {
      const onModal = () => {
        throw thrown;
      };
      return withHost({ onModal }, async ({ wx }) => {
        const failure = await failureOf(() => wx.showModal({}));
        assert.equal(failure.errMsg, `showModal:fail ${reason}`);
        assert.equal(failure.code, "INVALID");
      });
    });
  }

  it("have to be functions", async () => {
    const failure = await failureOf(() => withHost({ onModal: true as never }, () => {}));
    assert.match(failure.errMsg, /onModal: expected a function, got true$/);
  });

  const wrong: [string, HostOptions, (wx: Wx) => unknown][] = [
    ["onModal", { onModal: () => 5 as never }, (wx) => wx.showModal({})],
    ["onActionSheet", { onActionSheet: () => 2 }, (wx) => wx.showActionSheet({ itemList: ["a"] })],
    ["onSetting", { onSetting: () => 5 as never }, (wx) => wx.getSetting()],
    ["onChooseImage", { onChooseImage: () => "a" as never }, (wx) => wx.chooseImage()],
    ["onChooseImage", { onChooseImage: () => [5] as never }, (wx) => wx.chooseImage()],
  ];
  for (const [name, options, call] of wrong) {
    it(`make the call fail when ${name} returns a wrong value`, () =>
      withHost(options, async ({ wx }) => {
        const failure = await failureOf(() => call(wx));
        assert.match(failure.errMsg, new RegExp(`fail ${name}: expected `));
      }));
  }
});

describe("chosen and saved pictures", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spec-"));
    await writeFile(join(folder, "a.png"), createCanvas(3, 2).toBuffer("image/png"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("are copies in the temp directory, which the code can read", () => {
    const jpeg = createCanvas(5, 4).toBuffer("image/jpeg");
    const choices: unknown[] = [];
    const options: HostOptions = {
      onChooseImage(choice) {
        choices.push(choice);
        return [join(folder, "a.png"), jpeg];
      },
    };
    return withHost(options, async (host) => {
      const { tempFilePaths, tempFiles } = await host.wx.chooseImage({ count: 2 });
      assert.equal(tempFilePaths.length, 2);
      assert.deepEqual(
        tempFiles.map(({ path }) => path),
        tempFilePaths,
      );
      assert.notEqual(tempFilePaths[0], join(folder, "a.png"));
      assert.ok(jpeg.equals(await readFile(host.resolvePath(tempFilePaths[1] ?? ""))));
      const media = await host.wx.chooseMedia({ count: 1 });
      assert.equal(media.tempFiles.length, 1);
      const [file] = media.tempFiles;
      assert.deepEqual([file?.width, file?.height, file?.fileType], [3, 2, "image"]);
      assert.deepEqual(choices[0], {
        count: 2,
        sizeType: ["original", "compressed"],
        sourceType: ["album", "camera"],
      });
    });
  });

  it("fail when they do not exist", () =>
    withHost({ onChooseImage: () => [join(folder, "none.png")] }, async ({ wx }) => {
      assert.equal((await failureOf(() => wx.chooseImage())).code, "ENOENT");
    }));

  it("are passed to onSaveImage by their real path", () => {
    const saved: Buffer[] = [];
    const options: HostOptions = {
      tempFilePaths: "wxfile",
      async onSaveImage(path) {
        saved.push(await readFile(path));
      },
    };
    return withHost(options, async (host) => {
      host.createCanvas("a", 5, 5);
      const { tempFilePath } = await host.wx.canvasToTempFilePath({ canvasId: "a" });
      assert.match(tempFilePath, /^wxfile:/);
      const { errMsg } = await host.wx.saveImageToPhotosAlbum({ filePath: tempFilePath });
      assert.equal(errMsg, "saveImageToPhotosAlbum:ok");
      assert.ok(saved[0]?.equals(await readFile(host.resolvePath(tempFilePath))));
    });
  });

  it("are not saved when they are missing or may not be read", () =>
    withHost({ onSaveImage: () => assert.fail("called") }, async ({ wx }) => {
      for (const filePath of ["wxfile://tmp_none.png", "/etc/hostname", "", undefined]) {
        const failure = await failureOf(() =>
          wx.saveImageToPhotosAlbum({ filePath: filePath as string }),
        );
        assert.match(failure.errMsg, /^saveImageToPhotosAlbum:fail /);
      }
    }));
});

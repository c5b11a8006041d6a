// we-cropper: a square cut out of a picture that a finger has moved.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { decode, psnr } from "../spec/support/pictures.ts";
import { assertBetween, piece, root, withFrame } from "./support.ts";

describe("we-cropper", () => {
  it("crops the square that its frame shows", () =>
    withFrame(async (frame, host) => {
      const { instance } = frame.openPage("pages/we-cropper", {
        query: { src: "/images/cover.jpg" },
        canvases: ({ cropperOpt }) => {
          const { width, height, pixelRatio } = cropperOpt as Record<string, number>;
          return [
            { canvasId: "cropper", width: width ?? 0, height: height ?? 0 },
            {
              canvasId: "targetCropper",
              width: (width ?? 0) * (pixelRatio ?? 1),
              height: (height ?? 0) * (pixelRatio ?? 1),
            },
          ];
        },
      });
      await instance.ready;
      const before = instance.cropper.imgLeft;
      await instance.touch();
      assertBetween(instance.cropper.imgLeft - before, -40, -20, "moved by the finger");
      const picture = await piece(host, "we-cropper", await instance.crop());
      assert.deepEqual([picture.width, picture.height], [600, 600]);

      const { imgLeft, imgTop, scaleWidth, scaleHeight } = instance.cropper;
      const { cut } = instance.data.cropperOpt as { cut: Record<string, number> };
      const [scaleX, scaleY] = [600 / scaleWidth, 400 / scaleHeight];
      const part = sharp(await readFile(`${root}images/cover.jpg`)).extract({
        left: Math.round(((cut.x ?? 0) - imgLeft) * scaleX),
        top: Math.round(((cut.y ?? 0) - imgTop) * scaleY),
        width: Math.round((cut.width ?? 0) * scaleX),
        height: Math.round((cut.height ?? 0) * scaleY),
      });
      const expected = await decode(await part.resize(600, 600, { fit: "fill" }).png().toBuffer());
      assertBetween(psnr(picture, expected), 24, 99, "likeness to that part of the picture");
    }));
});

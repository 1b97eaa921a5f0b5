import { expect, test } from "vitest";
import { avcCodec, avcRecord, topBox } from "../../src/player/boxes";

function box(name: string, ...content: number[]): number[] {
  const size = 8 + content.length;
  return [0, 0, size >> 8, size & 255, ...new TextEncoder().encode(name), ...content];
}

test("the codec string has profile, constraints and level", () => {
  expect(avcCodec(Uint8Array.of(1, 0x4d, 0x40, 0x1f, 0xff))).toBe("avc1.4d401f");
  expect(avcCodec(Uint8Array.of(1, 0x42, 0x00, 0x0a))).toBe("avc1.42000a");
});

test("what is no record has no codec", () => {
  expect(avcCodec(Uint8Array.of(2, 0x4d, 0x40, 0x1f))).toBeUndefined();
  expect(avcCodec(Uint8Array.of(1, 0x4d))).toBeUndefined();
});

test("the record is found below moov", () => {
  const init = Uint8Array.from([...box("ftyp", 1, 2, 3, 4), ...box("moov", ...box("avc1", ...box("avcC", 1, 0x64, 0, 0x28)))]);
  expect([...avcRecord(init)!.subarray(0, 4)]).toEqual([1, 0x64, 0, 0x28]);
  expect(avcRecord(Uint8Array.from(box("ftyp", 1)))).toBeUndefined();
});

test("a top-level box is found behind others, and not inside them", () => {
  const fragment = Uint8Array.from([...box("moof", ...box("mdat", 1)), ...box("mdat", 9, 8, 7)]);
  expect([...topBox(fragment, "mdat")!]).toEqual([9, 8, 7]);
  expect(topBox(Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 4), "mdat")).toBeUndefined();
});

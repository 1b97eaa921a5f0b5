import { expect, test } from "vitest";
import { avcCodec, codecName, decoderRecord, hevcCodec, topBox } from "../../src/player/boxes";

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

/** The head of a record: profile byte, compatibility, constraints, level. */
function hevc(profile: number, flags: readonly number[], constraints: readonly number[], level: number): Uint8Array {
  return Uint8Array.of(1, profile, ...flags, ...constraints, level, 0xf0);
}

test("the codec string of H.265 is that of ISO/IEC 14496-15 Annex E", () => {
  expect(hevcCodec(hevc(1, [0x60, 0, 0, 0], [0x90, 0, 0, 0, 0, 0], 93))).toBe("hvc1.1.6.L93.90");
  expect(hevcCodec(hevc(1, [0x60, 0, 0, 0], [0, 0, 0, 0, 0, 0], 30))).toBe("hvc1.1.6.L30");
  expect(hevcCodec(hevc(0xff, [255, 255, 255, 255], [255, 0, 255, 255, 255, 255], 255))).toBe(
    "hvc1.C31.FFFFFFFF.H255.FF.0.FF.FF.FF.FF",
  );
  expect(hevcCodec(Uint8Array.of(1, 1, 0x60))).toBeUndefined();
  expect(hevcCodec(hevc(1, [0x60, 0, 0, 0], [0x90, 0, 0, 0, 0, 0], 93).fill(0, 0, 1))).toBeUndefined();
});

test("people are told the codec's name, not its string", () => {
  expect(codecName("hvc1.1.6.L93.90")).toBe("H.265");
  expect(codecName("avc1.4d401f")).toBe("H.264");
});

test("the record is found below moov", () => {
  const init = Uint8Array.from([...box("ftyp", 1, 2, 3, 4), ...box("moov", ...box("avc1", ...box("avcC", 1, 0x64, 0, 0x28)))]);
  expect([...decoderRecord(init, "h264")!.subarray(0, 4)]).toEqual([1, 0x64, 0, 0x28]);
  expect(decoderRecord(init, "h265")).toBeUndefined();
  expect(decoderRecord(Uint8Array.from(box("ftyp", 1)), "h264")).toBeUndefined();
});

test("a top-level box is found behind others, and not inside them", () => {
  const fragment = Uint8Array.from([...box("moof", ...box("mdat", 1)), ...box("mdat", 9, 8, 7)]);
  expect([...topBox(fragment, "mdat")!]).toEqual([9, 8, 7]);
  expect(topBox(Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 4), "mdat")).toBeUndefined();
});

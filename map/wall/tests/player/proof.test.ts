import { expect, test } from "vitest";
import { findProof, PROOF_UUID } from "../../src/player/proof";

const TEXT = "0000000c" + "01" + "0000000000000abc" + "00060a2418202240";

function sei(uuid: Uint8Array, text: string): number[] {
  const body = [...uuid, ...new TextEncoder().encode(text)];
  return [6, 5, body.length, ...body, 0x80];
}

function unit(...nals: number[][]): Uint8Array {
  return Uint8Array.from(nals.flatMap((nal) => [0, 0, nal.length >> 8, nal.length & 255, ...nal]));
}

const SLICE = [0x65, 1, 2, 3];
const PROOF = { camera: 12, profile: 1, frame: 0xabc, sentMs: 1700000000123.456 };

test("the farm's proof is read wherever it stands", () => {
  expect(findProof(unit(sei(PROOF_UUID, TEXT), SLICE))).toEqual(PROOF);
  expect(findProof(unit(SLICE, [9, 0xf0], sei(PROOF_UUID, TEXT)))).toEqual(PROOF);
});

test("an SEI message of another kind before it does not hide it", () => {
  const timing = [1, 3, 7, 7, 7];
  const ours = sei(PROOF_UUID, TEXT).slice(1);
  expect(findProof(unit([6, ...timing, ...ours]))).toEqual(PROOF);
});

test("somebody else's user data is no proof", () => {
  const other = PROOF_UUID.slice();
  other[15]! ^= 1;
  expect(findProof(unit(sei(other, TEXT)))).toBeUndefined();
});

test("text that is not hexadecimal is no proof", () => {
  expect(findProof(unit(sei(PROOF_UUID, "x" + TEXT.slice(1))))).toBeUndefined();
});

test("cut or damaged units never throw", () => {
  const whole = unit(sei(PROOF_UUID, TEXT), SLICE);
  for (let cut = 0; cut < whole.length; cut++) findProof(whole.subarray(0, cut));
  for (let at = 0; at < whole.length; at++) {
    const damaged = whole.slice();
    damaged[at] = 255;
    findProof(damaged);
  }
});

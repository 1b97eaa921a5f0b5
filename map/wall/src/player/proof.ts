/**
 * Whose picture is it, and which one? Reads the proof that a simulated camera puts
 * into each access unit: a user_data_unregistered SEI message (ISO/IEC 14496-10,
 * D.1.7) with our UUID and hexadecimal text. Pure; used with `?proof` only.
 */

export interface Proof {
  readonly camera: number;
  readonly profile: number;
  readonly frame: number;
  /** When the camera sent it, ms since 1970 UTC by its clock. */
  readonly sentMs: number;
}

const UUID_BYTES = 16;
const NAL_SEI = 6;
const SEI_USER_DATA_UNREGISTERED = 5;
/** Camera 8, profile 2, frame 16, µs 16 digits. */
const TEXT = /^([0-9a-f]{8})([0-9a-f]{2})([0-9a-f]{16})([0-9a-f]{16})/i;
const TEXT_BYTES = 42;

/** f5d1c2a7-6e84-4b39-9d53-a1e7b8c46d92, as in tests/farm/proof.c */
export const PROOF_UUID = Uint8Array.of(
  0xf5, 0xd1, 0xc2, 0xa7, 0x6e, 0x84, 0x4b, 0x39, 0x9d, 0x53, 0xa1, 0xe7, 0xb8, 0xc4, 0x6d, 0x92,
);

/** The proof in an access unit of NAL units behind 4-byte lengths, if it has one. */
export function findProof(unit: Uint8Array): Proof | undefined {
  const view = new DataView(unit.buffer, unit.byteOffset, unit.byteLength);
  let at = 0;
  while (at + 5 <= unit.length) {
    const size = view.getUint32(at);
    const nal = unit.subarray(at + 4, at + 4 + size);
    if (((nal[0] ?? 0) & 0x1f) === NAL_SEI) {
      const proof = proofOfSei(nal);
      if (proof) return proof;
    }
    at += 4 + size;
  }
  return undefined;
}

/** Reads an SEI number: bytes of 255, then the rest. Returns [value, next]. */
function seiNumber(nal: Uint8Array, at: number): [number, number] {
  let value = 0;
  while (nal[at] === 255) {
    value += 255;
    at += 1;
  }
  return [value + (nal[at] ?? 0), at + 1];
}

function proofOfSei(nal: Uint8Array): Proof | undefined {
  let at = 1;
  while (at + 2 < nal.length) {
    const [type, afterType] = seiNumber(nal, at);
    const [size, start] = seiNumber(nal, afterType);
    if (type === SEI_USER_DATA_UNREGISTERED && size >= UUID_BYTES + TEXT_BYTES) {
      const proof = proofOfPayload(nal.subarray(start, start + size));
      if (proof) return proof;
    }
    at = start + size;
  }
  return undefined;
}

function proofOfPayload(payload: Uint8Array): Proof | undefined {
  if (PROOF_UUID.some((byte, i) => payload[i] !== byte)) return undefined;
  const text = new TextDecoder("latin1").decode(payload.subarray(UUID_BYTES, UUID_BYTES + TEXT_BYTES));
  const match = TEXT.exec(text);
  if (!match) return undefined;
  const [camera, profile, frame, sentUs] = match.slice(1).map((digits) => parseInt(digits, 16));
  return { camera: camera!, profile: profile!, frame: frame!, sentMs: sentUs! / 1000 };
}

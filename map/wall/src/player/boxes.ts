/**
 * The little of ISO/IEC 14496-12 and -15 that a player must know of what it is sent.
 * Pure.
 */
import type { Codec } from "../wire/frame";

/** `avc1.PPCCLL` from an AVCDecoderConfigurationRecord, or undefined if it is none. */
export function avcCodec(record: Uint8Array): string | undefined {
  const [version, profile, compat, level] = record;
  if (version !== 1 || profile === undefined || compat === undefined || level === undefined) return undefined;
  return "avc1." + [profile, compat, level].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** Size and name. */
const BOX_HEAD = 8;

/** Bytes of an HEVCDecoderConfigurationRecord up to the level. */
const HEVC_HEAD = 13;
const HEVC_SPACES = ["", "A", "B", "C"] as const;

/**
 * `hvc1.…` (ISO/IEC 14496-15 Annex E) from an HEVCDecoderConfigurationRecord, or
 * undefined if it is none.
 */
export function hevcCodec(record: Uint8Array): string | undefined {
  if (record.length < HEVC_HEAD || record[0] !== 1) return undefined;
  const profile = record[1]!;
  const flags = new DataView(record.buffer, record.byteOffset).getUint32(2);
  const constraints = [...record.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    "hvc1",
    `${HEVC_SPACES[profile >> 6]!}${profile & 31}`,
    hex(reverseBits(flags)),
    `${profile & 32 ? "H" : "L"}${record[12]!}`,
    ...constraints.map(hex),
  ].join(".");
}

function hex(value: number): string {
  return value.toString(16).toUpperCase();
}

function reverseBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) if ((value >>> bit) & 1) reversed |= 1 << (31 - bit);
  return reversed >>> 0;
}

/** The codec string that a decoder configuration record of `codec` stands for. */
export function codecString(codec: Codec, record: Uint8Array): string | undefined {
  return codec === "h265" ? hevcCodec(record) : avcCodec(record);
}

/** What people call it. */
export function codecName(codec: string): string {
  if (codec.startsWith("hvc1")) return "H.265";
  return codec.startsWith("avc1") ? "H.264" : codec;
}

/** The decoder configuration record somewhere below `moov`. */
export function decoderRecord(init: Uint8Array, codec: Codec): Uint8Array | undefined {
  // Found by its name instead of by walking moov/trak/mdia/minf/stbl/stsd/avc1:
  // the engine's init segment has nothing in it where these four letters could
  // stand otherwise.
  const name = codec === "h265" ? "hvcC" : "avcC";
  for (let at = 4; at + 4 < init.length; at++) {
    if (boxName(init, at) === name) return init.subarray(at + 4);
  }
  return undefined;
}

/** One of a row of boxes: borrowed. */
export interface Box {
  readonly name: string;
  /** With its head. */
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
}

/** The boxes that `bytes` are a row of. */
export function boxesIn(bytes: Uint8Array): Box[] {
  const view = viewOf(bytes);
  const boxes: Box[] = [];
  let at = 0;
  while (at + BOX_HEAD <= bytes.length) {
    const size = view.getUint32(at);
    if (size < BOX_HEAD) break; // 64-bit sizes and "to the end" are never sent
    const whole = bytes.subarray(at, at + size);
    boxes.push({ name: boxName(bytes, at + 4), whole, content: whole.subarray(BOX_HEAD) });
    at += size;
  }
  return boxes;
}

/** The contents of the first top-level box `name`. */
export function topBox(bytes: Uint8Array, name: string): Uint8Array | undefined {
  return boxesIn(bytes).find((box) => box.name === name)?.content;
}

/** The contents of a box in a box in a box. */
export function innerBox(bytes: Uint8Array, ...names: string[]): Uint8Array | undefined {
  return names.reduce<Uint8Array | undefined>((inner, name) => inner && topBox(inner, name), bytes);
}

/** A box made of its contents. */
export function makeBox(name: string, contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(BOX_HEAD);
  const box = joined([head, ...contents]);
  new DataView(box.buffer).setUint32(0, box.length);
  box.set(new TextEncoder().encode(name), 4);
  return box;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function boxName(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

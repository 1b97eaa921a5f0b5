import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HEADER_BYTES, parseFrames, WireError } from "../../src/wire/frame";

interface Golden {
  readonly name: string;
  readonly fields: {
    readonly kind: 1 | 2;
    readonly key: boolean;
    readonly gap: boolean;
    readonly codec: number;
    readonly form: 1 | 2;
    readonly stream: number;
    readonly seq: number;
    readonly arrived_unix_us: number;
    readonly pts_90k: number;
    readonly payload_bytes: number;
  };
  readonly hex: string;
}

const golden = JSON.parse(
  readFileSync(new URL("../../../../docs/wire-golden.json", import.meta.url), "utf8"),
) as Golden[];

const CODECS: Readonly<Record<number, string>> = {
  1: "h264", 2: "h265", 3: "jpeg", 16: "aac", 17: "alaw", 18: "ulaw", 19: "opus",
};

function bytes(hex: string, payloadBytes = 0): ArrayBuffer {
  const whole = new Uint8Array(hex.length / 2 + payloadBytes);
  for (let i = 0; i < hex.length / 2; i++) whole[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return whole.buffer;
}

function messageOf(...parts: ArrayBuffer[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole.buffer;
}

/** A key frame of stream 25 with three payload bytes. */
const KEY = "20020101010000000000001900000001" + "00060a2418202240" + "00000e10" + "00000003" + "aabbcc";

describe("golden headers of docs/wire-golden.json", () => {
  test.each(golden)("$name", ({ fields, hex }) => {
    const frames = parseFrames(bytes(hex, fields.payload_bytes));
    expect(frames).toHaveLength(1);
    const frame = frames[0]!;
    expect(frame.kind).toBe(fields.kind === 1 ? "config" : "media");
    expect(frame.codec).toBe(CODECS[fields.codec]);
    expect(frame.form).toBe(fields.form === 1 ? "avcc" : "mp4");
    expect(frame.stream).toBe(fields.stream);
    expect(frame.payload.byteLength).toBe(fields.payload_bytes);
    if (frame.kind !== "media") return;
    expect(frame.key).toBe(fields.key);
    expect(frame.gap).toBe(fields.gap);
    expect(frame.seq).toBe(fields.seq);
    expect(frame.pts90k).toBe(fields.pts_90k);
    expect(frame.arrivedMs).toBeCloseTo(fields.arrived_unix_us / 1000, 1);
  });
});

test("several frames of one message come in order, each with its own payload", () => {
  const frames = parseFrames(messageOf(bytes(KEY), bytes(KEY)));
  expect(frames.map((f) => [...f.payload])).toEqual([[0xaa, 0xbb, 0xcc], [0xaa, 0xbb, 0xcc]]);
});

test("a longer header is skipped: its fields are for later pages", () => {
  const longer = "24" + KEY.slice(2, 64) + "11223344" + KEY.slice(64);
  const [frame] = parseFrames(bytes(longer));
  expect([...frame!.payload]).toEqual([0xaa, 0xbb, 0xcc]);
});

test.each([
  ["kind", 1, 3],
  ["codec", 3, 9],
  ["form", 4, 7],
])("an unknown %s is left out, the frame behind it is not", (_, offset, value) => {
  const strange = bytes(KEY);
  new Uint8Array(strange)[offset] = value;
  expect(parseFrames(messageOf(strange, bytes(KEY)))).toHaveLength(1);
});

test("a message cut anywhere inside a frame is refused whole", () => {
  const whole = messageOf(bytes(KEY), bytes(KEY));
  const boundary = whole.byteLength / 2;
  for (let cut = 1; cut < whole.byteLength; cut++) {
    if (cut === boundary) continue;
    expect(() => parseFrames(whole.slice(0, cut)), `cut at ${cut}`).toThrow(WireError);
  }
});

test("a header shorter than 32 bytes is refused", () => {
  const short = bytes(KEY);
  new Uint8Array(short)[0] = HEADER_BYTES - 1;
  expect(() => parseFrames(short)).toThrow(WireError);
});

test("a payload over 16 MiB is refused before anyone waits for it", () => {
  const large = bytes(KEY);
  new DataView(large).setUint32(28, 16 * 1024 * 1024 + 1);
  expect(() => parseFrames(large)).toThrow(/payload/);
});

test("an empty message has no frames", () => {
  expect(parseFrames(new ArrayBuffer(0))).toEqual([]);
});

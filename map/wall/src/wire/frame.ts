/**
 * Media frames of `/ws/v1`, as docs/wire.md defines them. Pure: bytes in, frames out.
 */

/** The engine's number of one camera's stream, not a camera id. */
export type StreamNumber = number & { readonly __brand: "StreamNumber" };

export type Form = "avcc" | "mp4";
export type SoundCodec = "aac" | "alaw" | "ulaw" | "opus";
export type Codec = "h264" | "h265" | "jpeg" | SoundCodec;

interface Common {
  readonly codec: Codec;
  readonly form: Form;
  readonly stream: StreamNumber;
  /** Borrowed from the message: copy what must outlive it being changed. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Parameter sets, of the picture or of the sound: comes before the first media frame and whenever they change. */
export interface ConfigFrame extends Common {
  readonly kind: "config";
}

/** One access unit of the picture, or one frame of the sound, which is always `key`. */
export interface MediaFrame extends Common {
  readonly kind: "media";
  /** Decoding can start here. */
  readonly key: boolean;
  /** Access units are missing right before this one. */
  readonly gap: boolean;
  /** Counts access units of the stream, modulo 2^32; the sound counts for itself. */
  readonly seq: number;
  /** When the engine had it whole: ms since 1970 UTC by the engine's clock. */
  readonly arrivedMs: number;
  /** 90 kHz ticks, modulo 2^32. */
  readonly pts90k: number;
}

export type Frame = ConfigFrame | MediaFrame;

/** The codec of that number; undefined: this page does not know it. */
export function codecOf(number: number): Codec | undefined {
  return CODECS[number];
}

export function isSound(codec: Codec): codec is SoundCodec {
  return codec === "aac" || codec === "alaw" || codec === "ulaw" || codec === "opus";
}

/** The engine broke the wire's rules: the connection cannot be trusted further. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/** Least size of a header; a longer one carries fields we do not know. */
export const HEADER_BYTES = 32;
export const PAYLOAD_MAX_BYTES = 16 * 1024 * 1024;

const KIND_CONFIG = 1;
const KIND_MEDIA = 2;
const FLAG_KEY = 1;
const FLAG_GAP = 2;
const CODECS: Readonly<Record<number, Codec>> = {
  1: "h264",
  2: "h265",
  3: "jpeg",
  16: "aac",
  17: "alaw",
  18: "ulaw",
  19: "opus",
};
const FORMS: Readonly<Record<number, Form>> = { 1: "avcc", 2: "mp4" };

/**
 * All frames of one binary message. Frames of a kind, codec or form that this page
 * does not know are left out. Throws WireError when the message is malformed; then
 * none of its frames is given out.
 */
export function parseFrames(message: ArrayBuffer): Frame[] {
  const view = new DataView(message);
  const frames: Frame[] = [];
  let at = 0;
  while (at < message.byteLength) {
    const end = frameEnd(view, at);
    const frame = parseFrame(view, at, end);
    if (frame) frames.push(frame);
    at = end;
  }
  return frames;
}

function frameEnd(view: DataView, at: number): number {
  const left = view.byteLength - at;
  if (left < HEADER_BYTES) throw new WireError(`${left} bytes left, less than a header`);
  const headerBytes = view.getUint8(at);
  if (headerBytes < HEADER_BYTES) throw new WireError(`header of ${headerBytes} bytes`);
  const payloadBytes = view.getUint32(at + 28);
  if (payloadBytes > PAYLOAD_MAX_BYTES) throw new WireError(`payload of ${payloadBytes} bytes`);
  if (headerBytes + payloadBytes > left) throw new WireError("frame goes beyond its message");
  return at + headerBytes + payloadBytes;
}

function parseFrame(view: DataView<ArrayBuffer>, at: number, end: number): Frame | undefined {
  const kind = view.getUint8(at + 1);
  const flags = view.getUint8(at + 2);
  const codec = codecOf(view.getUint8(at + 3));
  const form = FORMS[view.getUint8(at + 4)];
  if (!codec || !form) return undefined;

  const start = at + view.getUint8(at);
  const stream = view.getUint32(at + 8) as StreamNumber;
  const payload = new Uint8Array(view.buffer, start, end - start);
  if (kind === KIND_CONFIG) return { kind: "config", codec, form, stream, payload };
  if (kind !== KIND_MEDIA) return undefined;
  return {
    kind: "media",
    codec,
    form,
    stream,
    payload,
    key: (flags & FLAG_KEY) !== 0,
    gap: (flags & FLAG_GAP) !== 0,
    seq: view.getUint32(at + 12),
    // Exact: microseconds since 1970 stay below 2^53 until the year 2255.
    arrivedMs: (view.getUint32(at + 16) * 2 ** 32 + view.getUint32(at + 20)) / 1000,
    pts90k: view.getUint32(at + 24),
  };
}

/**
 * The little of ISO/IEC 14496-12 that a player must know of what it is sent. Pure.
 */

/** `avc1.PPCCLL` from an AVCDecoderConfigurationRecord, or undefined if it is none. */
export function avcCodec(record: Uint8Array): string | undefined {
  const [version, profile, compat, level] = record;
  if (version !== 1 || profile === undefined || compat === undefined || level === undefined) return undefined;
  return "avc1." + [profile, compat, level].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** The AVCDecoderConfigurationRecord somewhere below `moov`. */
export function avcRecord(init: Uint8Array): Uint8Array | undefined {
  // Found by its name instead of by walking moov/trak/mdia/minf/stbl/stsd/avc1:
  // the engine's init segment has nothing in it where these four letters could
  // stand otherwise.
  for (let at = 4; at + 4 < init.length; at++) {
    if (boxName(init, at) === "avcC") return init.subarray(at + 4);
  }
  return undefined;
}

/** The contents of the first top-level box `name`. */
export function topBox(bytes: Uint8Array, name: string): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = view.getUint32(at);
    if (size < 8) return undefined; // 64-bit sizes and "to the end" are never sent
    if (boxName(bytes, at + 4) === name) return bytes.subarray(at + 8, at + size);
    at += size;
  }
  return undefined;
}

function boxName(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/**
 * G.711 (ITU-T, 1988) to samples: browsers have no decoder for what most cameras send.
 * A table of 256 values a law. Pure.
 */

export const G711_RATE = 8_000;

/** Values have 16 bits, the full scale is 2^15. */
const FULL_SCALE = 32_768;

function ulaw(code: number): number {
  const c = ~code & 0xff;
  const magnitude = ((((c & 15) << 3) + 0x84) << ((c & 0x70) >> 4)) - 0x84;
  return c & 0x80 ? -magnitude : magnitude;
}

function alaw(code: number): number {
  const c = code ^ 0x55;
  const segment = (c & 0x70) >> 4;
  const step = ((c & 15) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return c & 0x80 ? magnitude : -magnitude;
}

function table(value: (code: number) => number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 256 }, (_, code) => value(code) / FULL_SCALE);
}

const TABLES = { alaw: table(alaw), ulaw: table(ulaw) };

export function decodeG711(law: "alaw" | "ulaw", bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const values = TABLES[law];
  const samples = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) samples[i] = values[bytes[i]!]!;
  return samples;
}

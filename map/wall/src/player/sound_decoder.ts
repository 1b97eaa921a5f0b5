/**
 * A way to turn the frames of a sound into samples. There are two: WebCodecs
 * (webcodecs_sound_decoder.ts) and pieces of MP4 (mp4_sound_decoder.ts).
 */
import type { ConfigFrame, MediaFrame } from "../wire/frame";

export interface Samples {
  readonly pts90k: number;
  readonly rate: number;
  readonly channels: readonly Float32Array<ArrayBuffer>[];
}

export interface SoundDecoderEvents {
  onSamples(samples: Samples): void;
  /** This browser cannot decode it. */
  onUnplayable(codec: string): void;
}

/** A sound that makes the decoder fail this often in a row cannot be played. */
export const FAILURES_MAX = 5;

export interface SoundDecoder {
  config(frame: ConfigFrame): void;
  media(frame: MediaFrame): void;
  close(): void;
}

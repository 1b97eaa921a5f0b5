/**
 * Fragments of MP4 with AAC or Opus to samples, where there is no WebCodecs: a tenth of
 * a second at a time becomes a file of its own for decodeAudioData(), which browsers have
 * on pages of any origin.
 *
 * The <video> could play them beside the picture, but then has nothing to show whenever
 * the sound is late or missing, and keeps the picture back for a buffer of its own.
 */
import type { ConfigFrame, MediaFrame } from "../wire/frame";
import { joined } from "./boxes";
import { sampleTicks, SOUND_TRACK, soundRate, trackInit } from "./mp4_tracks";
import { SoundChunks } from "./sound_chunks";
import type { SoundChunk } from "./sound_chunks";
import { FAILURES_MAX } from "./sound_decoder";
import type { Samples, SoundDecoder, SoundDecoderEvents } from "./sound_decoder";

const TICKS_PER_S = 90_000;

/** What is decoded until the next config. */
interface Track {
  readonly init: Uint8Array;
  /** Decodes at the sound's own rate: resampled piece by piece it would have seams. */
  readonly context: OfflineAudioContext;
}

export class Mp4SoundDecoder implements SoundDecoder {
  readonly #events: SoundDecoderEvents;
  readonly #chunks = new SoundChunks();
  #track: Track | undefined;
  #decoding = false;
  #failures = 0;

  constructor(events: SoundDecoderEvents) {
    this.#events = events;
  }

  config(frame: ConfigFrame): void {
    this.close();
    const init = trackInit(frame.payload, SOUND_TRACK);
    if (init) this.#track = { init, context: new OfflineAudioContext(1, 1, soundRate(init)) };
  }

  media(frame: MediaFrame): void {
    const ticks = sampleTicks(frame.payload);
    if (!this.#track || ticks === undefined) return;
    this.#chunks.put({ pts90k: frame.pts90k, ticks, bytes: frame.payload });
    void this.#decodeNext(frame.codec);
  }

  close(): void {
    this.#track = undefined;
    this.#chunks.clear();
  }

  /** One at a time: they stay in order, and what a slow machine cannot take is left out. */
  async #decodeNext(codec: string): Promise<void> {
    const track = this.#track;
    const chunk = track && !this.#decoding ? this.#chunks.take() : undefined;
    if (!track || !chunk) return;
    this.#decoding = true;
    try {
      const decoded = await track.context.decodeAudioData(joined([track.init, ...chunk.units]).buffer);
      this.#failures = 0;
      if (track === this.#track) this.#events.onSamples(samplesOf(decoded, chunk));
    } catch {
      this.#failures += 1;
      if (this.#failures >= FAILURES_MAX) this.#events.onUnplayable(codec);
    } finally {
      this.#decoding = false;
    }
  }
}

/** What is new stands at the end; a start of Opus is shorter than its time (its pre-skip). */
function samplesOf(decoded: AudioBuffer, { end90k, seconds }: SoundChunk): Samples {
  const rate = decoded.sampleRate;
  const count = Math.min(Math.round(seconds * rate), decoded.length);
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, channel) =>
    decoded.getChannelData(channel).slice(decoded.length - count),
  );
  return { pts90k: end90k - (count / rate) * TICKS_PER_S, rate, channels };
}

/**
 * Frames of a sound to samples: AAC and Opus through an AudioDecoder, G.711 by table.
 */
import type { ConfigFrame, MediaFrame } from "../wire/frame";
import { decodeG711, G711_RATE } from "./g711";
import { FAILURES_MAX } from "./sound_decoder";
import type { Samples, SoundDecoder, SoundDecoderEvents } from "./sound_decoder";

/** Frames that may wait for the decoder: two seconds of AAC at 48 kHz are less. */
const QUEUE_MAX = 100;
const US_PER_TICK = 100 / 9;

const AAC_RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
const AAC_CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8];
const RATE_ESCAPE = 15;
const TYPE_ESCAPE = 31;

/** An AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) as far as a decoder asks; or undefined. */
export function aacConfig(record: Uint8Array<ArrayBuffer>): AudioDecoderConfig | undefined {
  let at = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (; count > 0; count--, at++) value = value * 2 + (((record[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
  let type = bits(5);
  if (type === TYPE_ESCAPE) type = 32 + bits(6);
  const index = bits(4);
  const sampleRate = index === RATE_ESCAPE ? bits(24) : AAC_RATES[index];
  const numberOfChannels = AAC_CHANNELS[bits(4)];
  if (!sampleRate || !numberOfChannels || at > record.length * 8) return undefined;
  return { codec: `mp4a.40.${type}`, sampleRate, numberOfChannels, description: record.slice() };
}

function opusConfig(): AudioDecoderConfig {
  return { codec: "opus", sampleRate: 48_000, numberOfChannels: 2 };
}

export class WebCodecsSoundDecoder implements SoundDecoder {
  readonly #events: SoundDecoderEvents;
  #decoder: AudioDecoder | undefined;
  #config: AudioDecoderConfig | undefined;
  #failures = 0;

  constructor(events: SoundDecoderEvents) {
    this.#events = events;
  }

  config(frame: ConfigFrame): void {
    this.#config = frame.codec === "aac" ? aacConfig(frame.payload) : opusConfig();
    if (!this.#config || typeof AudioDecoder === "undefined") return this.#events.onUnplayable(frame.codec);
    this.#restart();
  }

  media(frame: MediaFrame): void {
    if (frame.codec === "alaw" || frame.codec === "ulaw") {
      const samples = decodeG711(frame.codec, frame.payload);
      this.#events.onSamples({ pts90k: frame.pts90k, rate: G711_RATE, channels: [samples] });
      return;
    }
    const decoder = this.#decoder;
    if (!decoder || decoder.state !== "configured" || decoder.decodeQueueSize > QUEUE_MAX) return;
    const timestamp = Math.ceil(frame.pts90k * US_PER_TICK);
    decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data: frame.payload }));
  }

  close(): void {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = undefined;
  }

  #restart(): void {
    this.close();
    if (!this.#config) return;
    const { codec } = this.#config;
    const decoder = new AudioDecoder({
      output: (data) => {
        this.#failures = 0;
        if (decoder === this.#decoder) this.#events.onSamples(samplesOf(data));
        data.close();
      },
      error: (error) => this.#failed(error, codec),
    });
    this.#decoder = decoder;
    try {
      decoder.configure(this.#config);
    } catch {
      this.#events.onUnplayable(codec);
    }
  }

  #failed(error: DOMException, codec: string): void {
    this.#failures += 1;
    if (error.name === "NotSupportedError" || this.#failures >= FAILURES_MAX) this.#events.onUnplayable(codec);
    else this.#restart();
  }
}

function samplesOf(data: AudioData): Samples {
  const channels = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex, format: "f32-planar" });
    return samples;
  });
  return { pts90k: Math.floor(data.timestamp / US_PER_TICK), rate: data.sampleRate, channels };
}

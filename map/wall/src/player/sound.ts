/**
 * The sound of the one tile that is heard: decoder, plan and the browser's loudspeaker.
 */
import type { Form, Frame, SoundCodec } from "../wire/frame";
import { Mp4SoundDecoder } from "./mp4_sound_decoder";
import type { Shown } from "./picture";
import type { Samples, SoundDecoder, SoundDecoderEvents } from "./sound_decoder";
import { secondsBetween, SoundPlan } from "./sound_plan";
import { WebCodecsSoundDecoder } from "./webcodecs_sound_decoder";

/** A camera from which nothing came for so long is said to be silent. */
export const SILENCE_MS = 5_000;

export type SoundState =
  | { readonly kind: "starting" | "on" | "silent" }
  | { readonly kind: "unplayable"; readonly codec: string };

export class Sound {
  readonly #context: AudioContext;
  readonly #out: GainNode;
  readonly #plan = new SoundPlan();
  readonly #decoder: SoundDecoder;
  /** What is scheduled: to be cut off when the tile is left. */
  readonly #playing = new Set<AudioBufferSourceNode>();
  #picture: { readonly pts90k: number; readonly shownMs: number } | undefined;
  #unplayable: string | undefined;
  /** When something came to be heard, or since when it is waited for. */
  #heardMs = performance.now();
  #heard = false;

  constructor(context: AudioContext, form: Form) {
    this.#context = context;
    this.#out = context.createGain();
    this.#out.connect(context.destination);
    const events: SoundDecoderEvents = {
      onSamples: (samples) => this.#play(samples),
      onUnplayable: (codec) => (this.#unplayable = codec),
    };
    this.#decoder = form === "mp4" ? new Mp4SoundDecoder(events) : new WebCodecsSoundDecoder(events);
  }

  state(nowMs: number): SoundState {
    if (this.#unplayable !== undefined) return { kind: "unplayable", codec: this.#unplayable };
    if (nowMs - this.#heardMs >= SILENCE_MS) return { kind: "silent" };
    return { kind: this.#heard ? "on" : "starting" };
  }

  onFrame(frame: Frame): void {
    if (frame.kind === "config") {
      this.#unplayable = undefined;
      this.#decoder.config(frame);
    } else if (this.#unplayable === undefined) this.#decoder.media(frame);
  }

  /** The form has no place for it. */
  onRefused(codec: SoundCodec): void {
    this.#unplayable = codec;
  }

  /** A picture is on screen: what was recorded with it is to be heard now. */
  onShown(shown: Shown): void {
    this.#picture = { pts90k: shown.pts90k, shownMs: performance.now() };
  }

  close(): void {
    this.#decoder.close();
    this.#playing.forEach((source) => source.stop());
    this.#out.disconnect();
  }

  #play({ pts90k, rate, channels }: Samples): void {
    const [first] = channels;
    if (!first || first.length === 0) return;
    this.#heardMs = performance.now();
    const nowS = this.#context.currentTime;
    const atS = this.#plan.place({ pts90k, seconds: first.length / rate }, nowS, this.#pictureS(pts90k, nowS));
    if (atS === undefined) return;
    const buffer = this.#context.createBuffer(channels.length, first.length, rate);
    channels.forEach((samples, channel) => buffer.copyToChannel(samples, channel));
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#out);
    source.onended = () => this.#playing.delete(source);
    source.start(atS);
    this.#playing.add(source);
    this.#heard = true;
  }

  /** When the picture of that time is on screen, by the context's clock. */
  #pictureS(pts90k: number, nowS: number): number | undefined {
    if (!this.#picture) return undefined;
    const agoS = (performance.now() - this.#picture.shownMs) / 1000;
    return nowS - agoS + secondsBetween(this.#picture.pts90k, pts90k) - (this.#context.outputLatency || 0);
  }
}

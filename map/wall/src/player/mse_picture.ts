/**
 * Fragmented MP4 through Media Source Extensions: works everywhere, also without a
 * secure context. Fragments wait in a bounded list until the SourceBuffer takes them.
 */
import type { ConfigFrame, MediaFrame } from "../wire/frame";
import { codecString, decoderRecord, joined, topBox } from "./boxes";
import { hasMse, mp4Type } from "./capability";
import { FrameLog } from "./frame_log";
import { KeyGate } from "./key_gate";
import { advise } from "./live_edge";
import { PICTURE_TRACK, trackInit } from "./mp4_tracks";
import type { Picture, PictureEvents } from "./picture";
import { findProof } from "./proof";
import { muteVideo, play } from "./screen";
import { Timeline, WRAP } from "./timeline";

/** How often the distance to the live edge is looked at. */
const EDGE_MS = 250;
const TICKS_PER_S = 90_000;

export class MsePicture implements Picture {
  readonly #events: PictureEvents;
  readonly #wantProof: boolean;
  readonly #video = muteVideo();
  readonly #gate = new KeyGate();
  readonly #log = new FrameLog();
  readonly #timer: ReturnType<typeof setInterval>;
  #timeline = new Timeline();
  #source: MediaSource | undefined;
  #buffer: SourceBuffer | undefined;
  #url = "";
  /** Of the picture alone: a <video> with a sound stands still when that is late. */
  #init: Uint8Array<ArrayBuffer> | undefined;
  #codec = "";
  /** What the SourceBuffer did not take yet; the gate bounds it. */
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #closed = false;

  constructor(events: PictureEvents, wantProof: boolean) {
    this.#events = events;
    this.#wantProof = wantProof;
    this.#timer = setInterval(() => this.#keepEdge(), EDGE_MS);
    this.#video.onerror = () => this.#rebuild();
    this.#watch();
  }

  get element(): HTMLElement {
    return this.#video;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  config(frame: ConfigFrame): void {
    const init = trackInit(frame.payload, PICTURE_TRACK);
    const record = init && decoderRecord(init, frame.codec);
    const codec = record && codecString(frame.codec, record);
    if (!codec || !hasMse(codec)) return this.#events.onUnshowable(codec ?? frame.codec);
    this.#init = init;
    this.#gate.close();
    const changed = codec !== this.#codec;
    this.#codec = codec;
    if (!this.#buffer) {
      if (!this.#source) this.#rebuild();
      return;
    }
    this.#waiting = [];
    if (changed) this.#whenIdle(() => this.#buffer?.changeType(mp4Type(codec)));
    this.#enqueue(init);
  }

  media(frame: MediaFrame): void {
    if (!this.#buffer) return;
    const verdict = this.#gate.admit(frame, this.#waiting.length);
    if (verdict === "drop") return;
    if (verdict === "restart") this.#waiting = [];
    const ticks = this.#timeline.unwrap(frame.pts90k);
    this.#log.put(ticks, { arrivedMs: frame.arrivedMs, proof: this.#proofOf(frame), pts90k: frame.pts90k });
    this.#enqueue(frame.payload);
  }

  interrupted(): void {
    this.#gate.close();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#video.onerror = null;
    this.#detach();
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  #proofOf(frame: MediaFrame) {
    const unit = this.#wantProof ? topBox(frame.payload, "mdat") : undefined;
    return unit && findProof(unit);
  }

  /** A new MediaSource: at the start, and when the old one failed for good. */
  #rebuild(): void {
    this.#detach();
    if (this.#closed) return;
    const source = new MediaSource();
    this.#source = source;
    this.#url = URL.createObjectURL(source);
    this.#video.src = this.#url;
    source.addEventListener("sourceopen", () => this.#sourceOpen(source), { once: true });
    play(this.#video);
  }

  #sourceOpen(source: MediaSource): void {
    if (source !== this.#source || !this.#init) return;
    const buffer = source.addSourceBuffer(mp4Type(this.#codec));
    buffer.onupdateend = () => {
      this.#feed();
      this.#events.onProgress();
    };
    this.#buffer = buffer;
    this.#enqueue(this.#init);
  }

  #detach(): void {
    if (this.#buffer) this.#buffer.onupdateend = null;
    this.#buffer = undefined;
    this.#source = undefined;
    this.#waiting = [];
    this.#timeline = new Timeline();
    this.#log.clear();
    this.#gate.close();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = "";
  }

  #enqueue(bytes: Uint8Array<ArrayBuffer>): void {
    this.#waiting.push(bytes);
    this.#feed();
  }

  /** Everything that waits goes in one append: each costs a round trip in the browser. */
  #feed(): void {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || this.#waiting.length === 0) return;
    const bytes = joined(this.#waiting);
    this.#waiting = [];
    try {
      buffer.appendBuffer(bytes);
    } catch (error) {
      this.#appendFailed(buffer, error);
    }
  }

  #appendFailed(buffer: SourceBuffer, error: unknown): void {
    const full = error instanceof DOMException && error.name === "QuotaExceededError";
    if (!full) return this.#rebuild();
    this.#gate.close();
    buffer.remove(0, Math.max(0.1, this.#video.currentTime - 0.5));
  }

  #whenIdle(act: () => void): void {
    const buffer = this.#buffer;
    if (!buffer) return;
    if (buffer.updating) buffer.abort();
    act();
  }

  #keepEdge(): void {
    const video = this.#video;
    const buffer = this.#buffer;
    // A slow machine is still on its way to the last place it was sent to.
    if (!buffer || video.readyState === 0 || video.seeking) return;
    const ranges = rangesOf(video.buffered);
    const advice = advise({ ranges, position: video.currentTime }, video.playbackRate);
    if (advice.seekTo !== undefined) video.currentTime = advice.seekTo;
    if (video.playbackRate !== advice.playbackRate) video.playbackRate = advice.playbackRate;
    if (video.paused) play(video); // browsers pause muted videos of hidden pages
    if (advice.trimBefore !== undefined && !buffer.updating) buffer.remove(0, advice.trimBefore);
  }

  #watch(): void {
    this.#video.requestVideoFrameCallback((_, { mediaTime }) => {
      if (this.#closed) return;
      this.#onPicture(mediaTime);
      this.#watch();
    });
  }

  /** Fragments carry the stream's own time, of which `pts90k` is the low part. */
  #onPicture(mediaTime: number): void {
    const ticks = this.#timeline.unwrap(Math.round(mediaTime * TICKS_PER_S) % WRAP);
    const shown = this.#log.takeUpTo(ticks);
    if (shown) this.#events.onShown(shown);
  }
}

function rangesOf(ranges: TimeRanges): { start: number; end: number }[] {
  return Array.from({ length: ranges.length }, (_, i) => ({ start: ranges.start(i), end: ranges.end(i) }));
}

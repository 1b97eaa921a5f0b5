/**
 * H.264 and H.265 access units through a VideoDecoder, JPEG files through
 * createImageBitmap, onto a <video> (MediaStreamTrackGenerator)
 * or, where the browser has no such generator, onto a <canvas>.
 */
import type { ConfigFrame, MediaFrame } from "../wire/frame";
import { codecString } from "./boxes";
import { FrameLog } from "./frame_log";
import { KeyGate } from "./key_gate";
import type { Picture, PictureEvents } from "./picture";
import { findProof } from "./proof";
import { canvasScreen, hasTrackGenerator, videoScreen } from "./screen";
import type { Screen } from "./screen";
import { Timeline } from "./timeline";

/** A stream that makes the decoder fail this often in a row cannot be shown. */
const FAILURES_MAX = 5;

export class WebCodecsPicture implements Picture {
  readonly #events: PictureEvents;
  readonly #wantProof: boolean;
  readonly #screen: Screen;
  readonly #gate = new KeyGate();
  readonly #log = new FrameLog();
  readonly #timeline = new Timeline();
  #decoder: VideoDecoder | undefined;
  #config: VideoDecoderConfig | undefined;
  #failures = 0;
  #decodingJpeg = false;
  #closed = false;

  constructor(events: PictureEvents, wantProof: boolean) {
    this.#events = events;
    this.#wantProof = wantProof;
    this.#screen = hasTrackGenerator() ? videoScreen() : canvasScreen();
    this.#screen.onShown = (timestampUs) => {
      const shown = this.#log.takeUpTo(ticksOf(timestampUs));
      if (shown) events.onShown(shown);
    };
  }

  get element(): HTMLElement {
    return this.#screen.element;
  }

  get queued(): number {
    return this.#decoder?.decodeQueueSize ?? 0;
  }

  config(frame: ConfigFrame): void {
    const codec = codecString(frame.codec, frame.payload);
    if (!codec) return this.#events.onUnshowable(frame.codec);
    this.#config = { codec, description: frame.payload.slice(), optimizeForLatency: true };
    this.#restart();
  }

  media(frame: MediaFrame, lateMs: number): void {
    if (frame.codec === "jpeg") {
      void this.#showJpeg(frame);
      return;
    }
    if (!this.#config || !this.#decoder) return;
    const verdict = this.#gate.admit(frame, this.#decoder.decodeQueueSize, lateMs);
    if (verdict === "drop") return;
    if (verdict === "restart") {
      this.#restart();
      this.#gate.admit(frame, 0);
    }
    this.#decode(frame);
  }

  interrupted(): void {
    this.#gate.close();
  }

  close(): void {
    this.#closed = true;
    this.#closeDecoder();
    this.#screen.close();
  }

  #decode(frame: MediaFrame): void {
    const ticks = this.#timeline.unwrap(frame.pts90k);
    const proof = this.#wantProof ? findProof(frame.payload) : undefined;
    this.#log.put(ticks, { arrivedMs: frame.arrivedMs, proof, pts90k: frame.pts90k });
    this.#decoder?.decode(
      new EncodedVideoChunk({
        type: frame.key ? "key" : "delta",
        timestamp: usOf(ticks),
        data: frame.payload,
      }),
    );
  }

  /** One at a time: on a slow machine pictures are left out, none is late. */
  async #showJpeg(frame: MediaFrame): Promise<void> {
    if (this.#decodingJpeg) return;
    this.#decodingJpeg = true;
    this.#closeDecoder();
    const ticks = this.#timeline.unwrap(frame.pts90k);
    try {
      const bitmap = await createImageBitmap(new Blob([frame.payload], { type: "image/jpeg" }));
      this.#log.put(ticks, { arrivedMs: frame.arrivedMs, proof: undefined, pts90k: frame.pts90k });
      if (!this.#closed) this.#screen.show(new VideoFrame(bitmap, { timestamp: usOf(ticks) }));
      bitmap.close();
      this.#failures = 0;
    } catch {
      this.#failures += 1;
      if (this.#failures >= FAILURES_MAX) this.#events.onUnshowable("MJPEG");
    } finally {
      this.#decodingJpeg = false;
    }
  }

  #restart(): void {
    this.#closeDecoder();
    this.#gate.close();
    if (!this.#config) return;
    const decoder = new VideoDecoder({
      output: (picture) => {
        this.#failures = 0;
        this.#screen.show(picture);
        this.#events.onProgress();
      },
      error: (error) => this.#failed(error),
    });
    this.#decoder = decoder;
    try {
      decoder.configure(this.#config);
    } catch {
      this.#events.onUnshowable(this.#config.codec);
    }
  }

  /** A damaged stream may recover at its next key frame; an unknown codec never does. */
  #failed(error: DOMException): void {
    this.#failures += 1;
    if (error.name === "NotSupportedError" || this.#failures >= FAILURES_MAX) {
      this.#events.onUnshowable(this.#config?.codec ?? "?");
      return;
    }
    this.#restart();
  }

  #closeDecoder(): void {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = undefined;
  }
}

/** Rounded up, so that ticks survive the way to microseconds and back. */
function usOf(ticks: number): number {
  return Math.ceil((ticks * 100) / 9);
}

function ticksOf(us: number): number {
  return Math.floor((us * 9) / 100);
}

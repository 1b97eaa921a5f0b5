/**
 * A way to turn frames into a moving picture. There are two: WebCodecs
 * (webcodecs_picture.ts) and Media Source Extensions (mse_picture.ts).
 */
import type { ConfigFrame, MediaFrame } from "../wire/frame";
import type { Proof } from "./proof";

/** What is on screen now. */
export interface Shown {
  /** When the engine had it, by the engine's clock. */
  readonly arrivedMs: number;
  readonly proof: Proof | undefined;
  /** Its place in the stream's time: 90 kHz ticks, modulo 2^32. */
  readonly pts90k: number;
}

export interface PictureEvents {
  /** A new picture is on screen. */
  onShown(shown: Shown): void;
  /** Something that waited for the decoder has gone in or out. */
  onProgress(): void;
  /** This browser cannot decode it; nothing more will come. */
  onUnshowable(codec: string): void;
}

export interface Picture {
  readonly element: HTMLElement;
  /** Frames that wait for the decoder. */
  readonly queued: number;
  config(frame: ConfigFrame): void;
  /** `lateMs`: how long the frame was on its way from the engine to here. */
  media(frame: MediaFrame, lateMs: number): void;
  /** The frames before were lost: wait for a key frame. */
  interrupted(): void;
  close(): void;
}

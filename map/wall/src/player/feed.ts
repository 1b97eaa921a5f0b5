/**
 * One stream of one camera on its way to one tile: subscription, decoder and the
 * facts that decide what the tile may claim.
 */
import type { Connection, Link, Refusal, StreamListener, Subscription } from "../wire/connection";
import type { Profile, SourceState } from "../wire/control";
import { isSound } from "../wire/frame";
import type { ConfigFrame, Form, Frame, SoundCodec } from "../wire/frame";
import { codecName } from "./boxes";
import { Credit } from "./credit";
import { SOUND_TRACK, trackInit } from "./mp4_tracks";
import { MsePicture } from "./mse_picture";
import type { Sound } from "./sound";
import type { Picture, PictureEvents, Shown } from "./picture";
import type { TileFacts } from "./tile_state";
import { WebCodecsPicture } from "./webcodecs_picture";

export interface FeedOptions {
  readonly connection: Connection;
  readonly camera: string;
  readonly profile: Profile;
  readonly form: Form;
  readonly wantProof: boolean;
  /** The first picture is on screen. */
  readonly onFirst: () => void;
}

export class Feed implements StreamListener, PictureEvents {
  readonly camera: string;
  readonly profile: Profile;
  readonly #options: FeedOptions;
  readonly #picture: Picture;
  readonly #askedMs = performance.now();
  /** When the engine was asked on the present socket. */
  #openedMs = this.#askedMs;
  readonly #credit = new Credit();
  #subscription: Subscription | undefined;
  #sound: Sound | undefined;
  /** In form `mp4` the picture's config says what the sound is, too: the last, if it does. */
  #soundTrack: ConfigFrame | undefined;
  /** Main where a camera has no sub stream; sub where main cannot be shown. */
  #asked: Profile;
  /** Main cannot be shown here: sub is asked for in its place. */
  #fellBack = false;
  #refusal: Refusal | undefined;
  #source: { state: SourceState; heardMs: number } | undefined;
  #unshowable: string | undefined;
  #movedMs: number | undefined;
  #fedMs: number | undefined;
  #shown: Shown | undefined;
  #count = 0;
  #dropped = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.camera = options.camera;
    this.profile = options.profile;
    this.#asked = options.profile;
    this.#picture =
      options.form === "avcc"
        ? new WebCodecsPicture(this, options.wantProof)
        : new MsePicture(this, options.wantProof);
    this.#open();
  }

  get element(): HTMLElement {
    return this.#picture.element;
  }

  /** What is on screen now, and how many pictures were so far. */
  get shown(): { readonly last: Shown | undefined; readonly count: number; readonly dropped: number } {
    return { last: this.#shown, count: this.#count, dropped: this.#dropped };
  }

  facts(nowMs: number): TileFacts {
    const link: Link = this.#options.connection.link;
    const engineMs = this.#options.connection.clock.engineMs(nowMs);
    const arrivedMs = this.#shown?.arrivedMs;
    return {
      askedMs: this.#askedMs,
      link,
      refusal: this.#refusal,
      source: this.#source,
      unshowable: this.#unshowable,
      movedMs: this.#movedMs,
      ageMs:
        engineMs === undefined || arrivedMs === undefined ? undefined : Math.max(0, engineMs - arrivedMs),
      fedMs: this.#fedMs,
    };
  }

  close(): void {
    this.#subscription?.close();
    this.#picture.close();
  }

  #open(): void {
    const { connection, camera, form } = this.#options;
    this.#subscription = connection.open(camera, this.#asked, form, this);
    if (this.#sound) this.#subscription.hear(true);
  }

  get form(): Form {
    return this.#options.form;
  }

  /** Where the sound goes from now on; undefined: nowhere, and none is sent. */
  hear(sound: Sound | undefined): void {
    this.#sound = sound;
    if (this.#soundTrack) sound?.onFrame(this.#soundTrack);
    this.#subscription?.hear(sound !== undefined);
  }

  #onSound(frame: Frame): void {
    if (frame.kind === "media") this.#credit.received();
    this.#sound?.onFrame(frame);
    this.onProgress();
  }

  #onTracks(config: ConfigFrame): void {
    this.#soundTrack = trackInit(config.payload, SOUND_TRACK) && config;
    if (this.#soundTrack) this.#sound?.onFrame(this.#soundTrack);
  }

  onFrame(frame: Frame): void {
    if (isSound(frame.codec)) return this.#onSound(frame);
    if (frame.kind === "config") {
      this.#unshowable = undefined;
      this.#picture.config(frame);
      if (frame.form === "mp4") this.#onTracks(frame);
    } else {
      this.#credit.received();
      if (this.#unshowable !== undefined) return;
      this.#fedMs = performance.now();
      this.#picture.media(frame, this.#lateMs(frame.arrivedMs, this.#fedMs));
    }
    this.onProgress();
  }

  /** What cannot be shown is granted no more: the engine soon sends nothing of it. */
  onProgress(): void {
    if (this.#unshowable !== undefined) return;
    const frames = this.#credit.take(this.#picture.queued);
    if (frames > 0) this.#subscription?.grant(frames);
  }

  /** What the engine had before it was asked (its cached pictures) was not late then. */
  #lateMs(arrivedMs: number, nowMs: number): number {
    const engineMs = this.#options.connection.clock.engineMs(nowMs);
    if (engineMs === undefined) return 0;
    return Math.min(engineMs - arrivedMs, nowMs - this.#openedMs);
  }

  onState(state: SourceState): void {
    this.#source = { state, heardMs: performance.now() };
  }

  onDropped(frames: number): void {
    this.#dropped += frames;
    this.#picture.interrupted();
  }

  onRefused(refusal: Refusal): void {
    if (refusal.code !== "no_such_stream" || this.#asked !== "sub") {
      this.#refusal = refusal;
      return;
    }
    // The words about the main stream stand where there is nothing to fall back to.
    if (!this.#fellBack) this.#ask("main");
  }

  onSoundRefused(codec: SoundCodec): void {
    this.#sound?.onRefused(codec);
  }

  onLink(up: boolean): void {
    this.#source = undefined;
    this.#credit.reset();
    if (up) {
      this.#refusal = undefined;
      this.#openedMs = performance.now();
    } else this.#picture.interrupted();
  }

  onShown(shown: Shown): void {
    this.#shown = shown;
    this.#sound?.onShown(shown);
    this.#movedMs = performance.now();
    this.#count += 1;
    if (this.#count === 1) this.#options.onFirst();
  }

  /** A main stream in H.265 often has a sub stream in H.264 beside it. */
  onUnshowable(codec: string): void {
    this.#unshowable = codec;
    if (this.#asked !== "main" || this.#fellBack || codecName(codec) !== "H.265") return;
    this.#fellBack = true;
    this.#ask("sub");
  }

  #ask(profile: Profile): void {
    this.#subscription?.close();
    this.#credit.reset();
    this.#asked = profile;
    this.#open();
  }
}

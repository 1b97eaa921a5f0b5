/**
 * The page's one WebSocket to the engine.
 *
 * Pictures are asked for with open(); whatever happens to the socket, the connection
 * comes back and asks for all of them again: who holds a Subscription only hears
 * onLink(). Two who ask for the same stream share one subscription on the wire.
 *
 *            connect()            hello
 *   CLOSED ------------> OPENING -------> UP
 *     ^  ^                  |             |
 *     |  '--- back-off -----'             |  closed, silent for SILENCE_MS,
 *     '---------- back-off ---------------'  or broke the wire's rules
 */
import { backoffMs } from "./backoff";
import { EngineClock } from "./clock";
import { parseControl } from "./control";
import type { CameraState, EngineMessage, PageMessage, Profile, Ref, Sentence, SourceState } from "./control";
import { codecOf, isSound, parseFrames, WireError } from "./frame";
import type { Codec, ConfigFrame, Form, Frame, SoundCodec, StreamNumber } from "./frame";

export const SUBPROTOCOL = "gridwall.v1";
/** Media frames a subscription begins with: two and a half seconds, so that a cached GOP mostly fits. */
export const CREDIT_FRAMES = 64;
/** As many again for the sound of a picture: AAC of 48 kHz has 47 frames a second, pictures are 25. */
const SOUND_FRAMES = 2;
/** The engine takes no more at once. */
const CREDIT_MAX = 10_000;
const PING_MS = 5_000;
/** While a page loads it is too busy for a good sample of the clock: ask some more. */
const FIRST_PINGS = 6;
const FIRST_PINGS_MS = 700;
/** Pongs overtake media, so that silence this long means a dead line. */
const SILENCE_MS = 12_000;
/** An engine that takes longer than this to say hello is tried again. */
const HELLO_MS = 8_000;

export interface Refusal extends Sentence {
  readonly code: string;
}

/** Who shows a stream. All calls come from the connection, none after close(). */
export interface StreamListener {
  onFrame(frame: Frame): void;
  onState(state: SourceState): void;
  onDropped(frames: number): void;
  /** The engine will not give this stream; it stays so until the next onLink(true), which comes soon if it is `busy`. */
  onRefused(refusal: Refusal): void;
  /** The form has no place for that sound, to one who hears: the pictures go on. */
  onSoundRefused(codec: SoundCodec): void;
  /** false: the engine cannot be reached. true: it is back, frames will follow. */
  onLink(up: boolean): void;
}

export interface Subscription {
  /** So many of the media frames that came have been dealt with: as many may come. */
  grant(frames: number): void;
  /** The sound too from now on, or no more. */
  hear(on: boolean): void;
  close(): void;
}

export interface Link {
  readonly up: boolean;
  /** Page time since when it is so. */
  readonly sinceMs: number;
  /** Attempts made since the line was lost; 0 while up. */
  readonly attempt: number;
}

export interface ConnectionEvents {
  onLink(link: Link): void;
  onCameras(items: readonly (readonly [string, CameraState])[]): void;
  onRegistry(): void;
}

/** What a connection needs of its surroundings: a browser, or a test. */
export interface Surroundings {
  socket(): WebSocket;
  nowMs(): number;
  random(): number;
  /** Calls back once; the returned function cancels. */
  after(ms: number, call: () => void): () => void;
}

/** One stream that is asked for, by however many listeners. */
interface Entry {
  readonly key: string;
  readonly camera: string;
  readonly profile: Profile;
  readonly form: Form;
  /** Each with how many of the stream's media frames it has dealt with. */
  readonly listeners: Map<StreamListener, number>;
  /** Those of them who want the sound. */
  readonly hearing: Set<StreamListener>;
  /** Media frames that came, and those granted beyond the first credit. */
  received: number;
  granted: number;
  /** Pictures since their last key frame, with it. */
  gop: number;
  ref: Ref;
  stream: StreamNumber | undefined;
  /** For whoever joins later. */
  config: ConfigFrame | undefined;
  soundConfig: ConfigFrame | undefined;
  soundRefused: SoundCodec | undefined;
  state: SourceState | undefined;
  refusal: Refusal | undefined;
  /** How often the engine had no room for it (`busy`) since a frame came. */
  busy: number;
  /** Keeps it from being asked for once more. */
  cancelRetry: () => void;
}

/** Where the form cannot carry what the camera sends, the subscription stays: docs/wire.md. */
function isOpen({ refusal }: Entry): boolean {
  return refusal === undefined || refusal.code === "cannot_carry";
}

export class Connection {
  readonly clock = new EngineClock();
  readonly #around: Surroundings;
  readonly #events: Set<ConnectionEvents> = new Set();
  readonly #entries = new Map<string, Entry>();
  #socket: WebSocket | undefined;
  #link: Link;
  #attempt = 0;
  #nextRef = 1;
  #sounds = true;
  #heardMs = 0;
  #pings = 0;
  #cancelTimer: () => void = () => {};

  constructor(around: Surroundings) {
    this.#around = around;
    this.#link = { up: false, sinceMs: around.nowMs(), attempt: 0 };
    this.#connect();
  }

  get link(): Link {
    return this.#link;
  }

  /** Whether the engine pulls the sound of cameras. */
  get sounds(): boolean {
    return this.#sounds;
  }

  /** Tells `events` of everything from now on, and how the link is at once. */
  watch(events: ConnectionEvents): () => void {
    this.#events.add(events);
    events.onLink(this.#link);
    return () => this.#events.delete(events);
  }

  open(camera: string, profile: Profile, form: Form, listener: StreamListener): Subscription {
    const key = `${profile} ${form} ${camera}`;
    const entry = this.#entries.get(key) ?? this.#ask(key, camera, profile, form);
    entry.listeners.set(listener, entry.received);
    listener.onLink(this.#link.up);
    if (entry.refusal) listener.onRefused(entry.refusal);
    if (entry.state) listener.onState(entry.state);
    if (entry.config) listener.onFrame(entry.config);
    return {
      grant: (frames) => this.#dealtWith(entry, listener, frames),
      hear: (on) => this.#hear(entry, listener, on),
      close: () => this.#leave(entry, listener),
    };
  }

  #ask(key: string, camera: string, profile: Profile, form: Form): Entry {
    const entry: Entry = {
      key,
      camera,
      profile,
      form,
      listeners: new Map(),
      hearing: new Set(),
      received: 0,
      granted: 0,
      gop: 0,
      ref: 0 as Ref,
      stream: undefined,
      config: undefined,
      soundConfig: undefined,
      soundRefused: undefined,
      state: undefined,
      refusal: undefined,
      busy: 0,
      cancelRetry: () => {},
    };
    this.#entries.set(key, entry);
    if (this.#link.up) this.#sendOpen(entry);
    return entry;
  }

  #leave(entry: Entry, listener: StreamListener): void {
    this.#hear(entry, listener, false);
    entry.listeners.delete(listener);
    if (this.#entries.get(entry.key) !== entry) return;
    if (entry.listeners.size > 0) return this.#grant(entry);
    this.#entries.delete(entry.key);
    entry.cancelRetry();
    if (this.#link.up && isOpen(entry)) this.#send({ type: "close", ref: entry.ref });
  }

  /** The first who wants the sound asks for it, the last who does not any more ends it. */
  #hear(entry: Entry, listener: StreamListener, on: boolean): void {
    const before = entry.hearing.size;
    if (on) entry.hearing.add(listener);
    else entry.hearing.delete(listener);
    if (on && before > 0) this.#joinSound(entry, listener);
    const asked = entry.hearing.size > 0;
    if (asked === before > 0) return;
    entry.soundConfig = undefined;
    entry.soundRefused = undefined;
    if (!this.#link.up || !isOpen(entry)) return;
    if (asked && entry.form === "mp4" && this.#sounds) this.#openAgain(entry);
    else this.#send({ type: "audio", ref: entry.ref, audio: asked });
  }

  /** What the others who hear were told already. */
  #joinSound(entry: Entry, listener: StreamListener): void {
    if (entry.soundConfig) listener.onFrame(entry.soundConfig);
    if (entry.soundRefused) listener.onSoundRefused(entry.soundRefused);
  }

  /**
   * The tracks of an MP4 are those it begins with. Closed first: two subscriptions of one
   * stream and form could not be told apart. All that is cached comes again, and must fit
   * into the credit: else the picture would stand still until the next key frame.
   */
  #openAgain(entry: Entry): void {
    this.#send({ type: "close", ref: entry.ref });
    this.#sendOpen(entry, entry.gop);
  }

  #dealtWith(entry: Entry, listener: StreamListener, frames: number): void {
    const before = entry.listeners.get(listener);
    if (before === undefined) return;
    entry.listeners.set(listener, Math.min(before + frames, entry.received));
    this.#grant(entry);
  }

  /** The slowest of those who share a subscription sets the pace. */
  #grant(entry: Entry): void {
    const frames = Math.min(...entry.listeners.values()) - entry.granted;
    if (frames <= 0 || entry.stream === undefined) return;
    entry.granted += frames;
    this.#send({ type: "credit", ref: entry.ref, frames });
  }

  /** `cached`: pictures that the engine is known to have and will send at once. */
  #sendOpen(entry: Entry, cached = 0): void {
    entry.cancelRetry();
    entry.ref = this.#nextRef as Ref;
    this.#nextRef = (this.#nextRef % 0x7fffffff) + 1;
    entry.received = 0;
    entry.granted = 0;
    for (const listener of entry.listeners.keys()) entry.listeners.set(listener, 0);
    entry.stream = undefined;
    entry.config = undefined;
    entry.soundConfig = undefined;
    entry.soundRefused = undefined;
    entry.state = undefined;
    entry.refusal = undefined;
    const { ref, camera, profile, form } = entry;
    const sound = entry.hearing.size > 0 ? { audio: true } : {};
    const frames = (CREDIT_FRAMES + cached) * (sound.audio ? 1 + SOUND_FRAMES : 1);
    const credit = Math.min(frames, CREDIT_MAX);
    // Pages show the main stream where somebody looks at one picture; many at once are sub streams.
    const focus = profile === "main" ? { urgent: true } : {};
    this.#send({ type: "open", ref, camera, profile, form, credit, ...sound, ...focus });
  }

  #send(message: PageMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #connect(): void {
    const socket = this.#around.socket();
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.#onMessage(event.data);
    socket.onclose = () => this.#lost();
    this.#wait(HELLO_MS, () => this.#lost());
  }

  #wait(ms: number, call: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#around.after(ms, call);
  }

  /** The only way down: drops the socket, tells everyone, tries again later. */
  #lost(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
    const wasUp = this.#link.up;
    this.#attempt += 1;
    const sinceMs = wasUp ? this.#around.nowMs() : this.#link.sinceMs;
    this.#setLink({ up: false, sinceMs, attempt: this.#attempt });
    if (wasUp) this.#eachListener((l) => l.onLink(false));
    this.#wait(backoffMs(this.#attempt, this.#around.random()), () => this.#connect());
  }

  #setLink(link: Link): void {
    this.#link = link;
    for (const e of [...this.#events]) e.onLink(link);
  }

  #eachListener(call: (listener: StreamListener) => void): void {
    for (const entry of [...this.#entries.values()]) [...entry.listeners.keys()].forEach(call);
  }

  #onMessage(data: string | ArrayBuffer): void {
    this.#heardMs = this.#around.nowMs();
    if (typeof data === "string") {
      const message = parseControl(data);
      if (message) this.#onControl(message);
      return;
    }
    let frames: Frame[];
    try {
      frames = parseFrames(data);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      console.warn("gridwall: connecting again, the engine sent a malformed message:", error.message);
      this.#lost();
      return;
    }
    frames.forEach((frame) => this.#onFrame(frame));
  }

  #onFrame(frame: Frame): void {
    for (const entry of this.#entries.values()) {
      if (entry.stream !== frame.stream || entry.form !== frame.form) continue;
      const sound = isSound(frame.codec);
      if (frame.kind === "media") {
        entry.received += 1;
        entry.busy = 0;
      } else if (sound) entry.soundConfig = frame;
      else entry.config = frame;
      if (frame.kind === "media" && !sound) entry.gop = frame.key ? 1 : entry.gop + 1;
      for (const l of [...entry.listeners.keys()]) {
        if (!sound || entry.hearing.has(l)) l.onFrame(frame);
        else if (frame.kind === "media") this.#dealtWith(entry, l, 1); // it has no use for it
      }
    }
  }

  #onControl(message: EngineMessage): void {
    switch (message.type) {
      case "hello":
        this.#sounds = message.audio ?? true;
        return this.#onHello(message.now_us);
      case "pong":
        return this.clock.sample(message.t, this.#around.nowMs(), message.now_us);
      case "opened":
        return this.#onOpened(message.ref, message.stream, message.state);
      case "state":
        return this.#toStream(message.stream, (entry, l) => {
          entry.state = message.state;
          l.onState(message.state);
        });
      case "dropped":
        return this.#toStream(message.stream, (_, l) => l.onDropped(message.frames));
      case "error":
        return this.#onError(message.ref, message, codecOf(message.codec ?? 0));
      case "cameras":
        return [...this.#events].forEach((e) => e.onCameras(message.items));
      case "registry":
        return [...this.#events].forEach((e) => e.onRegistry());
      case "closed":
        return;
    }
  }

  #onHello(nowUs: number): void {
    const nowMs = this.#around.nowMs();
    this.clock.hello(nowMs, nowUs);
    this.#attempt = 0;
    this.#pings = 0;
    this.#setLink({ up: true, sinceMs: nowMs, attempt: 0 });
    this.#ping();
    for (const entry of [...this.#entries.values()]) {
      this.#sendOpen(entry);
      [...entry.listeners.keys()].forEach((l) => l.onLink(true));
    }
  }

  #ping(): void {
    const nowMs = this.#around.nowMs();
    if (nowMs - this.#heardMs > SILENCE_MS) return this.#lost();
    this.#send({ type: "ping", t: nowMs });
    this.#pings += 1;
    this.#wait(this.#pings < FIRST_PINGS ? FIRST_PINGS_MS : PING_MS, () => this.#ping());
  }

  #onOpened(ref: Ref, stream: StreamNumber, state: SourceState): void {
    const entry = this.#byRef(ref);
    if (!entry) return; // closed meanwhile
    entry.stream = stream;
    entry.state = state;
    for (const l of [...entry.listeners.keys()]) l.onState(state);
  }

  /** `codec`: what the form cannot carry. */
  #onError(ref: Ref | undefined, refusal: Refusal, codec: Codec | undefined): void {
    const entry = ref === undefined ? undefined : this.#byRef(ref);
    if (!entry) return console.warn("gridwall: the engine refused a message:", refusal.en);
    if (codec && isSound(codec)) {
      entry.soundRefused = codec;
      for (const l of [...entry.hearing]) l.onSoundRefused(codec);
      return;
    }
    entry.refusal = refusal;
    for (const l of [...entry.listeners.keys()]) l.onRefused(refusal);
    if (refusal.code === "busy") this.#askLater(entry);
  }

  /** Out of memory is a state that passes. While the link is down, hello asks for everything anyway. */
  #askLater(entry: Entry): void {
    entry.busy += 1;
    entry.cancelRetry = this.#around.after(backoffMs(entry.busy, this.#around.random()), () => {
      if (!this.#link.up) return;
      this.#sendOpen(entry);
      for (const l of [...entry.listeners.keys()]) l.onLink(true);
    });
  }

  #byRef(ref: Ref): Entry | undefined {
    return [...this.#entries.values()].find((entry) => entry.ref === ref);
  }

  #toStream(stream: StreamNumber, call: (entry: Entry, listener: StreamListener) => void): void {
    for (const entry of [...this.#entries.values()]) {
      if (entry.stream === stream) [...entry.listeners.keys()].forEach((l) => call(entry, l));
    }
  }
}

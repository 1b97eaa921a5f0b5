/**
 * `<grid-player camera="…" profile="sub" label="…" number="3">`: one tile with its
 * picture and the words that belong to it. No framework; all players of a page share
 * one connection and one clock tick.
 *
 * Without `camera` the tile is empty. Another `camera` clears the picture at once, so
 * that nobody's picture stands under somebody else's name; another `profile` keeps
 * the old picture until the new stream shows its first one.
 */
import { documentLang, wordsOf } from "../text/language";
import type { Connection } from "../wire/connection";
import type { Profile } from "../wire/control";
import { bestForm } from "./capability";
import { Feed } from "./feed";
import playerCss from "./grid_player.css?inline";
import { splitLabel } from "./label";
import type { Sound } from "./sound";
import { soundWords } from "./sound_words";
import type { Hearing } from "./sound_words";
import { Speaker } from "./speaker";
import type { SpeakerHolder } from "./speaker";
import { SpeakerButton } from "./speaker_button";
import { stateWords } from "./state_words";
import { isCurrent, tileState } from "./tile_state";
import type { TileState } from "./tile_state";

/** Ages on screen change this often; the watchdog looks as often. */
const TICK_MS = 250;

const form = bestForm();
const wantProof = new URLSearchParams(location.search).has("proof");
const players = new Set<GridPlayer>();
const speaker = new Speaker();
let connection: Connection | undefined;
let sheet: CSSStyleSheet | undefined;

/** Must be called once before the first player is shown. */
export function definePlayer(shared: Connection): void {
  connection = shared;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(playerCss);
  customElements.define("grid-player", GridPlayer);
  setInterval(() => players.forEach((player) => player.tick()), TICK_MS);
}

export class GridPlayer extends HTMLElement implements SpeakerHolder {
  static readonly observedAttributes = ["camera", "profile", "label", "number", "hint"];

  readonly #stage = part("stage");
  readonly #number = part("number");
  readonly #hint = part("hint");
  readonly #head = part("head");
  readonly #tail = part("tail");
  readonly #age = part("age");
  readonly #state = part("state");
  readonly #words = part("words");
  readonly #speaker = new SpeakerButton(() => (this.#sound ? this.mute() : this.#listen()));
  #feed: Feed | undefined;
  /** Asked for, but not on screen yet: takes the feed's place with its first picture. */
  #next: Feed | undefined;
  /** The loudspeaker is this tile's. */
  #sound: Sound | undefined;
  #renewing = false;
  #noDecoder = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    if (sheet) root.adoptedStyleSheets = [sheet];
    const label = part("label", this.#head, this.#tail);
    const now = part("now", this.#speaker.note, this.#speaker.button, this.#age, this.#state);
    this.#words.setAttribute("role", "status");
    root.append(this.#stage, this.#words, part("over", this.#number, this.#hint, label, now));
  }

  connectedCallback(): void {
    players.add(this);
    this.#renewSoon();
  }

  disconnectedCallback(): void {
    players.delete(this);
    this.#clear();
  }

  attributeChangedCallback(name: string, _: string | null, value: string | null): void {
    if (name === "label") this.#setLabel(value ?? "");
    else if (name === "number") this.#number.textContent = value;
    else if (name === "hint") this.#hint.textContent = value;
    else this.#renewSoon();
  }

  #setLabel(label: string): void {
    [this.#head.textContent, this.#tail.textContent] = splitLabel(label);
    this.title = label;
  }

  /** Several attributes change together: look once, when all have. */
  #renewSoon(): void {
    if (this.#renewing || !this.isConnected) return;
    this.#renewing = true;
    void form.then((best) => {
      this.#renewing = false;
      if (this.isConnected) this.#renew(best);
    });
  }

  #renew(best: Awaited<typeof form>): void {
    const camera = this.getAttribute("camera") ?? "";
    const profile: Profile = this.getAttribute("profile") === "main" ? "main" : "sub";
    this.#noDecoder = camera !== "" && best === undefined;
    if (camera !== (this.#feed ?? this.#next)?.camera) this.#clear();
    if (camera !== "" && best && connection) this.#show({ connection, camera, profile, form: best });
    this.tick();
  }

  #show(wanted: { connection: Connection; camera: string; profile: Profile; form: "avcc" | "mp4" }): void {
    this.#next?.close();
    this.#next?.element.remove();
    this.#next = undefined;
    if (this.#feed?.profile === wanted.profile) return;
    const feed: Feed = new Feed({ ...wanted, wantProof, onFirst: () => this.#swap(feed) });
    if (this.#feed) this.#next = feed;
    else this.#feed = feed;
    this.#stage.append(feed.element);
  }

  /** The sound goes on with the stream that is on screen. */
  #swap(feed: Feed): void {
    feed.element.classList.add("shown");
    if (feed === this.#next) {
      this.#feed?.hear(undefined);
      feed.hear(this.#sound);
      this.#feed?.close();
      this.#feed?.element.remove();
      this.#feed = feed;
      this.#next = undefined;
    }
    this.tick();
  }

  #listen(): void {
    if (!this.#feed) return;
    this.#sound = speaker.take(this, this.#feed.form);
    this.#feed.hear(this.#sound);
    this.tick();
  }

  /** Ends the sound of this tile, where it has one. */
  mute(): void {
    this.onSpeakerLost();
    speaker.release(this);
    this.tick();
  }

  onSpeakerLost(): void {
    this.#feed?.hear(undefined);
    this.#sound?.close();
    this.#sound = undefined;
  }

  #hearing(nowMs: number): Hearing {
    if (!this.#sound) return { kind: "off" };
    return connection?.sounds ? this.#sound.state(nowMs) : { kind: "engine" };
  }

  #clear(): void {
    if (this.#sound) this.mute();
    this.#feed?.close();
    this.#next?.close();
    this.#feed = undefined;
    this.#next = undefined;
    this.#stage.replaceChildren();
  }

  get state(): TileState {
    const nowMs = performance.now();
    return tileState(this.#feed?.facts(nowMs), nowMs);
  }

  /** Writes the state down; touches the DOM only where something changed. */
  tick(): void {
    const language = documentLang();
    const words = wordsOf(language);
    const { state } = this;
    const { tone, short, long, age } = stateWords(state, language, words);
    setLines(this.#words, this.#noDecoder ? words.tile.noDecoder : long);
    setText(this.#age, age);
    setText(this.#state, short);
    const hearing = this.#hearing(performance.now());
    this.#speaker.show(soundWords(hearing, words));
    setData(this, "sound", hearing.kind);
    setData(this, "state", state.kind);
    setData(this, "tone", tone);
    setData(this, "current", String(isCurrent(state)));
    if (wantProof) this.#publishProof();
  }

  /** For tests: whose picture it is, whether it moves, how old it is. */
  #publishProof(): void {
    const { last, count, dropped } = this.#feed?.shown ?? { last: undefined, count: 0, dropped: 0 };
    setData(this, "frames", String(count));
    setData(this, "dropped", String(dropped));
    setData(this, "proofCamera", last?.proof ? String(last.proof.camera) : "");
    setData(this, "proofProfile", last?.proof ? (last.proof.profile === 0 ? "main" : "sub") : "");
    setData(this, "proofFrame", last?.proof ? String(last.proof.frame) : "");
    const { state } = this;
    const ageMs = state.kind === "live" || state.kind === "behind" ? state.ageMs : undefined;
    setData(this, "ageMs", ageMs === undefined ? "" : String(Math.round(ageMs)));
  }
}

function part(name: string, ...children: (HTMLElement | string)[]): HTMLElement {
  const element = document.createElement("div");
  element.className = name;
  element.setAttribute("part", name);
  element.append(...children);
  return element;
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A line each, the most important first: narrow tiles show no more than that. */
function setLines(element: HTMLElement, text: string): void {
  if (element.textContent === text.replaceAll("\n", "")) return;
  element.replaceChildren(...(text === "" ? [] : text.split("\n")).map((line) => part("line", line)));
}

function setData(element: HTMLElement, name: string, value: string): void {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

/**
 * What a tile says about its picture. Pure: facts in, state out.
 *
 * One rule stands above all: a picture that has not moved for STILL_MS is never
 * called live, whatever everyone else believes.
 */
import type { Refusal } from "../wire/connection";
import type { Sentence, SourceState } from "../wire/control";

export const STILL_MS = 2_000;
/** A picture older than this is said to be behind. */
export const BEHIND_MS = 1_000;
/** Attempts after which "reconnecting" becomes "offline": the operator must act. */
export const OFFLINE_FROM_ATTEMPT = 3;

export type TileState =
  | { readonly kind: "empty" }
  | { readonly kind: "waiting"; readonly on: WaitingOn; readonly forMs: number; readonly why?: Sentence | undefined }
  | { readonly kind: "live"; readonly ageMs: number | undefined }
  | { readonly kind: "behind"; readonly ageMs: number }
  | { readonly kind: "still"; readonly forMs: number }
  | { readonly kind: "reconnecting"; readonly to: "engine" | "camera"; readonly attempt: number; readonly forMs: number }
  | { readonly kind: "offline"; readonly why: Sentence | undefined; readonly forMs: number; readonly retryMs: number | undefined }
  | { readonly kind: "refused"; readonly why: Sentence }
  | { readonly kind: "unshowable"; readonly codec: string };

export type WaitingOn = "engine" | "camera" | "key_frame" | "decoder";

export interface TileFacts {
  /** Since when this picture is asked for. All times in page ms. */
  readonly askedMs: number;
  readonly link: { readonly up: boolean; readonly sinceMs: number; readonly attempt: number };
  readonly refusal: Refusal | undefined;
  readonly source: { readonly state: SourceState; readonly heardMs: number } | undefined;
  /** Codec string that this browser cannot decode. */
  readonly unshowable: string | undefined;
  /** When the shown picture last changed; undefined: nothing was shown yet. */
  readonly movedMs: number | undefined;
  /** Age of the shown picture; undefined: the clocks were not compared yet. */
  readonly ageMs: number | undefined;
  /** When the last access unit went into the decoder. */
  readonly fedMs: number | undefined;
}

export function tileState(facts: TileFacts | undefined, nowMs: number): TileState {
  if (!facts) return { kind: "empty" };
  if (facts.unshowable !== undefined) return { kind: "unshowable", codec: facts.unshowable };
  if (moving(facts, nowMs)) return shown(facts);
  if (!facts.link.up) return linkLost(facts, nowMs);
  if (facts.refusal) return { kind: "refused", why: facts.refusal };
  if (facts.source?.state.name === "retrying") return retrying(facts, facts.source, nowMs);
  if (facts.movedMs !== undefined) return { kind: "still", forMs: nowMs - facts.movedMs };
  const on = waitingOn(facts);
  const why = on === "key_frame" ? whyOf(facts.source?.state) : undefined;
  return { kind: "waiting", on, forMs: nowMs - facts.askedMs, why };
}

/** States in which the picture is what the camera sees now. */
export function isCurrent(state: TileState): boolean {
  return state.kind === "live" || state.kind === "behind";
}

function moving(facts: TileFacts, nowMs: number): boolean {
  return facts.movedMs !== undefined && nowMs - facts.movedMs < STILL_MS;
}

function shown(facts: TileFacts): TileState {
  const { ageMs } = facts;
  if (ageMs !== undefined && ageMs >= BEHIND_MS) return { kind: "behind", ageMs };
  return { kind: "live", ageMs };
}

function linkLost(facts: TileFacts, nowMs: number): TileState {
  if (facts.movedMs === undefined && facts.link.attempt === 0) {
    return { kind: "waiting", on: "engine", forMs: nowMs - facts.askedMs };
  }
  const { attempt, sinceMs } = facts.link;
  return { kind: "reconnecting", to: "engine", attempt: Math.max(1, attempt), forMs: nowMs - sinceMs };
}

function retrying(facts: TileFacts, source: NonNullable<TileFacts["source"]>, nowMs: number): TileState {
  const { state, heardMs } = source;
  const sinceHeard = nowMs - heardMs;
  const attempt = Math.max(1, state.attempt ?? 1);
  const forMs = facts.movedMs !== undefined ? nowMs - facts.movedMs : state.age_ms + sinceHeard;
  if (facts.movedMs !== undefined && attempt < OFFLINE_FROM_ATTEMPT) {
    return { kind: "reconnecting", to: "camera", attempt, forMs };
  }
  const { retry_ms } = state;
  const why = whyOf(state);
  const retryMs = retry_ms === undefined ? undefined : Math.max(0, retry_ms - sinceHeard);
  return { kind: "offline", why, forMs, retryMs };
}

/** What the engine has to say: what is wrong, or that a camera's key frames are far apart. */
function whyOf(state: SourceState | undefined): Sentence | undefined {
  const { en, zh } = state ?? {};
  return en !== undefined && zh !== undefined ? { en, zh } : undefined;
}

function waitingOn(facts: TileFacts): WaitingOn {
  const name = facts.source?.state.name;
  if (name === undefined) return "engine";
  if (name === "idle" || name === "connecting") return "camera";
  return facts.fedMs === undefined ? "key_frame" : "decoder";
}

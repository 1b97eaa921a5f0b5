/**
 * Gathers frames of a sound into pieces for a decoder that takes whole files. Pure.
 *
 * What a frame of AAC or Opus sounds like depends on the ones before it: each piece
 * begins with some that were played already, and what comes of them is thrown away.
 */
import { SEAM_S, secondsBetween } from "./sound_plan";

/** The length of a piece: each costs a decoder of its own, and is as late as it is long. */
export const CHUNK_S = 0.1;
/** Repeated before each piece: Opus converges within 80 ms (RFC 7845, 4.6), AAC within two frames. */
export const REPEAT_S = 0.08;
/** More never waits: what is older is left out. */
export const HELD_MAX_S = 0.5;

const TICKS_PER_S = 90_000;

export interface SoundUnit {
  readonly pts90k: number;
  readonly ticks: number;
  readonly bytes: Uint8Array;
}

export interface SoundChunk {
  readonly units: readonly Uint8Array[];
  /** When its last sample ends, and how much before that is new. */
  readonly end90k: number;
  readonly seconds: number;
}

export class SoundChunks {
  /** What was in the piece before. */
  #old: SoundUnit[] = [];
  #new: SoundUnit[] = [];

  put(unit: SoundUnit): void {
    const last = this.#new.at(-1) ?? this.#old.at(-1);
    if (last && Math.abs(secondsBetween(endOf(last), unit.pts90k)) > SEAM_S) this.clear();
    this.#new.push(unit);
    while (secondsOf(this.#new) > HELD_MAX_S) this.#age(1);
  }

  /** A piece, as soon as one is whole. */
  take(): SoundChunk | undefined {
    const seconds = secondsOf(this.#new);
    const last = this.#new.at(-1);
    if (!last || seconds < CHUNK_S) return undefined;
    const units = [...this.#old, ...this.#new].map((unit) => unit.bytes);
    this.#age(this.#new.length);
    return { units, end90k: endOf(last), seconds };
  }

  clear(): void {
    this.#old = [];
    this.#new = [];
  }

  #age(count: number): void {
    this.#old.push(...this.#new.splice(0, count));
    while (this.#old.length > 1 && secondsOf(this.#old.slice(1)) >= REPEAT_S) this.#old.shift();
  }
}

function endOf(unit: SoundUnit): number {
  return unit.pts90k + unit.ticks;
}

function secondsOf(units: readonly SoundUnit[]): number {
  return units.reduce((sum, unit) => sum + unit.ticks, 0) / TICKS_PER_S;
}

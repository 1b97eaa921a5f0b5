/**
 * What a tile's loudspeaker says of itself. Pure.
 */
import type { Words } from "../text/words";
import type { SoundState } from "./sound";

/** Why a tile that was asked to be heard is not: beside what its sound says itself. */
export type Hearing = { readonly kind: "off" | "engine" } | SoundState;

export interface SoundWords {
  readonly pressed: boolean;
  /** What a click does. */
  readonly title: string;
  /** What is the matter; "" when nothing is. */
  readonly note: string;
}

export function soundWords(hearing: Hearing, words: Words): SoundWords {
  const w = words.tile.sound;
  switch (hearing.kind) {
    case "off":
      return { pressed: false, title: w.turnOn, note: "" };
    case "starting":
    case "on":
      return { pressed: true, title: w.turnOff, note: "" };
    case "silent":
      return { pressed: true, title: w.turnOff, note: w.silent };
    case "engine":
      return { pressed: true, title: w.turnOff, note: w.engine };
    case "unplayable":
      return { pressed: true, title: w.turnOff, note: w.unplayable(soundName(hearing.codec)) };
  }
}

function soundName(codec: string): string {
  if (codec === "opus") return "Opus";
  if (codec === "alaw" || codec === "ulaw") return "G.711";
  return codec.startsWith("mp4a") || codec === "aac" ? "AAC" : codec;
}

/**
 * Figures in words. Pure.
 */
import type { Words } from "./words";

/** "0.2 s": the age of a picture. */
export function secondsWords(ms: number, words: Words): string {
  const s = ms / 1000;
  return `${s < 10 ? s.toFixed(1) : Math.round(s)} ${words.unit.second}`;
}

/** "7 s", "3 min", "2 h": how long something lasts. */
export function lastingWords(ms: number, words: Words): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 120) return `${s} ${words.unit.second}`;
  if (s < 7200) return `${Math.floor(s / 60)} ${words.unit.minute}`;
  return `${Math.floor(s / 3600)} ${words.unit.hour}`;
}

/** 8,600 */
export function countWords(n: number): string {
  return n.toLocaleString("en-US");
}

/** "98.2 %"; "" where nothing is known. */
export function percentWords(part: number, whole: number): string {
  if (whole === 0) return "";
  // Never rounded up to a whole that is not reached.
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`;
}

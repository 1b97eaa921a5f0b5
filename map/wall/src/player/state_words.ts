/**
 * A tile's state in words, as it stands in its corner and across it. Pure.
 */
import { codecName } from "./boxes";
import { lastingWords, secondsWords } from "../text/numbers";
import type { Lang, Words } from "../text/words";
import type { TileState } from "./tile_state";

/** Which token colours the state, and which shape stands before it. */
export type Tone = "ok" | "watch" | "offline" | "quiet";

export interface StateWords {
  readonly tone: Tone;
  /** One or two words, beside the shape. */
  readonly short: string;
  /** Across the tile: what is the matter and what happens next. "" while live. */
  readonly long: string;
  /** Age of the picture, "" where there is none. */
  readonly age: string;
}

export function stateWords(state: TileState, lang: Lang, words: Words): StateWords {
  const w = words.tile;
  switch (state.kind) {
    case "empty":
      return { tone: "quiet", short: "", long: w.empty, age: "" };
    case "waiting": {
      const lines = [`${w.waitingOn[state.on]} ${lastingWords(state.forMs, words)}`];
      if (state.why) lines.push(state.why[lang]);
      return { tone: "quiet", short: w.waiting, long: lines.join("\n"), age: "" };
    }
    case "live":
      return { tone: "ok", short: w.live, long: "", age: ageWords(state.ageMs, words) };
    case "behind":
      return { tone: "watch", short: w.behind, long: "", age: ageWords(state.ageMs, words) };
    case "still":
      return { tone: "watch", short: w.still, long: w.stillFor(lastingWords(state.forMs, words)), age: "" };
    case "reconnecting": {
      const lasting = lastingWords(state.forMs, words);
      return { tone: "watch", short: w.reconnecting, long: w.reconnectingTo[state.to](state.attempt, lasting), age: "" };
    }
    case "offline":
      return { tone: "offline", short: w.offline, long: offlineWords(state, lang, words), age: "" };
    case "refused":
      return { tone: "offline", short: w.refused, long: state.why[lang], age: "" };
    case "unshowable":
      return { tone: "offline", short: w.unshowable, long: w.unshowableCodec(codecName(state.codec)), age: "" };
  }
}

function ageWords(ageMs: number | undefined, words: Words): string {
  return ageMs === undefined ? "" : secondsWords(ageMs, words);
}

function offlineWords(state: TileState & { kind: "offline" }, lang: Lang, words: Words): string {
  const w = words.tile;
  const lines = [state.why?.[lang] ?? w.noReason, w.offlineFor(lastingWords(state.forMs, words))];
  if (state.retryMs !== undefined) lines.push(w.nextTry(Math.ceil(state.retryMs / 1000)));
  return lines.join("\n");
}

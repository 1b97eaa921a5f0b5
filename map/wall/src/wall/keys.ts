/**
 * The number pad of a wall operator: what was typed, and what it means. Pure.
 *
 *   12 Enter     camera 12 of this screen into the chosen tile
 *   3 .          choose tile 3
 *   0            clear the chosen tile (with nothing typed before it)
 *   *            enlarge the chosen tile, and back
 *   [ ]          fewer, more tiles
 *   Backspace    take back a digit;  Escape: take back everything
 */

export interface Typing {
  /** At most DIGITS_MAX. */
  readonly digits: string;
}

export type Command =
  | { readonly do: "show"; readonly camera: number }
  | { readonly do: "choose"; readonly tile: number }
  | { readonly do: "clear" }
  | { readonly do: "enlarge" }
  | { readonly do: "escape" }
  | { readonly do: "layout"; readonly step: 1 | -1 };

export interface Pressed {
  readonly typing: Typing;
  readonly command?: Command;
}

export const DIGITS_MAX = 5;
export const NOTHING_TYPED: Typing = { digits: "" };

const PLAIN: Readonly<Record<string, Command>> = {
  "*": { do: "enlarge" },
  "[": { do: "layout", step: -1 },
  "]": { do: "layout", step: 1 },
  Escape: { do: "escape" },
};

/** `key` as KeyboardEvent.key gives it. undefined: not ours, let the browser have it. */
export function press(typing: Typing, key: string): Pressed | undefined {
  const { digits } = typing;
  if (/^[0-9]$/.test(key)) return digit(digits, key);
  const plain = PLAIN[key];
  if (plain) return { typing: NOTHING_TYPED, command: plain };
  if (key === "Backspace") return { typing: { digits: digits.slice(0, -1) } };
  if (digits === "") return undefined;
  if (key === "Enter") return { typing: NOTHING_TYPED, command: { do: "show", camera: Number(digits) } };
  if (key === ".") return { typing: NOTHING_TYPED, command: { do: "choose", tile: Number(digits) } };
  return undefined;
}

function digit(digits: string, key: string): Pressed {
  if (digits === "" && key === "0") return { typing: NOTHING_TYPED, command: { do: "clear" } };
  return { typing: { digits: (digits + key).slice(0, DIGITS_MAX) } };
}

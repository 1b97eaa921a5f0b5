/**
 * A camera's name where there is little room for it. Pure.
 */

/** Characters of the end that are kept at most. */
const TAIL_MAX = 6;
/** Of a name in one word, as names without blanks are. */
const TAIL_CHARACTERS = 3;

/**
 * What may be cut off, and what may not: of "兴隆路与健康街路口 西向" the direction is
 * what tells the cameras of one crossing apart, and so is the number at the end of a name.
 */
export function splitLabel(label: string): readonly [head: string, tail: string] {
  const characters = [...label];
  const blank = characters.lastIndexOf(" ");
  const lastWord = characters.length - blank;
  const tail = blank > 0 && lastWord <= TAIL_MAX ? lastWord : Math.min(TAIL_CHARACTERS, characters.length - 1);
  if (tail <= 0) return [label, ""];
  return [characters.slice(0, -tail).join(""), characters.slice(-tail).join("")];
}

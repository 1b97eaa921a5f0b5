/**
 * The loudspeaker of a tile: a button, and a word where something is the matter.
 */
import type { SoundWords } from "./sound_words";

const SVG = "http://www.w3.org/2000/svg";
const BODY = "M2 6h3l4-4v12l-4-4H2z";
const WAVES = "M11 5.2a4 4 0 0 1 0 5.6M12.8 3.2a6.8 6.8 0 0 1 0 9.6";
const CROSS = "M11 6l4 4M15 6l-4 4";

export class SpeakerButton {
  readonly note = document.createElement("div");
  readonly button = document.createElement("button");

  constructor(onPress: () => void) {
    this.note.className = "note";
    this.note.setAttribute("role", "status");
    this.button.className = "speaker";
    this.button.type = "button";
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    svg.append(path("body", BODY), path("waves", WAVES), path("cross", CROSS));
    this.button.append(svg);
    // The tile behind it is chosen by a click and enlarged by two: not by these.
    this.button.addEventListener("click", (event) => {
      event.stopPropagation();
      onPress();
    });
    this.button.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  show({ pressed, title, note }: SoundWords): void {
    if (this.note.textContent !== note) this.note.textContent = note;
    if (this.button.title === title) return;
    this.button.title = title;
    this.button.setAttribute("aria-label", title);
    this.button.setAttribute("aria-pressed", String(pressed));
  }
}

function path(name: string, d: string): SVGPathElement {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("class", name);
  element.setAttribute("d", d);
  return element;
}

/**
 * Which language the page speaks. `<html lang>` is the one place where it stands, so
 * that a player without any framework can read it too; the signal makes pages follow.
 */
import { effect, signal } from "@preact/signals";
import { en } from "./en";
import type { Lang, Words } from "./words";
import { zh } from "./zh";

const STORAGE_KEY = "gridwall.lang";

export function wordsOf(lang: Lang): Words {
  return lang === "zh" ? zh : en;
}

/** The language of a document, for those who do not use signals. */
export function documentLang(): Lang {
  return document.documentElement.lang.startsWith("en") ? "en" : "zh";
}

/** `?lang=` for screens nobody touches, what was chosen here, what the browser asks for. */
function initialLang(): Lang {
  const stored = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(STORAGE_KEY);
  if (stored === "zh" || stored === "en") return stored;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const lang = signal<Lang>(initialLang());

effect(() => {
  document.documentElement.lang = lang.value;
});

export function chooseLang(chosen: Lang): void {
  lang.value = chosen;
  localStorage.setItem(STORAGE_KEY, chosen);
}

/** In components: renders again when the language changes. */
export function useWords(): Words {
  return wordsOf(lang.value);
}

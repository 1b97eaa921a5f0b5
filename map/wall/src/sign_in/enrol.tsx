/**
 * A screen that nobody sits at: it shows a code, an administrator enters it elsewhere, and
 * the screen is in. In both languages at once, for nobody is here to choose one.
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ApiError } from "../api/client";
import { wordsOf } from "../text/language";
import type { Lang } from "../text/words";
import { awaitEnrolment } from "./enrolment";
import { SignIn } from "./sign_in";
import "./enrol.css";

const LANGS: readonly Lang[] = ["zh", "en"];

export function Enrol({ screen }: { readonly screen: string }) {
  const code = useSignal("");
  const failure = useSignal("");
  const bySignIn = useSignal(false);

  useEffect(() => {
    if (bySignIn.value) return undefined;
    return awaitEnrolment({
      begin: api.beginScreen,
      ask: async (word) => {
        try {
          return await api.askScreen(word);
        } catch (error) {
          if (error instanceof ApiError && error.status === 404) return "over";
          throw error;
        }
      },
      after: (ms, call) => {
        const timer = setTimeout(call, ms);
        return () => clearTimeout(timer);
      },
      onCode: (now) => {
        code.value = now;
        failure.value = "";
      },
      onFailure: (error) => (failure.value = error instanceof Error ? error.message : String(error)),
      onIn: () => location.reload(),
    });
  }, [bySignIn.value]);

  if (bySignIn.value) return <SignIn />;
  return (
    <main class="enrol">
      <p class="quiet">
        gridwall · {LANGS.map((lang) => wordsOf(lang).wall.title(screen)).join(" · ")}
      </p>
      <p class="code" aria-live="polite">{code.value || "····-····"}</p>
      {LANGS.map((lang) => (
        <p key={lang} lang={lang} class={lang === "zh" ? "lead" : "lead quiet"}>
          {wordsOf(lang).enrol.lead}
        </p>
      ))}
      <p class="failure" role="alert">
        {failure.value && <i class="shape alarm" />}
        {failure.value}
      </p>
      <button type="button" class="quiet" onClick={() => (bySignIn.value = true)}>
        {LANGS.map((lang) => wordsOf(lang).enrol.signIn).join(" · ")}
      </button>
    </main>
  );
}

import { chooseLang, lang, useWords } from "./language";
import "./lang_switch.css";

export function LangSwitch() {
  const { desk } = useWords();
  return (
    <div class="lang-switch" role="group" aria-label={desk.language}>
      <button type="button" lang="zh" aria-pressed={lang.value === "zh"} onClick={() => chooseLang("zh")}>
        中文
      </button>
      <button type="button" lang="en" aria-pressed={lang.value === "en"} onClick={() => chooseLang("en")}>
        English
      </button>
    </div>
  );
}

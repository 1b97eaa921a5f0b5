import { useEffect, useState } from "preact/hooks";
import { useWords } from "../text/language";
import { lastingWords } from "../text/numbers";
import { link } from "./connection";

/** Cuts shorter than this mend themselves before anyone could read about them. */
const SHOW_AFTER_MS = 700;

/** A thin strip, there only while the engine cannot be reached. */
export function LinkStrip() {
  const words = useWords();
  const { up, sinceMs, attempt } = link.value;
  const nowMs = useNow(!up);
  if (up || nowMs - sinceMs < SHOW_AFTER_MS) return null;
  return (
    <div class="strip" role="alert">
      <i class="shape watch" />
      {words.link.lost(lastingWords(nowMs - sinceMs, words), Math.max(1, attempt))}
    </div>
  );
}

/** Page time, ticking only while somebody needs it. */
function useNow(ticking: boolean): number {
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    if (!ticking) return undefined;
    const timer = setInterval(() => setNowMs(performance.now()), 500);
    return () => clearInterval(timer);
  }, [ticking]);
  return nowMs;
}

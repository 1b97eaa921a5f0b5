import { useEffect } from "preact/hooks";
import { connection, link } from "../app/connection";
import { LinkStrip } from "../app/link_strip";
import { definePlayer } from "../player/grid_player";
import { LangSwitch } from "../text/lang_switch";
import { useWords } from "../text/language";
import { percentWords } from "../text/numbers";
import { MapPane } from "./map_pane";
import { districtCounts, enlarged, loadError, onlineOf, places, startModel } from "./model";
import { SearchBox } from "./search_box";
import { Tray } from "./tray";
import "./desk.css";

definePlayer(connection);

export function Desk() {
  const words = useWords();
  useEffect(startModel, []);
  useEffect(() => {
    document.title = `${words.desk.title} · gridwall`;
  }, [words]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && enlarged.value !== undefined) enlarged.value = undefined;
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <main class={link.value.up || !places.value ? "desk" : "desk cut"}>
      <header>
        <a class="brand" href="/">gridwall</a>
        <SearchBox />
        <Figures />
        <LangSwitch />
      </header>
      <MapPane />
      <Tray />
      {loadError.value !== undefined && !places.value && (
        <div class="strip" role="alert">
          <i class="shape watch" />
          {words.link.loadFailed(loadError.value)} · {words.link.again}
        </div>
      )}
      <LinkStrip />
    </main>
  );
}

/** Of the cameras that were asked, how many answered. */
function Figures() {
  const words = useWords();
  const counts = districtCounts.value;
  const { online, asked } = onlineOf(counts);
  if (!places.value) return <div class="figures quiet">{words.link.loading}</div>;
  return (
    <div class="figures">
      <span class="quiet">{words.place.cameras(counts.total)}</span>
      {asked === 0 ? (
        <span class="quiet">{words.desk.nothingKnown}</span>
      ) : (
        <span title={`${online} / ${asked}`}>
          <b>{percentWords(online, asked)}</b> <span class="quiet">{words.desk.onlineRate(asked)}</span>
        </span>
      )}
    </div>
  );
}

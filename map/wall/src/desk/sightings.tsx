import { documentLang, useWords } from "../text/language";
import type { Sighting } from "../api/types";
import { slots, stateOf, toggle } from "./model";
import { askedPlace, askError, askWhoSees, forgetPlace, showView, sightings } from "./sight";
import { VirtualList } from "./virtual_list";

const ROW_PX = 44;

/** Who sees the place that was asked about, best first, and why others do not. */
export function Sightings() {
  const { desk } = useWords();
  const place = askedPlace.value;
  const rows = sightings.value;
  const playing = slots.value;
  return (
    <section class="sightings" aria-label={desk.whoSees}>
      <div class="sightings-bar small">
        <b>{desk.whoSees}</b>
        <button type="button" onClick={forgetPlace}>{desk.back}</button>
      </div>
      {askError.value !== undefined && place && (
        <p class="tray-hint" role="alert">
          {askError.value} · <button type="button" onClick={() => void askWhoSees(place)}>{desk.askAgain}</button>
        </p>
      )}
      {rows && rows.length === 0 && <p class="tray-hint quiet">{desk.nobodySees}</p>}
      {rows && rows.length > 0 && (
        <VirtualList
          rows={rows}
          rowPx={ROW_PX}
          label={desk.whoSees}
          keyOf={(row) => row.id}
          selected={(row) => playing.includes(row.id)}
          onPick={pick}
          render={(row) => <SightingRow sighting={row} />}
        />
      )}
    </section>
  );
}

function pick(row: Sighting): void {
  void showView(row.id);
  toggle({ id: row.id, name: row.name, cell: "", state: row.state, lon: row.lon, lat: row.lat });
}

function SightingRow({ sighting }: { readonly sighting: Sighting }) {
  const { desk } = useWords();
  const { sight } = sighting;
  const turn = sight.kind === "could_turn" ? desk.turnTo(Math.round(sight.pan_deg), Math.round(sight.tilt_deg)) : "";
  const wall = sight.obstacle_m == null ? "" : desk.obstacleAt(Math.round(sight.obstacle_m));
  const words = [documentLang() === "zh" ? sight.zh : sight.en, wall, turn, sight.judged ? "" : desk.wedgeAlone];
  const text = words.filter(Boolean).join(" · ");
  const slot = slots.value.indexOf(sighting.id);
  return (
    <>
      <i class={`shape ${stateOf(sighting)}`} />
      <span class={sight.kind === "sees_not" ? "name quiet" : "name"}>
        {sighting.name || sighting.id}
        <small class="quiet" title={text}>{text}</small>
      </span>
      <span class="figure">{Math.round(sight.distance_m)} m</span>
      <span class="slot">{slot < 0 ? "" : String(slot + 1).padStart(2, "0")}</span>
    </>
  );
}

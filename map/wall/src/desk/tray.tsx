import { useComputed } from "@preact/signals";
import { Player } from "../player/tile";
import { useWords } from "../text/language";
import type { Camera, Counts } from "../api/types";
import {
  cameraById, choose, chosen, chosenCameras, closeAll, countsOf, districtCounts, enlarged,
  placeless, places, presentStates, slots, stateOf, toggle,
} from "./model";
import { keyOf, pathTo } from "./places";
import { askedPlace, showView } from "./sight";
import { Sightings } from "./sightings";
import type { Place } from "./places";
import { SLOTS, slotColumns } from "./slots";
import { VirtualList } from "./virtual_list";

const ROW_PX = 34;

type Row =
  | { readonly kind: "place"; readonly place: Place }
  | { readonly kind: "camera"; readonly camera: Camera };

export function Tray() {
  const words = useWords();
  return (
    <section class={slots.value.length > 0 ? "tray playing" : "tray"} aria-label={words.desk.tray}>
      <Title />
      <Tiles />
      {askedPlace.value ? <Sightings /> : <Rows />}
    </section>
  );
}

/** Where we are, what it is, how its cameras fare. */
function Title() {
  const words = useWords();
  const tree = places.value;
  if (!tree) return <header class="tray-title" />;
  const place = chosen.value ?? tree.district;
  const path = pathTo(tree, place).slice(0, -1);
  const cameras = chosenCameras.value;
  const onMap = place === tree.district && !placeless.value;
  const counts = onMap ? districtCounts.value : cameras ? countsOf(cameras) : place.counts;
  return (
    <header class="tray-title">
      <nav class="path small">
        {path.map((above) => (
          <button key={keyOf(above)} type="button" onClick={() => void choose(above)}>
            {above.name || above.code}
          </button>
        ))}
      </nav>
      <h2>
        {place.name || place.code || words.place.everything}{" "}
        {place.code !== "" && <span class="quiet code">{words.place[place.kind]} {place.code}</span>}
      </h2>
      <CountsLine counts={counts} />
    </header>
  );
}

function CountsLine({ counts }: { readonly counts: Counts }) {
  const { place } = useWords();
  return (
    <p class="counts">
      <span>{place.cameras(counts.total)}</span>
      {presentStates(counts).map((state) => (
        <span key={state} class="quiet">
          <i class={`shape ${state}`} /> {place.count(state, counts[state])}
        </span>
      ))}
    </p>
  );
}

/** Up to nine tiles; one of them may be enlarged, over the map. */
function Tiles() {
  const { desk } = useWords();
  const ids = slots.value;
  if (ids.length === 0) return <p class="tray-hint quiet">{placeless.value ? desk.chooseCamera : desk.chooseCell}</p>;
  const large = enlarged.value;
  return (
    <div class="tiles-box">
      <div class="tiles" style={{ "--columns": String(slotColumns(ids.length)) }}>
        {ids.map((id, i) => (
          <div
            key={id}
            class={large === id ? "tile large" : "tile"}
            role="button"
            tabIndex={0}
            onDblClick={() => (enlarged.value = large === id ? undefined : id)}
            onKeyDown={(event) => {
              if (event.key === "Enter") enlarged.value = large === id ? undefined : id;
              else if (event.key === "Delete") removeTile(id);
            }}
          >
            <Player
              camera={id}
              label={cameraById(id)?.name || id}
              number={i + 1}
              hint={cameraById(id)?.cell ?? ""}
              profile={large === id ? "main" : "sub"}
            />
          </div>
        ))}
      </div>
      <div class="tiles-bar small">
        <span class="quiet">{large === undefined ? desk.playing(ids.length, SLOTS) : desk.enlarged}</span>
        {large === undefined ? (
          <button type="button" onClick={closeAll}>{desk.closeAll}</button>
        ) : (
          <button type="button" onClick={() => (enlarged.value = undefined)}>{desk.back} · Esc</button>
        )}
      </div>
    </div>
  );
}

function removeTile(id: string): void {
  const camera = cameraById(id);
  if (camera) toggle(camera);
}

/** Places below, then the cameras here. */
function Rows() {
  const words = useWords();
  const rows = useComputed<readonly Row[]>(() => {
    const tree = places.value;
    if (!tree) return [];
    const below = tree.children.get(keyOf(chosen.value ?? tree.district)) ?? [];
    return [
      ...below.map((place): Row => ({ kind: "place", place })),
      ...(chosenCameras.value ?? []).map((camera): Row => ({ kind: "camera", camera })),
    ];
  });
  if (places.value && rows.value.length === 0) {
    return <p class="tray-hint quiet">{chosenCameras.value ? words.place.noCameras : words.link.loading}</p>;
  }
  const playing = slots.value;
  return (
    <VirtualList
      rows={rows.value}
      rowPx={ROW_PX}
      label={words.desk.list}
      keyOf={(row) => (row.kind === "place" ? keyOf(row.place) : row.camera.id)}
      selected={(row) => row.kind === "camera" && playing.includes(row.camera.id)}
      onPick={(row) => (row.kind === "place" ? void choose(row.place) : pick(row.camera))}
      render={(row) => (row.kind === "place" ? <PlaceRow place={row.place} /> : <CameraRow camera={row.camera} />)}
    />
  );
}

function pick(camera: Camera): void {
  toggle(camera);
  void showView(slots.value.includes(camera.id) ? camera.id : undefined);
}

function PlaceRow({ place }: { readonly place: Place }) {
  const words = useWords();
  return (
    <>
      <i class="place-mark" />
      <span class="name">{place.name || place.code}</span>
      <span class="quiet small">{place.code}</span>
      <span class="figure">{words.place.cameras(place.counts.total)}</span>
    </>
  );
}

function CameraRow({ camera }: { readonly camera: Camera }) {
  const words = useWords();
  const state = stateOf(camera);
  const slot = slots.value.indexOf(camera.id);
  return (
    <>
      <i class={`shape ${state}`} />
      <span class="name">{camera.name || camera.id}</span>
      <span class="quiet small">{words.state[state]}</span>
      <span class="slot">{slot < 0 ? "" : String(slot + 1).padStart(2, "0")}</span>
    </>
  );
}

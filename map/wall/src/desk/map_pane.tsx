import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { DistrictMap } from "../map/district_map";
import { cameraStates } from "../app/connection";
import { useWords } from "../text/language";
import { basemap, choose, chosen, mapCameras, places, showCamera, slots } from "./model";
import { cellKey } from "./places";
import { askedPlace, askWhoSees, showView, view } from "./sight";

/** The map, loaded when it is first shown; without WebGL 2 the lists do its work. */
export function MapPane() {
  const { desk } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let map: DistrictMap | undefined;
    let gone = false;
    let unbind = () => {};
    import("../map/district_map").then(({ createDistrictMap }) => {
      if (gone) return;
      map = createDistrictMap(element, { onCell, onCamera, onAsk: (place) => void askWhoSees(place) });
      unbind = bind(map);
    }).catch((error: unknown) => {
      console.warn("gridwall: no map:", error);
      setFailed(true);
    });
    return () => {
      gone = true;
      unbind();
      map?.remove();
    };
  }, []);

  return (
    <section class="map-pane" aria-label={desk.map}>
      <div ref={box} class="map" />
      {failed && <p class="map-failed quiet">{desk.mapFailed}</p>}
      {chosen.value && (
        <button type="button" class="map-home small" onClick={() => void choose(undefined)}>
          {desk.fitDistrict}
        </button>
      )}
    </section>
  );
}

function onCell(code: string): void {
  const place = places.value?.byCode.get(cellKey(code));
  if (place) void choose(place);
}

function onCamera(id: string): void {
  const feature = mapCameras.value.features.find((f) => f.properties.id === id);
  if (!feature) return;
  void showView(id);
  void showCamera(feature.properties);
}

/** The map follows the model, never the other way round. */
function bind(map: DistrictMap): () => void {
  const stops = [
    effect(() => {
      if (places.value) map.setPlaces(places.value, basemap.value);
    }),
    effect(() => map.setCameras(mapCameras.value, cameraStates.value)),
    effect(() => map.setPlaying(slots.value)),
    effect(() => map.setView(view.value)),
    effect(() => map.setAsked(askedPlace.value)),
    effect(() => {
      if (places.value) map.show(chosen.value);
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

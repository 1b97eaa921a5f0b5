import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useWords } from "../text/language";
import { cellKey } from "./places";
import { choose, places, searchIndex, showCamera, stateOf } from "./model";
import { search } from "./search";
import type { Hit } from "./search";

const SHOWN = 12;

export function SearchBox() {
  const { desk } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState("");
  const [current, setCurrent] = useState(0);
  const index = searchIndex.value;
  const found = useMemo(() => search(index, query, SHOWN), [index, query]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const close = () => {
    setQuery("");
    setCurrent(0);
    input.current?.blur();
  };
  const take = (hit: Hit | undefined) => {
    if (!hit) return;
    if (hit.kind === "place") void choose(hit.place);
    else void showCamera(hit.camera);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setCurrent(Math.min(current + 1, found.hits.length - 1));
    else if (event.key === "ArrowUp") setCurrent(Math.max(current - 1, 0));
    else if (event.key === "Enter") take(found.hits[current]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const open = query.trim() !== "";
  return (
    <div class="search">
      <input
        ref={input}
        type="search"
        role="combobox"
        list={undefined}
        aria-expanded={open}
        aria-controls="found"
        aria-label={desk.search}
        placeholder={desk.search}
        title={desk.searchHint}
        autocomplete="off"
        spellcheck={false}
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setCurrent(0);
        }}
        onKeyDown={onKeyDown}
      />
      {open && (
        <div id="found" class="found" role="listbox">
          {found.hits.map((hit, i) => (
            <div
              key={hit.kind === "camera" ? hit.camera.id : `${hit.place.kind} ${hit.place.code}`}
              role="option"
              aria-selected={i === current}
              class={i === current ? "hit current" : "hit"}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(hit)}
            >
              <HitRow hit={hit} />
            </div>
          ))}
          <div class="hit-note quiet small">
            {found.total === 0 ? desk.nothingFound(query.trim()) : desk.found(found.total)}
          </div>
        </div>
      )}
    </div>
  );
}

function HitRow({ hit }: { readonly hit: Hit }) {
  const { place } = useWords();
  if (hit.kind === "camera") {
    const cell = places.value?.byCode.get(cellKey(hit.camera.cell));
    return (
      <>
        <i class={`shape ${stateOf(hit.camera)}`} />
        <span class="name">{hit.camera.name || hit.camera.id}</span>
        <span class="quiet small">{cell?.name ?? hit.camera.id}</span>
      </>
    );
  }
  return (
    <>
      <i class="place-mark" />
      <span class="name">{hit.place.name || hit.place.code}</span>
      <span class="quiet small">
        {place[hit.place.kind]} · {place.cameras(hit.place.counts.total)}
      </span>
    </>
  );
}

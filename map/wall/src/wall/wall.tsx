import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ApiError } from "../api/client";
import { connection } from "../app/connection";
import { LinkStrip } from "../app/link_strip";
import { definePlayer } from "../player/grid_player";
import { Player } from "../player/tile";
import { useWords } from "../text/language";
import type { Words } from "../text/words";
import { NOTHING_TYPED, press } from "./keys";
import { columnsOf } from "./layouts";
import { carryOut, freshScreen, parseScreen, storedScreen } from "./screen_state";
import type { Refused, ScreenState } from "./screen_state";
import "./wall.css";

definePlayer(connection);

/** How long a note stands, and how soon a failed read is tried again. */
const NOTE_MS = 4_000;
const RETRY_MS = 2_000;
/** After that nobody stands before the wall: no frame, no pointer, only pictures. */
const OPERATED_MS = 8_000;

interface Named {
  readonly id: string;
  readonly name: string;
  readonly cell: string;
}

export function Wall({ screen }: { readonly screen: string }) {
  const words = useWords();
  const key = `gridwall.screen.${screen}`;
  const cameras = useSignal<readonly Named[]>([]);
  const state = useSignal<ScreenState>(parseScreen(localStorage.getItem(key)) ?? freshScreen([]));
  const typing = useSignal(NOTHING_TYPED);
  const refused = useSignal<Refused | undefined>(undefined);

  const change = (next: ScreenState) => {
    state.value = next;
    localStorage.setItem(key, storedScreen(next));
  };

  useEffect(() => {
    document.title = `${words.wall.title(screen)} · gridwall`;
  }, [words, screen]);

  useEffect(() => keepTrying(() => assigned(state.value), (list, fromAddress) => {
    cameras.value = list;
    if (fromAddress) change(freshScreen(list.map((c) => c.id)));
  }), [screen]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const pressed = press(typing.value, event.key);
      if (!pressed) return;
      event.preventDefault();
      typing.value = pressed.typing;
      refused.value = undefined;
      if (!pressed.command) return;
      const result = carryOut(state.value, pressed.command, cameras.value.map((c) => c.id));
      if ("no" in result) refused.value = result;
      else change(result);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [key]);

  const operated = useOperated();

  useEffect(() => {
    if (!refused.value) return undefined;
    const timer = setTimeout(() => (refused.value = undefined), NOTE_MS);
    return () => clearTimeout(timer);
  }, [refused.value]);

  const { layout, tiles, chosen, enlarged } = state.value;
  const byId = new Map(cameras.value.map((camera) => [camera.id, camera]));
  const columns = enlarged ? 1 : columnsOf(layout);
  const shown = tiles.slice(0, layout).map((id, index) => ({ id, index }));
  const visible = enlarged ? shown.filter(({ index }) => index === chosen) : shown;
  const nothing = tiles.every((id) => id === null);
  const note = noteOf(refused.value, typing.value.digits, chosen + 1, words);

  return (
    <main class={operated ? "wall" : "wall unattended"} style={{ "--columns": String(columns) }}>
      {visible.map(({ id, index }) => (
        <div
          key={index}
          class={index === chosen && !enlarged && layout > 1 ? "wall-tile chosen" : "wall-tile"}
          onClick={() => change({ ...state.value, chosen: index })}
          onDblClick={() => change({ ...state.value, chosen: index, enlarged: !enlarged })}
        >
          <Player
            camera={id ?? undefined}
            label={id === null ? "" : (byId.get(id)?.name ?? id)}
            number={index + 1}
            hint={id === null ? "" : (byId.get(id)?.cell ?? "")}
            profile={enlarged || layout === 1 ? "main" : "sub"}
          />
        </div>
      ))}
      {nothing && (
        <div class="wall-empty">
          <p>{words.wall.nothingToShow}</p>
          <p class="quiet">{words.wall.help}</p>
        </div>
      )}
      {note !== "" && <div class="wall-note" role="status">{note}</div>}
      <LinkStrip />
    </main>
  );
}

/** Whether keys or pointer were used a moment ago. */
function useOperated(): boolean {
  const operated = useSignal(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onUse = () => {
      operated.value = true;
      clearTimeout(timer);
      timer = setTimeout(() => (operated.value = false), OPERATED_MS);
    };
    window.addEventListener("keydown", onUse);
    window.addEventListener("pointermove", onUse);
    window.addEventListener("pointerdown", onUse);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("keydown", onUse);
      window.removeEventListener("pointermove", onUse);
      window.removeEventListener("pointerdown", onUse);
    };
  }, []);
  return operated.value;
}

function noteOf(refused: Refused | undefined, digits: string, tile: number, words: Words): string {
  if (refused?.no === "camera") return words.wall.noSuchCamera(refused.asked, refused.of);
  if (refused?.no === "tile") return words.wall.noSuchTile(refused.asked, refused.of);
  return digits === "" ? "" : words.wall.typed(tile, digits);
}

/** The cameras that this screen's numbers mean: by the address, or as they stand. */
async function assigned(state: ScreenState): Promise<{ list: Named[]; fromAddress: boolean }> {
  const query = new URLSearchParams(location.search);
  const cell = query.get("cell");
  if (cell) return { list: await api.camerasOfCell(cell), fromAddress: true };
  const ids = query.get("cameras")?.split(",").filter((id) => id !== "");
  const stored = state.tiles.filter((id): id is string => id !== null);
  const list = await Promise.all((ids ?? stored).map(named));
  return { list, fromAddress: ids !== undefined };
}

/** A camera that the registry does not know keeps its tile, which says why. */
async function named(id: string): Promise<Named> {
  try {
    return await api.camera(id);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { id, name: id, cell: "" };
    throw error;
  }
}

/** Until it works once; the returned function gives up. */
function keepTrying(
  read: () => Promise<{ list: Named[]; fromAddress: boolean }>,
  done: (list: readonly Named[], fromAddress: boolean) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const attempt = () => {
    read().then(
      ({ list, fromAddress }) => !over && done(list, fromAddress),
      () => {
        if (!over) timer = setTimeout(attempt, RETRY_MS);
      },
    );
  };
  attempt();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

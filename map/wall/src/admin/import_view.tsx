import { useEffect, useState } from "preact/hooks";
import { imports } from "../api/imports";
import type { Import, ImportOptions } from "../api/imports";
import { countWords } from "../text/numbers";
import { Failure } from "./failure";
import { ImportApply } from "./import_apply";
import { ImportOptionsForm } from "./import_options";
import { ImportRowsTable } from "./import_rows";
import { FIGURES, firstFilter, isBusy, ROWS_OF } from "./import_state";
import type { Figure } from "./import_state";
import { useAdminWords } from "./words";

/** How often an import at work is looked at. */
const LOOK_MS = 400;

/** An import as it is now: asked again while the engine is at work on it. */
function useImport(id: string) {
  const [item, setItem] = useState<Import>();
  const [failure, setFailure] = useState("");
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let left = false;
    imports.get(id).then(
      (now) => !left && setItem(now),
      (error: Error) => !left && setFailure(error.message),
    );
    return () => {
      left = true;
    };
  }, [id, turn]);
  useEffect(() => {
    if (!item || !isBusy(item)) return undefined;
    const timer = setTimeout(() => setTurn((n) => n + 1), LOOK_MS);
    return () => clearTimeout(timer);
  }, [item]);
  const again = () => {
    setFailure("");
    setTurn((n) => n + 1);
  };
  return { item, setItem, failure, setFailure, again };
}

function Progress({ item }: { readonly item: Import }) {
  const words = useAdminWords();
  const text = words.import.state[item.state];
  return (
    <div class="at-work">
      <p role="status">{text}</p>
      {item.progress === null ? <progress aria-label={text} /> : <progress value={item.progress} aria-label={text} />}
    </div>
  );
}

interface FiguresProps {
  readonly item: Import;
  readonly chosen: Figure | null;
  readonly onChoose: (figure: Figure) => void;
}

function Figures({ item, chosen, onChoose }: FiguresProps) {
  const words = useAdminWords();
  const report = item.report;
  if (!report) return null;
  return (
    <div class="figures" role="group" aria-label={words.import.rows}>
      {FIGURES.map((figure) => {
        const n = report[figure];
        const name = words.import.figure[figure];
        return (
          <button
            key={figure}
            type="button"
            class={figure}
            disabled={n === 0 || !ROWS_OF[figure]}
            aria-pressed={chosen === figure}
            aria-label={words.import.show(name, n)}
            onClick={() => onChoose(figure)}
          >
            <b>{countWords(n)}</b>
            <span>{name}</span>
          </button>
        );
      })}
    </div>
  );
}

export function ImportView({ id }: { readonly id: string }) {
  const words = useAdminWords();
  const { item, setItem, failure, setFailure, again } = useImport(id);
  const [asked, setAsked] = useState<Figure>();

  const change = (options: Partial<ImportOptions>) => {
    setFailure("");
    imports.change(id, options).then(setItem, (error: Error) => setFailure(error.message));
  };
  const leave = () => {
    imports.drop(id).then(
      () => (location.hash = "import"),
      (error: Error) => setFailure(error.message),
    );
  };

  if (!item) return failure ? <Failure why={failure} onAgain={again} /> : <p class="quiet">{words.loading}</p>;
  const busy = isBusy(item);
  const chosen = asked ?? (item.report && firstFilter(item.report));
  const kind = chosen && ROWS_OF[chosen];
  const suspected = item.report?.suspected;
  return (
    <>
      <header class="of-import">
        <div>
          <h1>{item.name}</h1>
          <p class="quiet">{words.import.state[item.state]}</p>
        </div>
        {item.state !== "applied" && (
          <button type="button" class="quiet" disabled={item.state === "applying"} onClick={leave}>
            {words.import.throwAway}
          </button>
        )}
      </header>
      {failure && (
        <p class="notice alarm" role="alert">
          <i class="shape alarm" />
          {failure}
        </p>
      )}
      {item.problem && (
        <p class="notice alarm" role="alert">
          <i class="shape alarm" />
          {item.problem}
        </p>
      )}
      {busy && <Progress item={item} />}
      {item.report && !busy && <Figures item={item} chosen={chosen} onChoose={setAsked} />}
      {suspected && !busy && item.state !== "applied" && (
        <p class="notice watch" role="status">
          <i class="shape watch" />
          <span>{words.import.suspected(words.import.coordinate[suspected])}</span>
          <button type="button" onClick={() => change({ coordinates: suspected })}>
            {words.import.readAs(words.import.coordinate[suspected])}
          </button>
        </p>
      )}
      {item.state !== "applied" && <ImportOptionsForm item={item} busy={busy} onChange={change} />}
      {item.report && kind && !busy && <ImportRowsTable item={item} kind={kind} />}
      {item.report && !busy && <ImportApply item={item} onItem={setItem} onFailure={setFailure} onStale={again} />}
    </>
  );
}

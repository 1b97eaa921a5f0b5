import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { imports } from "../api/imports";
import type { Import } from "../api/imports";
import { mayApply, writes } from "./import_state";
import { useAdminWords } from "./words";

interface Props {
  readonly item: Import;
  readonly onItem: (item: Import) => void;
  readonly onFailure: (why: string) => void;
  /** The registry has changed: it is being previewed again. */
  readonly onStale: () => void;
}

/** Gives a blob to whoever sits here as a file. */
function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The one button, which asks once; and what became of it. */
export function ImportApply({ item, onItem, onFailure, onStale }: Props) {
  const words = useAdminWords();
  const [asking, setAsking] = useState(false);
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking) yes.current?.focus();
  }, [asking]);

  const download = () =>
    imports.sheet(item.id).then(
      (blob) => save(blob, `${item.name}.report.csv`),
      (error: Error) => onFailure(error.message),
    );
  const apply = () => {
    setAsking(false);
    onFailure("");
    onItem({ ...item, state: "applying", progress: null });
    imports.apply(item.id).then(onItem, (error: Error) => {
      onFailure(error.message);
      if (error instanceof ApiError) onStale();
    });
  };

  const report = item.report;
  if (!report) return null;
  const removed = item.options.remove_gone && report.refused === 0 ? report.gone : 0;
  return (
    <footer class="apply">
      {item.state === "applied" ? (
        <>
          <p role="status">
            <i class="shape live" />
            {words.import.applied(writes(item))}
          </p>
          <a class="button" href="/desk">
            {words.import.toMap}
          </a>
          <a href="#import">{words.import.another}</a>
        </>
      ) : asking ? (
        <>
          <p role="alert">
            {words.import.sure(report.new + report.changed, report.refused)}{" "}
            {removed > 0 && words.import.removes(removed)}
          </p>
          <button ref={yes} type="button" class="button" onClick={apply}>
            {words.import.yes}
          </button>
          <button type="button" onClick={() => setAsking(false)}>
            {words.import.no}
          </button>
        </>
      ) : mayApply(item) ? (
        <button type="button" class="button" onClick={() => setAsking(true)}>
          {words.import.apply(writes(item))}
        </button>
      ) : (
        <p class="quiet">{report.refused > 0 && item.options.all_or_nothing ? words.import.leftOut : words.import.nothingToWrite}</p>
      )}
      <button type="button" class="aside" onClick={() => void download()}>
        {words.import.download}
      </button>
    </footer>
  );
}

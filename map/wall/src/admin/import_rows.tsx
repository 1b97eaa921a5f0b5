import { useEffect, useState } from "preact/hooks";
import { imports } from "../api/imports";
import type { Import, ImportRow, RowKind } from "../api/imports";
import { lang } from "../text/language";
import { columnWords } from "./columns";
import { Failure } from "./failure";
import { useAdminWords } from "./words";

interface Page {
  readonly rows: readonly ImportRow[];
  readonly total: number;
  readonly cursor: number | null;
}

const NOTHING: Page = { rows: [], total: 0, cursor: 0 };

/** The report's rows of one kind, page by page. */
export function ImportRowsTable({ item, kind }: { readonly item: Import; readonly kind: RowKind }) {
  const words = useAdminWords();
  const [page, setPage] = useState<Page>();
  const [failure, setFailure] = useState("");
  const language = lang.value;

  const read = (before: Page, left: () => boolean) =>
    imports.rows(item.id, [kind], before.cursor ?? 0).then(
      (more) =>
        !left() &&
        setPage({ rows: [...before.rows, ...more.items], total: more.total, cursor: more.cursor ?? null }),
      (error: Error) => !left() && setFailure(error.message),
    );
  useEffect(() => {
    let left = false;
    setFailure("");
    setPage(undefined);
    void read(NOTHING, () => left);
    return () => {
      left = true;
    };
  }, [item, kind, language]);

  if (failure) return <Failure why={failure} onAgain={() => void read(NOTHING, () => false)} />;
  if (!page) return <p class="quiet">{words.loading}</p>;
  if (page.rows.length === 0) return <p class="quiet">{words.import.noRows}</p>;
  const lost = item.report?.rows_lost ?? 0;
  return (
    <section class="report" aria-label={words.import.rows}>
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              {words.import.row}
            </th>
            <th scope="col">{words.import.column}</th>
            <th scope="col">{words.import.value}</th>
            <th scope="col">{words.import.what}</th>
            <th scope="col">{words.import.done}</th>
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row, i) => (
            <Row key={i} row={row} />
          ))}
        </tbody>
      </table>
      {page.cursor !== null && (
        <button type="button" class="more" onClick={() => void read(page, () => false)}>
          {words.import.more(page.total - page.rows.length)}
        </button>
      )}
      {page.cursor === null && lost > 0 && <p class="quiet">{words.import.lost(lost)}</p>}
    </section>
  );
}

function Row({ row }: { readonly row: ImportRow }) {
  const words = useAdminWords();
  const issue = row.kind === "refused" || row.kind === "note";
  const hidden = row.kind === "changed" && !row.before && !row.value;
  return (
    <tr class={row.kind}>
      <td class="number">{row.row ?? ""}</td>
      <td>{columnWords(row.column, lang.value)}</td>
      <td class="value">
        {row.kind === "changed" && !hidden && (
          <>
            <del>{row.before}</del> →{" "}
          </>
        )}
        {row.kind === "gone" ? row.before : row.value}
        {hidden && <span class="quiet">{words.import.hidden}</span>}
      </td>
      <td>
        {issue ? row.what : row.camera}
        {row.first_row !== null && ` ${words.import.firstRow(row.first_row)}`}
      </td>
      <td class="quiet">{row.done}</td>
    </tr>
  );
}

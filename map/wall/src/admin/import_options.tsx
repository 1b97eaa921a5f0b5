import { useState } from "preact/hooks";
import type { Coordinates, Import, ImportOptions } from "../api/imports";
import { lang } from "../text/language";
import { COLUMN_NAMES, columnWords } from "./columns";
import { columnsWith } from "./import_state";
import { useAdminWords } from "./words";

const COORDINATES: readonly Coordinates[] = ["wgs84", "cgcs2000", "gcj02", "bd09"];

interface Props {
  readonly item: Import;
  /** The engine is at work on it: nothing can be chosen. */
  readonly busy: boolean;
  readonly onChange: (options: Partial<ImportOptions>) => void;
}

/** How a list is to be read. Whatever is chosen is previewed at once. */
export function ImportOptionsForm({ item, busy, onChange }: Props) {
  const words = useAdminWords();
  const { options } = item;
  return (
    <fieldset class="options" disabled={busy}>
      <label class="field">
        <span>{words.import.coordinates}</span>
        <select
          value={options.coordinates}
          onChange={(event) => onChange({ coordinates: event.currentTarget.value as Coordinates })}
        >
          {COORDINATES.map((name) => (
            <option key={name} value={name}>
              {words.import.coordinate[name]}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={options.all_or_nothing}
          onChange={(event) => onChange({ all_or_nothing: event.currentTarget.checked })}
        />
        <span>{words.import.allOrNothing}</span>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={options.remove_gone}
          onChange={(event) => onChange({ remove_gone: event.currentTarget.checked })}
        />
        <span>{words.import.removeGone}</span>
      </label>
      {item.columns.length > 0 && <Columns item={item} onChange={onChange} />}
    </fieldset>
  );
}

function Columns({ item, onChange }: Omit<Props, "busy">) {
  const words = useAdminWords();
  // Opened where they are the trouble; from then on whoever sits here decides.
  const [open, setOpen] = useState(item.state === "failed");
  const chosen = item.options.columns;
  const unused = item.columns.filter(({ means }) => means === null || means === "ignore").length;
  return (
    <details class="columns" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {words.import.columns}
        {unused > 0 && <span class="quiet"> {words.import.columnsUnknown(unused)}</span>}
      </summary>
      {item.state === "failed" && <p>{words.import.nameColumns}</p>}
      <table>
        <thead>
          <tr>
            <th scope="col">{words.import.columnOfList}</th>
            <th scope="col">{words.import.columnMeans}</th>
          </tr>
        </thead>
        <tbody>
          {item.columns.map(({ name, means }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <ColumnChoice
                  name={name}
                  means={means}
                  chosen={chosen[name] ?? ""}
                  onChoose={(value) => onChange({ columns: columnsWith(chosen, name, value) })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly means: string | null;
  /** What somebody said; "": nobody did. */
  readonly chosen: string;
  readonly onChoose: (means: string) => void;
}

function ColumnChoice({ name, means, chosen, onChoose }: ChoiceProps) {
  const words = useAdminWords();
  const byItself = means && means !== "ignore" && !chosen ? words.import.byItself(columnWords(means, lang.value)) : null;
  return (
    <select
      value={chosen}
      class={means === null ? "unknown" : ""}
      aria-label={`${words.import.columnMeans}: ${name}`}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      <option value="">{byItself ?? words.import.notKnown}</option>
      <option value="ignore">{words.import.ignored}</option>
      {COLUMN_NAMES.map((column) => (
        <option key={column} value={column}>
          {columnWords(column, lang.value)}
        </option>
      ))}
    </select>
  );
}

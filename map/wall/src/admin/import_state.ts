/**
 * What an import's page shows and offers, given the import. Pure.
 */
import type { Import, ImportReport, RowKind } from "../api/imports";

export type Figure = "new" | "changed" | "same" | "gone" | "refused" | "notes";

export const FIGURES: readonly Figure[] = ["new", "changed", "same", "gone", "refused", "notes"];

/** The rows behind a figure; there are none of what stays as it is. */
export const ROWS_OF: Readonly<Record<Figure, RowKind | null>> = {
  new: "new",
  changed: "changed",
  same: null,
  gone: "gone",
  refused: "refused",
  notes: "note",
};

/** The engine is at work: ask again. */
export function isBusy(item: Import): boolean {
  return item.state === "waiting" || item.state === "reading" || item.state === "applying";
}

/** How many cameras (or areas) applying would write. */
export function writes({ report, options }: Import): number {
  if (!report || (options.all_or_nothing && report.refused > 0)) return 0;
  const removed = options.remove_gone && report.refused === 0 ? report.gone : 0;
  return report.new + report.changed + removed;
}

export function mayApply(item: Import): boolean {
  return item.state === "ready" && writes(item) > 0;
}

/** What to look at first: what went wrong, else doubts, else what changes. */
export function firstFilter(report: ImportReport): Figure | null {
  const order: readonly Figure[] = ["refused", "notes", "changed", "gone", "new"];
  return order.find((figure) => report[figure] > 0) ?? null;
}

/**
 * The mapping after somebody chose what a column of the list means: one of our names,
 * "ignore", or "" for what is known by itself. A column of ours has one name in a list:
 * another that was chosen for it before is let go.
 */
export function columnsWith(
  columns: Readonly<Record<string, string>>,
  name: string,
  means: string,
): Readonly<Record<string, string>> {
  const others = Object.entries(columns).filter(
    ([other, meaning]) => other !== name && (meaning === "ignore" || meaning !== means),
  );
  return Object.fromEntries(means === "" ? others : [...others, [name, means]]);
}

/** Where the page is: "#import", "#import/ID", "#cameras/ID". */
export type Place = { readonly section: "start" | "import" | "cameras"; readonly id: string };

export function placeOf(hash: string): Place {
  const [section, id] = hash.replace(/^#/, "").split("/");
  if (section !== "import" && section !== "cameras") return { section: "start", id: "" };
  return { section, id: decodeURIComponent(id ?? "") };
}

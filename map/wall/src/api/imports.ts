/**
 * Lists on their way in (docs/api.md, "Lists").
 */
import { documentLang } from "../text/language";
import { ApiError, ask, get, problemIn } from "./client";

export type Coordinates = "wgs84" | "cgcs2000" | "gcj02" | "bd09";
export type ImportState = "waiting" | "reading" | "ready" | "applying" | "applied" | "failed";
export type RowKind = "refused" | "note" | "new" | "changed" | "gone";

export interface ImportOptions {
  readonly coordinates: Coordinates;
  readonly all_or_nothing: boolean;
  readonly remove_gone: boolean;
  /** What the list calls a column, to our name of it or "ignore". */
  readonly columns: Readonly<Record<string, string>>;
}

export interface ImportReport {
  readonly read: number;
  readonly new: number;
  readonly changed: number;
  readonly same: number;
  readonly gone: number;
  readonly refused: number;
  readonly notes: number;
  readonly suspected: Coordinates | null;
  readonly rows_lost: number;
}

export interface Import {
  readonly id: string;
  readonly name: string;
  readonly by: string;
  readonly bytes: number;
  readonly state: ImportState;
  /** 0 to 1; null where it is not known. */
  readonly progress: number | null;
  readonly options: ImportOptions;
  /** `means`: our name, "ignore", or null where it is not known. */
  readonly columns: readonly { readonly name: string; readonly means: string | null }[];
  readonly report: ImportReport | null;
  readonly problem: string | null;
}

export interface ImportRow {
  readonly kind: RowKind;
  readonly row: number | null;
  readonly camera: string;
  readonly column: string;
  readonly before: string;
  readonly value: string;
  readonly what: string;
  readonly first_row: number | null;
  readonly done: string;
}

export interface ImportRows {
  readonly items: readonly ImportRow[];
  readonly total: number;
  readonly cursor?: number;
}

const PATH = "/api/v1/imports";
const at = (id: string, what = "") => `${PATH}/${encodeURIComponent(id)}${what}`;

/** Sends a file; `onSent` hears which part of it is out. fetch() does not say. */
function send(file: File, onSent: (part: number) => void): Promise<Import> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${PATH}?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Accept-Language", documentLang());
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => onSent(event.total > 0 ? event.loaded / event.total : 0);
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText) as Import);
      else reject(new ApiError(problemIn(request.responseText, `${request.status}`), request.status));
    };
    request.onerror = () =>
      reject(new ApiError(documentLang() === "zh" ? "上传中断" : "the engine does not answer", 0));
    request.send(file);
  });
}

export const imports = {
  list: async () => (await get<{ items: Import[] }>(PATH)).items,
  send,
  get: (id: string) => get<Import>(at(id)),
  change: async (id: string, change: Partial<ImportOptions>) =>
    (await (await ask(at(id), "PATCH", change)).json()) as Import,
  apply: async (id: string) => (await (await ask(at(id, "/apply"), "POST")).json()) as Import,
  drop: (id: string) => ask(at(id), "DELETE"),
  rows: (id: string, kinds: readonly RowKind[], cursor: number) =>
    get<ImportRows>(at(id, `/report?kind=${kinds.join(",")}&cursor=${cursor}&limit=200`)),
  sheet: async (id: string) => (await ask(at(id, "/report?format=csv"), "GET")).blob(),
};

/**
 * Reads `/api/v1`. A failure is an ApiError with a sentence for the operator.
 */
import { documentLang } from "../text/language";
import type { Camera, Cell, District, Division, List, MapCameras, Position, Session, Sighting, View } from "./types";

export class ApiError extends Error {
  override readonly name = "ApiError";

  /** `status` is HTTP's; 0 when nobody answered. */
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

/** Of those who see a place, so many are listed. */
const SIGHTINGS = 40;

/** The engine's largest page of a list. */
const PAGE = 10_000;

export async function ask(path: string, method: string, body?: object, more: Readonly<Record<string, string>> = {}): Promise<Response> {
  const json = body && { "Content-Type": "application/json" };
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { "Accept-Language": documentLang(), ...json, ...more },
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(documentLang() === "zh" ? "引擎无应答" : "the engine does not answer", 0);
  }
  if (!response.ok) throw new ApiError(await problem(response), response.status);
  return response;
}

export async function get<T>(path: string): Promise<T> {
  return (await (await ask(path, "GET")).json()) as T;
}

/** RFC 9457 says it in words; anything else is named by what it is. */
export function problemIn(text: string, status: string): string {
  try {
    const body = JSON.parse(text) as { detail?: string; title?: string };
    return body.detail ?? body.title ?? status;
  } catch {
    return status;
  }
}

async function problem(response: Response): Promise<string> {
  return problemIn(await response.text(), `${response.status} ${response.statusText}`.trim());
}

async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null | undefined;
  do {
    const page: List<T> = await get(cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path);
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor);
  return items;
}

export const api = {
  /** Who is in; an ApiError with status 401: nobody. */
  session: () => get<Session>("/api/v1/session"),
  signIn: (name: string, password: string) => ask("/api/v1/session", "POST", { name, password }),
  signOut: () => ask("/api/v1/session", "DELETE"),
  /** `word` is what the engine's set-up link has behind "#". */
  setUp: (name: string, password: string, word: string) => ask("/api/v1/set-up", "POST", { name, password, word }),
  /** A code that a screen shows, and the word by which it asks. */
  beginScreen: async () => (await (await ask("/api/v1/screens/code", "POST")).json()) as { code: string; word: string },
  /** Whether it is in; then its cookie is set. An ApiError with status 404: its time is over. */
  askScreen: async (word: string) =>
    (await ask("/api/v1/screens/sign-in", "POST", { word })).status === 204 ? ("in" as const) : ("waiting" as const),
  district: () => get<District>("/api/v1/district"),
  divisions: () => all<Division>("/api/v1/divisions?geometry=true"),
  /** Streets, communities and grids: what the map of a district shows. */
  cells: () => all<Cell>("/api/v1/cells?geometry=true&level=1,2,3"),
  cellsIn: (code: string) => all<Cell>(`/api/v1/cells?geometry=true&parent=${encodeURIComponent(code)}`),
  cell: (code: string) => get<Cell>(`/api/v1/cells/${encodeURIComponent(code)}`),
  mapCameras: () => get<MapCameras>("/api/v1/map/cameras"),
  camerasOfCell: (code: string) =>
    all<Camera>(`/api/v1/cameras?cell=${encodeURIComponent(code)}&limit=${PAGE}`),
  camerasOfDivision: (code: string) =>
    all<Camera>(`/api/v1/cameras?division=${encodeURIComponent(code)}&limit=${PAGE}`),
  cameras: () => all<Camera>(`/api/v1/cameras?limit=${PAGE}`),
  camera: (id: string) => get<Camera>(`/api/v1/cameras/${encodeURIComponent(id)}`),
  whoSees: async ([lon, lat]: Position) =>
    (await get<List<Sighting>>(`/api/v1/cameras?sees=${lon.toFixed(7)},${lat.toFixed(7)}&limit=${SIGHTINGS}`)).items,
  view: (id: string) => get<View>(`/api/v1/cameras/${encodeURIComponent(id)}/view`),
  basemap: (name: string) => get<GeoJSON.FeatureCollection>(`/basemap/${encodeURIComponent(name)}.geojson`),
};

/**
 * The form of a camera: what stands in it, and what of that is to be written. Pure.
 */
import type { CameraChange, CameraRecord } from "../api/cameras";

export const KINDS = ["unknown", "fixed", "dome", "ptz", "high_point", "thermal", "mobile"] as const;
export const VENDORS = ["hikvision", "dahua", "uniview"] as const;

/** Everything is text while it is typed. */
export interface CameraForm {
  readonly id: string;
  readonly name: string;
  readonly lon: string;
  readonly lat: string;
  readonly division: string;
  readonly department: string;
  readonly address: string;
  readonly kind: string;
  readonly tags: string;
  /** Its streams are written down, or follow from what the device is. */
  readonly by: "url" | "device";
  readonly main: string;
  readonly sub: string;
  readonly vendor: string;
  readonly host: string;
  readonly port: string;
  readonly channel: string;
  readonly user: string;
  readonly password: string;
}

export const EMPTY: CameraForm = {
  id: "", name: "", lon: "", lat: "", division: "", department: "", address: "", kind: "unknown", tags: "",
  by: "url", main: "", sub: "", vendor: "hikvision", host: "", port: "", channel: "", user: "", password: "",
};

const degrees = (value: number | null | undefined) => (value === null || value === undefined ? "" : String(value));

export function formOf(camera: CameraRecord): CameraForm {
  return {
    ...EMPTY,
    id: camera.id,
    name: camera.name,
    lon: degrees(camera.lon),
    lat: degrees(camera.lat),
    division: camera.division,
    department: camera.department,
    address: camera.address ?? "",
    kind: camera.kind,
    tags: camera.tags.join(", "),
    main: camera.streams.main?.url ?? "",
    sub: camera.streams.sub?.url ?? "",
  };
}

/** A field that is no number where one belongs; null: all is well. The engine checks the rest. */
export function wrongNumber(form: CameraForm): "lon" | "lat" | null {
  const bad = (text: string) => text.trim() !== "" && !Number.isFinite(Number(text));
  return bad(form.lon) ? "lon" : bad(form.lat) ? "lat" : null;
}

function tagsOf(text: string): string[] {
  return text.split(/[,，]/).map((tag) => tag.trim()).filter((tag) => tag !== "");
}

const TEXTS = ["name", "division", "department", "address", "kind"] as const;

/**
 * What differs from `before`, and nothing else: an address is shown without its password,
 * and one that was not touched must not be written back without it.
 */
export function changeOf(before: CameraForm, form: CameraForm): CameraChange {
  const change: Record<string, unknown> = {};
  for (const name of TEXTS) if (form[name] !== before[name]) change[name] = form[name].trim();
  for (const name of ["lon", "lat"] as const)
    if (form[name] !== before[name] && form[name].trim() !== "") change[name] = Number(form[name]);
  if (form.tags !== before.tags) change["tags"] = tagsOf(form.tags);
  if (form.by === "device") change["device"] = deviceOf(form);
  else {
    const main = form.main !== before.main && { main: { url: form.main.trim() } };
    const sub = form.sub !== before.sub && { sub: { url: form.sub.trim() } };
    if (main || sub) change["streams"] = { ...main, ...sub };
  }
  return change;
}

function deviceOf({ vendor, host, port, channel, user, password }: CameraForm): CameraChange["device"] {
  return {
    vendor,
    address: host.trim(),
    ...(port.trim() && { port: port.trim() }),
    ...(channel.trim() && { channel: channel.trim() }),
    ...(user && { user }),
    ...(password && { password }),
  };
}

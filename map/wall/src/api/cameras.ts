/**
 * Records of cameras, and their test (docs/api.md).
 */
import type { CameraState } from "../wire/control";
import { ask, get } from "./client";

export type Profile = "main" | "sub";

export interface Stream {
  /** Without user and password. */
  readonly url: string;
  readonly has_password: boolean;
}

/** A camera as a list has it. */
export interface CameraLine {
  readonly id: string;
  readonly name: string;
  readonly department: string;
  readonly state: CameraState;
}

export interface CameraRecord extends CameraLine {
  readonly lon: number | null;
  readonly lat: number | null;
  readonly division: string;
  readonly address?: string;
  readonly pull: string;
  readonly kind: string;
  readonly tags: readonly string[];
  readonly streams: Readonly<Partial<Record<Profile, Stream | null>>>;
}

/** What a vendor's stream addresses are made of. */
export interface Device {
  readonly vendor: string;
  readonly address: string;
  readonly port?: string;
  readonly channel?: string;
  readonly user?: string;
  readonly password?: string;
}

export interface CameraChange {
  readonly id?: string;
  readonly name?: string;
  readonly lon?: number;
  readonly lat?: number;
  readonly division?: string;
  readonly department?: string;
  readonly address?: string;
  readonly kind?: string;
  readonly tags?: readonly string[];
  readonly streams?: Readonly<Partial<Record<Profile, { readonly url: string }>>>;
  readonly device?: Device;
}

export interface Probe {
  readonly verdict: "pictures" | "no_key_frame" | "failed" | "not_tested";
  readonly en: string;
  readonly zh: string;
  readonly address: string;
  readonly video: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly frames_per_s: number | null;
  readonly bits_per_s: number | null;
  readonly signalling_ms: number | null;
  readonly stream_ms: number | null;
  readonly key_frame_ms: number | null;
}

const PATH = "/api/v1/cameras";
const at = (id: string, what = "") => `${PATH}/${encodeURIComponent(id)}${what}`;

export const cameras = {
  /** By part of the name, id, address, or the name's initials in pinyin. */
  find: async (text: string, limit: number) => {
    const query = new URLSearchParams({ limit: String(limit), ...(text && { q: text }) });
    return (await get<{ items: CameraLine[] }>(`${PATH}?${query}`)).items;
  },
  /** With its entity tag: whoever changes it says which one they saw. */
  get: async (id: string) => {
    const answer = await ask(at(id), "GET");
    return { camera: (await answer.json()) as CameraRecord, tag: answer.headers.get("ETag") ?? "" };
  },
  create: (change: CameraChange) => ask(PATH, "POST", change),
  change: (id: string, change: CameraChange, tag: string) => ask(at(id), "PATCH", change, tag ? { "If-Match": tag } : {}),
  probe: async (id: string, profile: Profile) =>
    (await (await ask(at(id, `/probe?profile=${profile}`), "POST")).json()) as Probe,
};

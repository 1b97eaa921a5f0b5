/**
 * Control messages of `/ws/v1`, as docs/wire.md defines them. Pure.
 */
import type { Form, StreamNumber } from "./frame";

export type Profile = "main" | "sub";

/** One subscription on one socket, chosen by the page. */
export type Ref = number & { readonly __brand: "Ref" };

export type PageMessage =
  | { type: "open"; ref: Ref; camera: string; profile: Profile; form: Form; credit?: number; audio?: boolean; urgent?: boolean }
  | { type: "audio"; ref: Ref; audio: boolean }
  | { type: "credit"; ref: Ref; frames: number }
  | { type: "close"; ref: Ref }
  | { type: "ping"; t: number };

/** A sentence for the operator in both languages. */
export interface Sentence {
  readonly en: string;
  readonly zh: string;
}

export type SourceName = "idle" | "connecting" | "waiting" | "live" | "retrying";

/** How the engine fares with a camera's stream. */
export interface SourceState {
  readonly name: SourceName;
  readonly age_ms: number;
  readonly cause?: string;
  readonly attempt?: number;
  readonly retry_ms?: number;
  readonly en?: string;
  readonly zh?: string;
}

/** Why the engine left frames out: the line did not take them, or the page granted no more. */
export type DropReason = "slow" | "credit";

/** A camera as the map shows it. */
export const CAMERA_STATES = ["live", "online", "connecting", "offline", "unknown"] as const;
export type CameraState = (typeof CAMERA_STATES)[number];

export type EngineMessage =
  | { type: "hello"; version: string; now_us: number; max_open: number; audio?: boolean }
  | { type: "opened"; ref: Ref; stream: StreamNumber; state: SourceState }
  | { type: "state"; stream: StreamNumber; state: SourceState }
  | { type: "dropped"; stream: StreamNumber; frames: number; reason: DropReason }
  | { type: "closed"; ref: Ref }
  | ({ type: "error"; ref?: Ref; code: string; codec?: number } & Sentence)
  | { type: "pong"; t: number; now_us: number }
  | { type: "cameras"; items: readonly (readonly [string, CameraState])[] }
  | { type: "registry" };

/** What each type must carry to be understood. */
const REQUIRED: Readonly<Record<EngineMessage["type"], Readonly<Record<string, string>>>> = {
  hello: { now_us: "number" },
  opened: { ref: "number", stream: "number", state: "object" },
  state: { stream: "number", state: "object" },
  dropped: { stream: "number", frames: "number", reason: "string" },
  closed: { ref: "number" },
  error: { code: "string" },
  pong: { t: "number", now_us: "number" },
  cameras: { items: "object" },
  registry: {},
};

/**
 * The message, or undefined when it is of a type that a later engine added or lacks
 * what its type needs: a page older than its engine goes on with what it knows.
 */
export function parseControl(text: string): EngineMessage | undefined {
  const value = parseObject(text);
  const type = value?.["type"];
  if (!value || typeof type !== "string" || !Object.hasOwn(REQUIRED, type)) return undefined;
  const required = REQUIRED[type as EngineMessage["type"]];
  for (const [field, kind] of Object.entries(required)) {
    if (typeof value[field] !== kind || value[field] === null) return undefined;
  }
  return value as unknown as EngineMessage;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

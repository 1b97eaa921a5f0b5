/**
 * Which way of showing pictures this browser has. Asked, never guessed from its name.
 */
import type { Form } from "../wire/frame";

/** Baseline 3.0, which every H.264 decoder takes. */
const PROBE_CODEC = "avc1.42E01E";

/** `avcc` means WebCodecs, `mp4` Media Source Extensions; undefined: neither. */
export async function bestForm(): Promise<Form | undefined> {
  const asked = new URLSearchParams(location.search).get("form");
  const webCodecs = asked !== "mp4" && (await hasWebCodecs());
  if (webCodecs) return "avcc";
  return hasMse(PROBE_CODEC) ? "mp4" : undefined;
}

/** Where VideoDecoder is missing (plain http from another machine), MSE must do. */
async function hasWebCodecs(): Promise<boolean> {
  if (typeof VideoDecoder === "undefined") return false;
  try {
    return (await VideoDecoder.isConfigSupported({ codec: PROBE_CODEC })).supported === true;
  } catch {
    return false;
  }
}

export function hasMse(codec: string): boolean {
  return typeof MediaSource !== "undefined" && MediaSource.isTypeSupported(mp4Type(codec));
}

export function mp4Type(codec: string): string {
  return `video/mp4; codecs="${codec}"`;
}

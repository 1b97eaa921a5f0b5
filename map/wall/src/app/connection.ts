/**
 * The page's connection, with a browser around it, and what it says as signals.
 */
import { signal } from "@preact/signals";
import { Connection, SUBPROTOCOL } from "../wire/connection";
import type { Link } from "../wire/connection";
import type { CameraState } from "../wire/control";
import { isShutOut } from "./session";

export const connection = new Connection({
  socket: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/v1`, SUBPROTOCOL),
  nowMs: () => performance.now(),
  random: () => Math.random(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
});

export const link = signal<Link>(connection.link);
/** States that changed since the page read the registry. */
export const cameraStates = signal<ReadonlyMap<string, CameraState>>(new Map());
/** Grows when the registry is to be read again. */
export const registryVersion = signal(0);

let wasUp = false;
connection.watch({
  onLink: (now) => {
    link.value = now;
    // Whatever changed while the line was down was told to nobody.
    if (now.up && wasUp) registryVersion.value += 1;
    wasUp ||= now.up;
    // A session may have ended: whoever is shut out is asked to sign in, not to wait.
    if (!now.up) void isShutOut().then((out) => out && location.reload());
  },
  onCameras: (items) => {
    cameraStates.value = new Map([...cameraStates.value, ...items]);
  },
  onRegistry: () => {
    registryVersion.value += 1;
  },
});

/**
 * Cameras of codecs that the farm does not speak: clips made by ffmpeg, shown by
 * gst-rtsp-server (GW_FOREIGN), put into a world's registry.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end, start } from "./world.mjs";

/** Longer than a test looks at them, however slow the machine is. */
const SECONDS = 90;
const PICTURES = ["-f", "lavfi", "-i", `testsrc2=size=320x240:rate=10:duration=${SECONDS}`];
const H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "10", "-pix_fmt", "yuv420p"];

function run(command, args) {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${command} failed:\n${done.stderr}`);
}

function ffmpeg(...args) {
  run("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args]);
}

/** H.264 with a tone of that many Hz beside it. */
export function clipWithTone(hz, codec, path) {
  ffmpeg(...PICTURES, "-f", "lavfi", "-i", `sine=frequency=${hz}:sample_rate=48000:duration=${SECONDS}`, ...H264, ...codec, path);
}

/** Pictures of one colour, coded by `codec`. */
export function clipOfColour(colour, size, codec, path) {
  ffmpeg("-f", "lavfi", "-i", `color=${colour}:size=${size}:rate=10:duration=${SECONDS}`, ...codec, path);
}

export class Foreign {
  #dir = mkdtempSync(join(tmpdir(), "gridwall-foreign-"));
  #server;
  #files = [];
  port = 0;

  /** Where the next clip goes, shown as `/N` with N from 0 on. */
  file(name) {
    const path = join(this.#dir, name);
    this.#files.push(path);
    return path;
  }

  async serve() {
    const { child, ports } = await start(process.env.GW_FOREIGN, this.#files, ["listening on"]);
    this.#server = child;
    [this.port] = ports;
  }

  url(number) {
    return `rtsp://127.0.0.1:${this.port}/${number}`;
  }

  async stop() {
    if (this.#server) await end(this.#server, "SIGTERM");
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

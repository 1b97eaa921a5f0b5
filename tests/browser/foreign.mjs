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
  const done = spawnSync(command, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (done.status !== 0) throw new Error(`${command} failed:\n${done.stderr}`);
  return done.stdout;
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

/** Moving pictures of 320x240. */
export function clipOfPictures(codec, path) {
  ffmpeg(...PICTURES, ...codec, path);
}

/** A clip's video as it is coded: MD5 of each packet, its time, and whether decoding can start there. */
export function packetsOf(path) {
  const { packets, streams } = JSON.parse(run("ffprobe", ["-v", "error", "-select_streams", "v", "-show_data_hash", "md5",
    "-show_entries", "stream=level:packet=pts_time,flags,data_hash", "-of", "json", path]));
  return {
    level: streams[0].level,
    packets: packets.map(({ pts_time, flags, data_hash }) => ({
      ptsMs: Number(pts_time) * 1000,
      key: flags.includes("K"),
      sum: data_hash.split(":")[1],
    })),
  };
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

/**
 * H.265 in FLV (enhanced RTMP), read by an implementation that is not ours: mpegts.js'
 * own demuxer, without a browser, for Debian's has no decoder. What it finds must be
 * what lies in the file that the camera shows.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { clipOfPictures, Foreign, packetsOf } from "./foreign.mjs";
import { World } from "./world.mjs";

const CAMERA = "hevc";
const SIZE = [320, 240];
/** More than three groups of pictures. */
const SAMPLES = 40;
/** FLV's unit of time is a millisecond. */
const ROUNDING_MS = 1;

const here = createRequire(import.meta.url);
const wall = createRequire(new URL("../../map/wall/package.json", import.meta.url));

let world, foreign, file, FlvDemuxer;

/** Its source: the published bundle does not show the demuxer to others. */
async function bundledDemuxer() {
  const source = join(here.resolve("mpegts.js/package.json"), "../src/demux/flv-demuxer.js");
  const { outputFiles } = await wall("esbuild").build({
    entryPoints: [source], bundle: true, write: false, format: "esm", platform: "node", logLevel: "error",
  });
  return (await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`)).default;
}

before(async () => {
  FlvDemuxer = await bundledDemuxer();
  foreign = new Foreign();
  file = foreign.file("hevc.mp4");
  clipOfPictures(["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:info=0:bframes=2:keyint=12",
    "-pix_fmt", "yuv420p", "-tag:v", "hvc1"], file);
  await foreign.serve();
  world = await World.start();
  await world.addCamera(CAMERA, foreign.url(0));
});

after(async () => {
  await world?.stop();
  await foreign?.stop();
});

/** What the demuxer makes of the first samples of a live address. */
async function read(url) {
  const abort = new AbortController();
  const { body } = await fetch(url, { signal: abort.signal });
  const found = { metas: [], samples: [], problems: [] };
  let demuxer, rest = new Uint8Array(), at = 0;

  for await (const piece of body) {
    rest = Buffer.concat([rest, piece]);
    const chunk = new Uint8Array(rest).buffer;
    if (!demuxer) {
      const probed = FlvDemuxer.probe(chunk);
      if (probed.needMoreData) continue;
      assert.ok(probed.match, "no FLV");
      demuxer = new FlvDemuxer(probed, {});
      demuxer.onError = (...what) => found.problems.push(what.join(" "));
      demuxer.onMediaInfo = () => {};
      demuxer.onTrackMetadata = (type, meta) => found.metas.push({ type, ...meta });
      demuxer.onDataAvailable = (audio, video) => {
        found.samples.push(...video.samples.splice(0));
        video.length = 0;
      };
    }
    const used = demuxer.parseChunks(chunk, at);
    at += used;
    rest = rest.subarray(used);
    if (found.samples.length >= SAMPLES) break;
  }
  abort.abort();
  return found;
}

const sumOf = ({ units }) => units.reduce((hash, { data }) => hash.update(data), createHash("md5")).digest("hex");

test("mpegts.js reads codec, size, key frames and times of an H.265 camera", async (t) => {
  const complaints = t.mock.method(console, "warn", () => {});
  const { metas, samples, problems } = await read(`${world.origin}/live/${CAMERA}.flv`);
  const { level, packets } = packetsOf(file);

  assert.deepEqual(problems, []);
  assert.deepEqual(complaints.mock.calls.map((call) => call.arguments), []);
  assert.equal(metas.length, 1);
  const [meta] = metas;
  assert.equal(meta.type, "video");
  assert.match(meta.codec, new RegExp(`^hvc1\\.1\\..*L${level}(\\.|$)`));
  assert.deepEqual([meta.codecWidth, meta.codecHeight], SIZE);

  // From the same packet on it is the file, byte by byte, and at the file's own times.
  const first = packets.findIndex(({ sum }) => sum === sumOf(samples[0]));
  assert.ok(first >= 0, "the first sample is none of the file's");
  assert.ok(samples[0].isKeyframe);
  assert.ok(samples.some(({ cts }) => cts !== samples[0].cts), "without B-frames this proves less");
  samples.forEach((sample, i) => {
    const packet = packets[first + i];
    assert.equal(sumOf(sample), packet.sum, `sample ${i}`);
    assert.equal(sample.isKeyframe, packet.key, `sample ${i}`);
    const off = sample.pts - samples[0].pts - (packet.ptsMs - packets[first].ptsMs);
    assert.ok(Math.abs(off) <= ROUNDING_MS, `sample ${i} is ${off} ms off`);
    if (i > 0) assert.ok(sample.dts > samples[i - 1].dts, `sample ${i} goes back`);
  });
});

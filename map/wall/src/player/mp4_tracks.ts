/**
 * The tracks of an MP4 from the engine (docs/wire.md, form `mp4`), each for itself: the
 * picture and the sound are played by different parts of the page. Pure.
 */
import { boxesIn, innerBox, joined, makeBox, viewOf } from "./boxes";

export const PICTURE_TRACK = 1;
export const SOUND_TRACK = 2;

/** Offsets of track_ID in the contents of version 0 of the boxes. */
const TKHD_TRACK = 12;
const TREX_TRACK = 4;
/** Of sample_duration in a `trun` with the offset of its data before it. */
const TRUN_DURATION = 12;
/** Of samplerate, whose upper half are the whole hertz, behind the name of an AudioSampleEntry. */
const ENTRY_RATE = 28;
/** For Opus always; and where the entry has no room for the rate, as of 96 kHz. */
const RATE_DEFAULT = 48_000;

/** The init segment of one track alone; undefined: there is no such track. */
export function trackInit(init: Uint8Array, track: number): Uint8Array<ArrayBuffer> | undefined {
  const moov = innerBox(init, "moov");
  if (!moov || !boxesIn(moov).some((box) => box.name === "trak" && trackOf(box.content) === track)) return undefined;
  return joined(boxesIn(init).map((box) => (box.name === "moov" ? movieOf(moov, track) : box.whole)));
}

function movieOf(moov: Uint8Array, track: number): Uint8Array {
  const kept = boxesIn(moov).filter((box) => box.name !== "trak" || trackOf(box.content) === track);
  return makeBox("moov", kept.map((box) => (box.name === "mvex" ? extendsOf(box.content, track) : box.whole)));
}

function extendsOf(mvex: Uint8Array, track: number): Uint8Array {
  const kept = boxesIn(mvex).filter((box) => box.name !== "trex" || numberAt(box.content, TREX_TRACK) === track);
  return makeBox("mvex", kept.map((box) => box.whole));
}

function trackOf(trak: Uint8Array): number | undefined {
  return numberAt(innerBox(trak, "tkhd"), TKHD_TRACK);
}

/** Samples a second, by the init segment of a sound. */
export function soundRate(init: Uint8Array): number {
  const entries = innerBox(init, "moov", "trak", "mdia", "minf", "stbl", "stsd");
  // Behind the version and the count of entries stands the only one.
  const rate = numberAt(entries, 8 + 4 + ENTRY_RATE) ?? 0;
  return rate >>> 16 || RATE_DEFAULT;
}

/** How long the only sample of a fragment lasts, in 90 kHz ticks; undefined: it is no fragment. */
export function sampleTicks(fragment: Uint8Array): number | undefined {
  return numberAt(innerBox(fragment, "moof", "traf", "trun"), TRUN_DURATION);
}

function numberAt(content: Uint8Array | undefined, offset: number): number | undefined {
  return content && content.length >= offset + 4 ? viewOf(content).getUint32(offset) : undefined;
}

import { beforeEach, describe, expect, test, vi } from "vitest";
import { boxesIn, innerBox, joined, makeBox, topBox } from "../../src/player/boxes";
import { Mp4SoundDecoder } from "../../src/player/mp4_sound_decoder";
import { PICTURE_TRACK, sampleTicks, SOUND_TRACK, soundRate, trackInit } from "../../src/player/mp4_tracks";
import { CHUNK_S, HELD_MAX_S, REPEAT_S, SoundChunks } from "../../src/player/sound_chunks";
import type { Samples } from "../../src/player/sound_decoder";
import type { ConfigFrame, MediaFrame } from "../../src/wire/frame";

/** Numbers of 32 bits. */
function words(...numbers: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  numbers.forEach((number, i) => new DataView(bytes.buffer).setUint32(4 * i, number));
  return bytes;
}

function trak(track: number, entry: Uint8Array): Uint8Array {
  const stsd = makeBox("stsd", [words(0, 1), entry]);
  const mdia = makeBox("mdia", [makeBox("minf", [makeBox("stbl", [stsd])])]);
  return makeBox("trak", [makeBox("tkhd", [words(0, 0, 0, track, 0)]), mdia]);
}

const trex = (track: number) => makeBox("trex", [words(0, track, 1, 0, 0, 0)]);
const video = makeBox("avc1", [words(0)]);
/** An AudioSampleEntry of so many hertz. */
const audio = (rate: number) => makeBox("mp4a", [words(0, 1, 0, 0, 0x20010, 0, rate * 65536)]);

function init(rate?: number): Uint8Array<ArrayBuffer> {
  const sound = rate === undefined ? [] : [trak(SOUND_TRACK, audio(rate))];
  const extend = [trex(PICTURE_TRACK), ...(rate === undefined ? [] : [trex(SOUND_TRACK)])];
  const moov = [makeBox("mvhd", [words(0)]), trak(PICTURE_TRACK, video), ...sound, makeBox("mvex", extend)];
  return joined([makeBox("ftyp", [words(1)]), makeBox("moov", moov)]);
}

function fragment(ticks: number): Uint8Array<ArrayBuffer> {
  const trun = makeBox("trun", [words(0, 1, 100, ticks, 7, 0, 0)]);
  return joined([makeBox("moof", [makeBox("traf", [trun])]), makeBox("mdat", [words(7)])]);
}

describe("tracks", () => {
  test("the picture's track alone is the init segment that it has without a sound", () => {
    expect(trackInit(init(16_000), PICTURE_TRACK)).toEqual(init());
    expect(trackInit(init(), PICTURE_TRACK)).toEqual(init());
  });

  test("the sound's track alone keeps all but the picture's", () => {
    const sound = trackInit(init(16_000), SOUND_TRACK)!;
    expect(topBox(sound, "ftyp")).toEqual(words(1));
    expect(boxesIn(topBox(sound, "moov")!).map((box) => box.name)).toEqual(["mvhd", "trak", "mvex"]);
    expect(innerBox(sound, "moov", "mvex", "trex")).toEqual(words(0, SOUND_TRACK, 1, 0, 0, 0));
    expect(soundRate(sound)).toBe(16_000);
  });

  test("no sound is no track, and what is no MP4 has none", () => {
    expect(trackInit(init(), SOUND_TRACK)).toBeUndefined();
    for (let length = 0; length < init().length; length++) trackInit(init().subarray(0, length), SOUND_TRACK);
    expect(trackInit(words(0, 0, 0), PICTURE_TRACK)).toBeUndefined();
  });

  test("a rate that has no room in its entry is taken for 48 kHz", () => {
    expect(soundRate(trackInit(init(0), SOUND_TRACK)!)).toBe(48_000);
  });

  test("a fragment says how long its sample lasts", () => {
    expect(sampleTicks(fragment(1920))).toBe(1920);
    expect(sampleTicks(init())).toBeUndefined();
  });
});

describe("pieces of a sound", () => {
  const FRAME = 1920; // ticks of AAC at 48 kHz
  const unit = (number: number, ticks = FRAME) => ({ pts90k: number * ticks, ticks, bytes: Uint8Array.of(number) });
  const numbers = (chunk: { units: readonly Uint8Array[] } | undefined) => chunk?.units.map((bytes) => bytes[0]);
  let chunks: SoundChunks;

  beforeEach(() => {
    chunks = new SoundChunks();
  });

  test("one is whole when it is as long as a piece is, and begins with what makes its start right", () => {
    for (let i = 0; i < 4; i++) {
      chunks.put(unit(i));
      expect(chunks.take()).toBeUndefined();
    }
    chunks.put(unit(4));
    const first = chunks.take()!;
    expect(numbers(first)).toEqual([0, 1, 2, 3, 4]);
    expect([first.end90k, first.seconds]).toEqual([5 * FRAME, (5 * FRAME) / 90_000]);
    expect(first.seconds).toBeGreaterThanOrEqual(CHUNK_S);

    for (let i = 5; i < 10; i++) chunks.put(unit(i));
    const second = chunks.take()!;
    expect(numbers(second)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((4 * FRAME) / 90_000).toBeGreaterThanOrEqual(REPEAT_S);
    expect([second.end90k, second.seconds]).toEqual([10 * FRAME, first.seconds]);
  });

  test("frames longer than a piece are pieces each, behind the one before", () => {
    const long = 11520; // AAC at 8 kHz
    chunks.put(unit(0, long));
    expect(numbers(chunks.take())).toEqual([0]);
    chunks.put(unit(1, long));
    expect(numbers(chunks.take())).toEqual([0, 1]);
  });

  test("behind a gap it begins anew: what was before says nothing of it", () => {
    for (let i = 0; i < 8; i++) chunks.put(unit(i));
    chunks.take();
    for (let i = 20; i < 25; i++) chunks.put(unit(i));
    expect(numbers(chunks.take())).toEqual([20, 21, 22, 23, 24]);
  });

  test("it goes on over the wrap of the time stamps", () => {
    for (let i = -3; i < 2; i++) chunks.put({ ...unit(i + 3), pts90k: (i * FRAME + 2 ** 32) % 2 ** 32 });
    expect(numbers(chunks.take())).toEqual([0, 1, 2, 3, 4]);
  });

  test("what came all at once is left out up to where it is live", () => {
    for (let i = 0; i < 200; i++) chunks.put(unit(i));
    const chunk = chunks.take()!;
    expect(chunk.seconds).toBeLessThanOrEqual(HELD_MAX_S);
    expect(chunk.end90k).toBe(200 * FRAME);
    expect(chunk.units.length).toBeLessThan(30);
  });
});

/** decodeAudioData() in the hands of the test. */
class FakeContext {
  static made: FakeContext[] = [];
  readonly asked: { bytes: Uint8Array; done: (samples: number) => void; fail: () => void }[] = [];

  constructor(
    _channels: number,
    _length: number,
    readonly sampleRate: number,
  ) {
    FakeContext.made.push(this);
  }

  decodeAudioData(buffer: ArrayBuffer): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const done = (length: number) => {
        const samples = Float32Array.from({ length }, (_, i) => i);
        resolve({ sampleRate: this.sampleRate, numberOfChannels: 1, length, getChannelData: () => samples });
      };
      this.asked.push({ bytes: new Uint8Array(buffer), done, fail: () => reject(new Error("no")) });
    });
  }
}

describe("the decoder of a page without WebCodecs", () => {
  const TICKS = 5760; // AAC at 16 kHz: two frames are a piece
  let samples: Samples[];
  let unplayable: string[];
  let decoder: Mp4SoundDecoder;

  const config = (payload: Uint8Array) => decoder.config({ kind: "config", form: "mp4", payload } as ConfigFrame);
  const media = (number: number) =>
    decoder.media({ kind: "media", codec: "aac", pts90k: number * TICKS, payload: fragment(TICKS) } as unknown as MediaFrame);
  const settle = () => new Promise((resolve) => setTimeout(resolve));

  beforeEach(() => {
    FakeContext.made = [];
    vi.stubGlobal("OfflineAudioContext", FakeContext);
    samples = [];
    unplayable = [];
    decoder = new Mp4SoundDecoder({ onSamples: (s) => samples.push(s), onUnplayable: (c) => unplayable.push(c) });
    config(init(16_000));
  });

  test("decodes a file of the sound alone, at its own rate, and gives what is new of it", async () => {
    for (let i = 0; i < 4; i++) media(i);
    const [context] = FakeContext.made;
    expect(context!.sampleRate).toBe(16_000);
    expect(context!.asked).toHaveLength(1); // the next waits for this one
    expect(context!.asked[0]!.bytes).toEqual(joined([trackInit(init(16_000), SOUND_TRACK)!, fragment(TICKS), fragment(TICKS)]));
    context!.asked[0]!.done(2048);
    await settle();
    media(4);
    context!.asked[1]!.done(5 * 1024); // both of before, and three that are new
    await settle();
    expect(samples.map((s) => [s.pts90k, s.rate, s.channels[0]!.length, s.channels[0]![0]])).toEqual([
      [0, 16_000, 2048, 0],
      [2 * TICKS, 16_000, 3072, 2048],
    ]);
  });

  test("a start that lacks its pre-skip is placed by its end", async () => {
    media(0);
    media(1);
    FakeContext.made[0]!.asked[0]!.done(2000);
    await settle();
    expect(samples[0]!.pts90k).toBe(2 * TICKS - (2000 / 16_000) * 90_000);
  });

  test("what was decoded for another stream, or after the end, is not heard", async () => {
    media(0);
    media(1);
    config(init(48_000));
    FakeContext.made[0]!.asked[0]!.done(2048);
    await settle();
    expect(samples).toEqual([]);
    decoder.close();
    media(2);
    media(3);
    expect(FakeContext.made[1]!.asked).toEqual([]);
  });

  test("what fails again and again cannot be played; once is no matter", async () => {
    for (let i = 0; i < 10; i++) {
      expect(unplayable).toEqual([]);
      media(i);
      FakeContext.made[0]!.asked[(i - 1) / 2]?.fail();
      await settle();
    }
    expect(unplayable).toEqual(["aac"]);
  });
});

import { beforeEach, expect, test, vi } from "vitest";
import { Connection } from "../../src/wire/connection";
import type { Link, StreamListener } from "../../src/wire/connection";

/** A socket in the hands of the test: what the page sends, what the engine says. */
class FakeSocket {
  readonly sent: Record<string, unknown>[] = [];
  binaryType = "";
  readyState = 1;
  closed = false;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.closed = true;
  }

  say(message: unknown): void {
    this.onmessage?.({ data: message instanceof ArrayBuffer ? message : JSON.stringify(message) });
  }

  credits(): Record<string, unknown>[] {
    return this.sent.filter((m) => m["type"] === "credit");
  }

  opens(): Record<string, unknown>[] {
    return this.sent.filter((m) => m["type"] === "open");
  }
}

class World {
  readonly sockets: FakeSocket[] = [];
  now = 1000;
  #timers: { at: number; call: () => void }[] = [];
  readonly connection = new Connection({
    socket: () => {
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    nowMs: () => this.now,
    random: () => 0.5,
    after: (ms, call) => {
      const timer = { at: this.now + ms, call };
      this.#timers.push(timer);
      return () => (this.#timers = this.#timers.filter((t) => t !== timer));
    },
  });

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  hello(): void {
    this.socket.say({ type: "hello", version: "0", now_us: 5_000_000, max_open: 256 });
  }

  run(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((t) => t !== next);
      this.now = next.at;
      next.call();
    }
    this.now = end;
  }
}

function listener() {
  return {
    onFrame: vi.fn<StreamListener["onFrame"]>(),
    onState: vi.fn<StreamListener["onState"]>(),
    onDropped: vi.fn<StreamListener["onDropped"]>(),
    onRefused: vi.fn<StreamListener["onRefused"]>(),
    onSoundRefused: vi.fn<StreamListener["onSoundRefused"]>(),
    onLink: vi.fn<StreamListener["onLink"]>(),
  };
}

const LIVE = { name: "live", age_ms: 0 };

/** A frame without payload. */
function frame(kind: 1 | 2, stream: number, form = 1, key = true): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(32));
  [32, kind, Number(key), 1, form].forEach((byte, i) => view.setUint8(i, byte));
  view.setUint32(8, stream);
  return view.buffer;
}

beforeEach(() => {
  vi.stubGlobal("WebSocket", { OPEN: 1 });
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

test("nothing is asked for before hello, everything right after it", () => {
  const world = new World();
  world.connection.open("a", "sub", "avcc", listener());
  expect(world.socket.sent).toEqual([]);
  world.hello();
  expect(world.socket.opens()).toEqual([{ type: "open", ref: 1, camera: "a", profile: "sub", form: "avcc", credit: 64 }]);
});

test("frames reach the one who asked for their stream and form", () => {
  const world = new World();
  const [a, b] = [listener(), listener()];
  world.hello();
  world.connection.open("a", "sub", "avcc", a);
  world.connection.open("b", "sub", "avcc", b);
  world.socket.say({ type: "opened", ref: 2, stream: 8, state: LIVE });
  world.socket.say(frame(2, 8));
  world.socket.say(frame(2, 8, 2));
  expect(a.onFrame).not.toHaveBeenCalled();
  expect(b.onFrame).toHaveBeenCalledTimes(1);
});

test("two who want the same stream share one subscription; the later one gets the config", () => {
  const world = new World();
  const [a, b] = [listener(), listener()];
  world.hello();
  const first = world.connection.open("a", "sub", "avcc", a);
  world.socket.say({ type: "opened", ref: 1, stream: 3, state: LIVE });
  world.socket.say(frame(1, 3));
  const second = world.connection.open("a", "sub", "avcc", b);
  expect(world.socket.opens()).toHaveLength(1);
  expect(b.onFrame).toHaveBeenCalledTimes(1);
  expect(b.onState).toHaveBeenCalledWith(LIVE);

  first.close();
  expect(world.socket.sent.at(-1)).not.toMatchObject({ type: "close" });
  second.close();
  expect(world.socket.sent.at(-1)).toEqual({ type: "close", ref: 1 });
});

test("when the engine comes back all subscriptions are asked for again, by new refs", () => {
  const world = new World();
  const a = listener();
  world.hello();
  world.connection.open("a", "main", "mp4", a);
  world.socket.say({ type: "opened", ref: 1, stream: 3, state: LIVE });
  world.socket.onclose?.();
  expect(a.onLink).toHaveBeenLastCalledWith(false);

  world.run(3000);
  expect(world.sockets).toHaveLength(2);
  world.hello();
  expect(a.onLink).toHaveBeenLastCalledWith(true);
  expect(world.socket.opens()).toEqual([{ type: "open", ref: 2, camera: "a", profile: "main", form: "mp4", credit: 64, urgent: true }]);

  // The old number means nothing on the new socket until it is given again.
  world.socket.say(frame(2, 3));
  expect(a.onFrame).not.toHaveBeenCalled();
});

test("what was closed while the engine was away is not asked for again", () => {
  const world = new World();
  world.hello();
  const subscription = world.connection.open("a", "sub", "avcc", listener());
  world.socket.onclose?.();
  subscription.close();
  world.run(3000);
  world.hello();
  expect(world.socket.opens()).toEqual([]);
});

test("attempts are counted until the engine says hello", () => {
  const world = new World();
  const links: Link[] = [];
  world.connection.watch({ onLink: (l) => links.push(l), onCameras: () => {}, onRegistry: () => {} });
  world.socket.onclose?.();
  world.run(3000);
  world.socket.onclose?.();
  expect(links.at(-1)).toMatchObject({ up: false, attempt: 2, sinceMs: 1000 });
  world.run(3000);
  world.hello();
  expect(links.at(-1)).toMatchObject({ up: true, attempt: 0 });
});

test("a line that went silent is given up", () => {
  const world = new World();
  world.hello();
  world.run(30_000);
  expect(world.sockets[0]!.closed).toBe(true);
  expect(world.sockets.length).toBeGreaterThan(1);
});

test("pongs keep the line", () => {
  const world = new World();
  world.hello();
  for (let i = 0; i < 20; i++) {
    world.run(4000);
    world.socket.say({ type: "pong", t: world.now - 2, now_us: 1 });
  }
  expect(world.sockets).toHaveLength(1);
});

test("a malformed media message ends the connection: nothing behind it can be trusted", () => {
  const world = new World();
  world.hello();
  world.socket.say(new ArrayBuffer(5));
  expect(world.sockets[0]!.closed).toBe(true);
  world.run(3000);
  expect(world.sockets).toHaveLength(2);
});

test("a subscription whose form cannot carry the codec stays open, and is closed when it is left", () => {
  const world = new World();
  world.hello();
  const subscription = world.connection.open("a", "sub", "mp4", listener());
  world.socket.say({ type: "opened", ref: 1, stream: 3, state: LIVE });
  world.socket.say({ type: "error", ref: 1, code: "cannot_carry", en: "MJPEG", zh: "MJPEG" });
  subscription.close();
  expect(world.socket.sent.at(-1)).toEqual({ type: "close", ref: 1 });
});

test("a refusal reaches its own listener only and is not followed by close", () => {
  const world = new World();
  const [a, b] = [listener(), listener()];
  world.hello();
  const subscription = world.connection.open("a", "sub", "avcc", a);
  world.connection.open("b", "sub", "avcc", b);
  world.socket.say({ type: "error", ref: 1, code: "no_such_camera", en: "no", zh: "无" });
  expect(a.onRefused).toHaveBeenCalledTimes(1);
  expect(b.onRefused).not.toHaveBeenCalled();
  subscription.close();
  expect(world.socket.sent.filter((m) => m["type"] === "close")).toEqual([]);
});

test("a close in the middle of the call to listeners harms nobody", () => {
  const world = new World();
  const a = listener();
  world.hello();
  const subscription = world.connection.open("a", "sub", "avcc", a);
  const b = listener();
  world.connection.open("a", "sub", "avcc", b);
  a.onLink.mockImplementation(() => subscription.close());
  world.socket.onclose?.();
  expect(b.onLink).toHaveBeenLastCalledWith(false);
});

test("what a listener has dealt with is granted to the engine, never more than came", () => {
  const world = new World();
  world.hello();
  const subscription = world.connection.open("a", "sub", "avcc", listener());
  subscription.grant(5); // nothing came yet
  world.socket.say({ type: "opened", ref: 1, stream: 3, state: LIVE });
  world.socket.say(frame(1, 3)); // config costs nothing
  for (let i = 0; i < 8; i++) world.socket.say(frame(2, 3));
  expect(world.socket.credits()).toEqual([]);
  subscription.grant(7);
  subscription.grant(7);
  expect(world.socket.credits()).toEqual([
    { type: "credit", ref: 1, frames: 7 },
    { type: "credit", ref: 1, frames: 1 },
  ]);
});

test("of those who share a subscription the slowest sets the pace, until it leaves", () => {
  const world = new World();
  world.hello();
  const quick = world.connection.open("a", "sub", "avcc", listener());
  world.socket.say({ type: "opened", ref: 1, stream: 3, state: LIVE });
  world.socket.say(frame(2, 3));
  const slow = world.connection.open("a", "sub", "avcc", listener());
  for (let i = 0; i < 8; i++) world.socket.say(frame(2, 3));
  quick.grant(9);
  // The later one has nothing to do with the frame that came before it.
  expect(world.socket.credits()).toEqual([{ type: "credit", ref: 1, frames: 1 }]);
  slow.grant(2);
  expect(world.socket.credits().at(-1)).toEqual({ type: "credit", ref: 1, frames: 2 });
  slow.close();
  expect(world.socket.credits().at(-1)).toEqual({ type: "credit", ref: 1, frames: 6 });
  slow.grant(100); // has left
  expect(world.socket.credits()).toHaveLength(3);
});

test("credit begins anew when the engine comes back", () => {
  const world = new World();
  world.hello();
  const subscription = world.connection.open("a", "sub", "avcc", listener());
  world.socket.say({ type: "opened", ref: 1, stream: 3, state: LIVE });
  for (let i = 0; i < 8; i++) world.socket.say(frame(2, 3));
  world.socket.onclose?.();
  world.run(3000);
  world.hello();
  world.socket.say({ type: "opened", ref: 2, stream: 3, state: LIVE });
  subscription.grant(8); // of the old line
  expect(world.socket.credits()).toEqual([]);
  world.socket.say(frame(2, 3));
  subscription.grant(1);
  expect(world.socket.credits()).toEqual([{ type: "credit", ref: 2, frames: 1 }]);
});

/** A frame of A-law. */
function sound(stream: number, form = 1): ArrayBuffer {
  const bytes = frame(2, stream, form);
  new DataView(bytes).setUint8(3, 17);
  return bytes;
}

const audio = (world: World) => world.socket.sent.filter((m) => m["type"] === "audio");

test("the sound is asked for by the first who wants it and ended by the last", () => {
  const world = new World();
  const [a, b] = [listener(), listener()];
  world.hello();
  const one = world.connection.open("a", "sub", "avcc", a);
  const two = world.connection.open("a", "sub", "avcc", b);
  world.socket.say({ type: "opened", ref: 1, stream: 25, state: LIVE });
  one.hear(true);
  two.hear(true);
  one.hear(false);
  expect(audio(world)).toEqual([{ type: "audio", ref: 1, audio: true }]);
  world.socket.say(sound(25));
  expect(a.onFrame).not.toHaveBeenCalled();
  expect(b.onFrame).toHaveBeenCalledTimes(1);
  two.close();
  expect(audio(world).at(-1)).toEqual({ type: "audio", ref: 1, audio: false });
});

test("who does not hear grants what came for the others", () => {
  const world = new World();
  world.hello();
  const hearing = world.connection.open("a", "sub", "avcc", listener());
  world.connection.open("a", "sub", "avcc", listener());
  world.socket.say({ type: "opened", ref: 1, stream: 25, state: LIVE });
  hearing.hear(true);
  for (let i = 0; i < 8; i++) world.socket.say(sound(25));
  hearing.grant(8);
  expect(world.socket.credits().reduce((sum, m) => sum + Number(m["frames"]), 0)).toBe(8);
});

test("after the line was lost the sound is asked for again", () => {
  const world = new World();
  world.hello();
  world.connection.open("a", "sub", "avcc", listener()).hear(true);
  world.socket.onclose?.();
  world.run(60_000);
  world.hello();
  expect(world.socket.opens()[0]).toMatchObject({ audio: true });
});

/** Two tiles of one stream in form `mp4`, the first of which hears. */
function mp4() {
  const world = new World();
  const [a, b] = [listener(), listener()];
  world.hello();
  const one = world.connection.open("a", "sub", "mp4", a);
  const two = world.connection.open("a", "sub", "mp4", b);
  world.socket.say({ type: "opened", ref: 1, stream: 25, state: LIVE });
  one.hear(true);
  return { world, a, b, one, two };
}

test("an MP4 has the tracks it began with: for its sound it is closed, then opened again", () => {
  const { world, a, b } = mp4();
  expect(world.socket.sent.slice(-2)).toEqual([
    { type: "close", ref: 1 },
    { type: "open", ref: 2, camera: "a", profile: "sub", form: "mp4", credit: 192, audio: true },
  ]);
  expect(audio(world)).toEqual([]);
  world.socket.say(frame(2, 25, 2)); // of the old subscription
  expect(a.onFrame).not.toHaveBeenCalled();
  world.socket.say({ type: "opened", ref: 2, stream: 25, state: LIVE });
  world.socket.say(frame(1, 25, 2));
  world.socket.say(sound(25, 2));
  expect(a.onFrame).toHaveBeenCalledTimes(2);
  expect(b.onFrame).toHaveBeenCalledTimes(1); // the picture's config
});

test("what is cached fits into the credit when a picture that plays is opened again", () => {
  const world = new World();
  world.hello();
  const subscription = world.connection.open("a", "sub", "mp4", listener());
  world.socket.say({ type: "opened", ref: 1, stream: 25, state: LIVE });
  world.socket.say(frame(2, 25, 2));
  for (let i = 0; i < 199; i++) world.socket.say(frame(2, 25, 2, false));
  subscription.hear(true);
  expect(world.socket.opens().at(-1)).toMatchObject({ credit: 3 * (64 + 200) });
});

test("an MP4 whose sound nobody wants any more goes on without, and is opened again for the next who does", () => {
  const { world, one, two } = mp4();
  two.hear(true); // what is sent is for both
  expect(world.socket.opens()).toHaveLength(2);
  one.hear(false);
  two.hear(false);
  expect(world.socket.opens()).toHaveLength(2);
  expect(world.socket.sent.at(-1)).toEqual({ type: "audio", ref: 2, audio: false });
  two.hear(true);
  expect(world.socket.opens().at(-1)).toMatchObject({ ref: 3, audio: true });
});

test("what the engine had no room for is asked for again, ever later, until a frame comes", () => {
  const world = new World();
  const l = listener();
  world.connection.open("a", "sub", "avcc", l);
  world.hello();
  const busy = { type: "error", code: "busy", en: "out of memory", zh: "内存不足" };
  const asked = () => world.socket.opens().map((m) => m["ref"]);

  world.socket.say({ type: "opened", ref: 1, stream: 7, state: LIVE });
  world.socket.say({ ...busy, ref: 1 }); // a late one
  expect(l.onRefused).toHaveBeenCalledTimes(1);
  world.run(180); // 250 ms at random 0.5: 187
  expect(asked()).toEqual([1]);
  world.run(10);
  expect(asked()).toEqual([1, 2]);
  expect(l.onLink).toHaveBeenLastCalledWith(true);

  world.socket.say({ ...busy, ref: 2 });
  world.run(190);
  expect(asked()).toEqual([1, 2]);
  world.run(190);
  expect(asked()).toEqual([1, 2, 3]);

  world.socket.say({ type: "opened", ref: 3, stream: 7, state: LIVE });
  world.socket.say(frame(2, 7));
  world.socket.say({ ...busy, ref: 3 });
  world.run(190);
  expect(asked()).toEqual([1, 2, 3, 4]);
});

test("nothing is asked for again that nobody wants, or twice when the engine comes back", () => {
  const world = new World();
  const gone = world.connection.open("a", "sub", "avcc", listener());
  world.connection.open("b", "sub", "avcc", listener());
  world.hello();
  const refuse = (ref: number) => world.socket.say({ type: "error", ref, code: "busy", en: "", zh: "" });
  [1, 2].forEach(refuse);
  world.run(190);
  [3, 4].forEach(refuse); // to be asked for in 375 ms
  gone.close();
  world.socket.onclose?.();
  world.run(190);
  world.hello();
  world.run(4000);
  expect(world.socket.opens().map((m) => m["camera"])).toEqual(["b"]);
});

test("a sound that a form cannot carry is told to those who hear, now and later; the pictures are not refused", () => {
  const { world, a, b, one, two } = mp4();
  world.socket.say({ type: "error", ref: 2, code: "cannot_carry", codec: 17, en: "G.711", zh: "G.711" });
  expect(a.onSoundRefused).toHaveBeenCalledWith("alaw");
  expect(b.onSoundRefused).not.toHaveBeenCalled();
  two.hear(true);
  expect(b.onSoundRefused).toHaveBeenCalledWith("alaw");
  expect(a.onRefused).not.toHaveBeenCalled();
  one.close();
  two.close();
  expect(world.socket.sent.at(-1)).toEqual({ type: "close", ref: 2 });
});

test("what a form cannot carry of the picture is no word about its sound", () => {
  const { world, a } = mp4();
  world.socket.say({ type: "error", ref: 2, code: "cannot_carry", codec: 3, en: "MJPEG", zh: "MJPEG" });
  expect(a.onRefused).toHaveBeenCalledTimes(1);
  expect(a.onSoundRefused).not.toHaveBeenCalled();
});

test("while the engine is away a click asks nothing; when it is back the sound comes with all else", () => {
  const { world, one } = mp4();
  one.hear(false);
  world.socket.onclose?.();
  one.hear(true);
  world.run(60_000);
  expect(world.socket.sent).toEqual([]);
  world.hello();
  expect(world.socket.opens()).toEqual([expect.objectContaining({ form: "mp4", audio: true })]);
});

test("an engine that pulls no sound says so, and no picture is opened again for it", () => {
  const world = new World();
  world.socket.say({ type: "hello", version: "0", now_us: 1, max_open: 256, audio: false });
  expect(world.connection.sounds).toBe(false);
  world.connection.open("a", "sub", "mp4", listener()).hear(true);
  expect(world.socket.opens()).toHaveLength(1);
});

test("the picture that is looked at alone waits for no others, many at once do", () => {
  const world = new World();
  world.hello();
  world.connection.open("a", "main", "avcc", listener());
  world.connection.open("b", "sub", "avcc", listener());
  expect(world.socket.opens().map((m) => m["urgent"])).toEqual([true, undefined]);
});

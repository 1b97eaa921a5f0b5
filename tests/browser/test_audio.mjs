/** The sound of a wall: off, on with a click, one tile at a time. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clipWithTone, Foreign } from "./foreign.mjs";
import { keepScreenshot, launch, openPage } from "./pages.mjs";
import { cameraId, World } from "./world.mjs";

/** A tone each: what is heard tells whose it is. */
const AAC = "aac", OPUS = "opus", G711 = "g711";
const HZ = { [AAC]: 1000, [OPUS]: 2500, [G711]: 440 };
/** The farm's cameras have no sound. */
const MUTE = cameraId(1);

/** What goes to the loudspeaker goes to an analyser too. */
const LISTEN = `{
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) {
      window.heard ??= new AnalyserNode(this.context, { fftSize: 8192, smoothingTimeConstant: 0 });
      connect.call(this, window.heard);
    }
    return connect.call(this, to, ...rest);
  };
}`;

let world, foreign, browser, wall;
const sent = [];

before(async () => {
  foreign = new Foreign();
  clipWithTone(HZ[AAC], ["-c:a", "aac"], foreign.file("aac.mp4"));
  clipWithTone(HZ[OPUS], ["-c:a", "libopus"], foreign.file("opus.mkv"));
  clipWithTone(HZ[G711], ["-c:a", "pcm_alaw", "-ar", "8000", "-ac", "1"], foreign.file("g711.mov"));
  await foreign.serve();
  world = await World.start();
  await world.killEngine();
  await world.startEngine("--audio");
  for (const [number, id] of [AAC, OPUS, G711].entries()) await world.addCamera(id, foreign.url(number));
  browser = await launch();
  wall = await openPage(browser, { initScript: LISTEN });
  wall.page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent.push(JSON.parse(payload))));
  await wall.page.goto(`${world.origin}/wall/1?cameras=${[AAC, OPUS, G711, MUTE].join(",")}`);
});

after(async () => {
  await browser?.close();
  await world?.stop();
  await foreign?.stop();
});

const tile = (camera) => `grid-player[camera="${camera}"]`;

async function press(camera) {
  await wall.page.hover(tile(camera));
  await wall.page.click(`${tile(camera)} .speaker`);
}

/** Until the loudest of what is heard is that tone; a bin is 6 Hz wide. */
async function awaitTone(hz) {
  await wall.page.waitForFunction((wanted) => {
    if (!window.heard) return false;
    const levels = new Float32Array(window.heard.frequencyBinCount);
    window.heard.getFloatFrequencyData(levels);
    const loudest = levels.indexOf(Math.max(...levels));
    const heard = (loudest * window.heard.context.sampleRate) / window.heard.fftSize;
    return levels[loudest] > -60 && Math.abs(heard - wanted) < 15;
  }, hz);
}

const states = () =>
  wall.page.$$eval("grid-player", (all) => Object.fromEntries(all.map((p) => [p.getAttribute("camera"), p.dataset.sound])));

const asked = () => sent.filter((m) => m.type === "audio").map((m) => m.audio);

test("nothing is heard, nor sent, before a click", async () => {
  await wall.page.waitForFunction(() =>
    [...document.querySelectorAll("grid-player")].every((p) => p.dataset.state === "live"));
  assert.deepEqual(new Set(Object.values(await states())), new Set(["off"]));
  assert.equal(await wall.page.evaluate(() => window.heard), undefined);
  assert.ok(sent.every((m) => m.type !== "audio" && m.audio === undefined));
});

test("a click on the loudspeaker of a tile lets its AAC be heard", async () => {
  await press(AAC);
  await awaitTone(HZ[AAC]);
  await wall.page.waitForSelector(`${tile(AAC)}[data-sound="on"]`);
  assert.deepEqual(asked(), [true]);
  await keepScreenshot(wall.page, "wall-sound");
});

test("a click on another tile moves it, of whatever codec", async () => {
  for (const camera of [OPUS, G711]) {
    await press(camera);
    await awaitTone(HZ[camera]);
    await wall.page.waitForSelector(`${tile(camera)}[data-sound="on"]`);
    assert.equal(Object.values(await states()).filter((state) => state !== "off").length, 1);
  }
  assert.deepEqual(asked(), [true, false, true, false, true]);
});

test("another click ends it; choosing and enlarging tiles was not meant", async () => {
  await press(G711);
  assert.equal((await states())[G711], "off");
  assert.equal(asked().at(-1), false);
  assert.equal(await wall.page.locator("grid-player").count(), 4);
  await wall.page.waitForFunction(() => window.heard.context.state === "suspended");
});

test("a tile that is left is heard no more", async () => {
  await press(AAC);
  await awaitTone(HZ[AAC]);
  await wall.page.keyboard.press("0"); // clears the chosen tile, the first
  await wall.page.waitForFunction((camera) => !document.querySelector(`grid-player[camera="${camera}"]`), AAC);
  assert.deepEqual(new Set(Object.values(await states())), new Set(["off"]));
  assert.equal(asked().at(-1), false);
});

test("a camera without a sound, and an engine that takes none, are said so", async () => {
  const note = (text) =>
    wall.page.waitForFunction(([camera, words]) =>
      document.querySelector(`grid-player[camera="${camera}"]`).shadowRoot.querySelector(".note").textContent === words,
    [MUTE, text]);
  await press(MUTE);
  await note("该摄像机没有声音");
  await press(MUTE);
  await world.killEngine();
  await world.startEngine();
  await wall.page.waitForSelector(`${tile(MUTE)}[data-state="live"]`);
  await press(MUTE);
  await note("引擎未接收摄像机声音，请以 --audio 启动");
});

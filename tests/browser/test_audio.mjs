/** The sound of a wall: off, on with a click, one tile at a time. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AAC, awaitNote, awaitTone, G711, HZ, LISTEN, OPUS, press, recordSent, soundStates, tile, worldOfTones } from "./loudspeaker.mjs";
import { awaitState, keepScreenshot, launch, openPage } from "./pages.mjs";
import { cameraId } from "./world.mjs";

/** The farm's cameras have no sound. */
const MUTE = cameraId(1);

let world, foreign, browser, wall, sent;

before(async () => {
  ({ world, foreign } = await worldOfTones());
  browser = await launch();
  wall = await openPage(browser, { initScript: LISTEN });
  sent = recordSent(wall.page);
  await wall.page.goto(`${world.origin}/wall/1?cameras=${[AAC, OPUS, G711, MUTE].join(",")}`);
});

after(async () => {
  await browser?.close();
  await world?.stop();
  await foreign?.stop();
});

const asked = () => sent.filter((m) => m.type === "audio").map((m) => m.audio);

test("nothing is heard, nor sent, before a click", async () => {
  await awaitState(wall.page, "live", [AAC, OPUS, G711, MUTE]);
  assert.deepEqual(new Set(Object.values(await soundStates(wall.page))), new Set(["off"]));
  assert.equal(await wall.page.evaluate(() => window.heard), undefined);
  assert.ok(sent.every((m) => m.type !== "audio" && m.audio === undefined));
});

test("a click on the loudspeaker of a tile lets its AAC be heard", async () => {
  await press(wall.page, AAC);
  await awaitTone(wall.page, HZ[AAC]);
  await wall.page.waitForSelector(`${tile(AAC)}[data-sound="on"]`);
  assert.deepEqual(asked(), [true]);
  await keepScreenshot(wall.page, "wall-sound");
});

test("a click on another tile moves it, of whatever codec", async () => {
  for (const camera of [OPUS, G711]) {
    await press(wall.page, camera);
    await awaitTone(wall.page, HZ[camera]);
    await wall.page.waitForSelector(`${tile(camera)}[data-sound="on"]`);
    assert.equal(Object.values(await soundStates(wall.page)).filter((state) => state !== "off").length, 1);
  }
  assert.deepEqual(asked(), [true, false, true, false, true]);
});

test("another click ends it; choosing and enlarging tiles was not meant", async () => {
  await press(wall.page, G711);
  assert.equal((await soundStates(wall.page))[G711], "off");
  assert.equal(asked().at(-1), false);
  assert.equal(await wall.page.locator("grid-player").count(), 4);
  await wall.page.waitForFunction(() => window.heard.context.state === "suspended");
});

test("a tile that is left is heard no more", async () => {
  await press(wall.page, AAC);
  await awaitTone(wall.page, HZ[AAC]);
  await wall.page.keyboard.press("0"); // clears the chosen tile, the first
  await wall.page.waitForFunction((camera) => !document.querySelector(`grid-player[camera="${camera}"]`), AAC);
  assert.deepEqual(new Set(Object.values(await soundStates(wall.page))), new Set(["off"]));
  assert.equal(asked().at(-1), false);
});

test("a camera without a sound, and an engine that takes none, are said so", async () => {
  await press(wall.page, MUTE);
  await awaitNote(wall.page, MUTE, "该摄像机没有声音");
  await press(wall.page, MUTE);
  await world.killEngine();
  await world.startEngine();
  await wall.page.waitForSelector(`${tile(MUTE)}[data-state="live"]`);
  await press(wall.page, MUTE);
  await awaitNote(wall.page, MUTE, "引擎未接收摄像机声音，请以 --audio 启动");
});

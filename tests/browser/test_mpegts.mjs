/** An integrator's player, as it is published, plays the engine's WebSocket-FLV. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, openPage } from "./pages.mjs";
import { cameraId, World } from "./world.mjs";

const player = createRequire(import.meta.url).resolve("mpegts.js/dist/mpegts.js");
/** As make_clips.c draws main streams. */
const SIZE = [320, 180];

let world, browser;

before(async () => {
  world = await World.start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

/**
 * A page with the player alone, on the engine's own origin. /healthz is the ground
 * because it really comes from there: a page made up by the test would be one from
 * outside, which the browser does not let connect to this machine.
 */
async function openPlayer() {
  const opened = await openPage(browser);
  await opened.page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  await opened.page.goto(`${world.origin}/healthz`);
  await opened.page.setContent("<video muted></video>");
  await opened.page.addScriptTag({ path: player });
  return opened;
}

test("mpegts.js plays WebSocket-FLV: time goes on, the size is right, frames are decoded", async () => {
  const { page, wrong } = await openPlayer();
  await page.evaluate((url) => {
    const video = document.querySelector("video");
    const flv = globalThis.mpegts.createPlayer({ type: "flv", isLive: true, hasAudio: false, url });
    flv.on(globalThis.mpegts.Events.ERROR, (...what) => console.error("mpegts.js:", ...what.map(String)));
    flv.attachMediaElement(video);
    flv.load();
    void flv.play();
  }, `ws://127.0.0.1:${world.port}/live/${cameraId(3)}.flv`);

  const read = () => page.$eval("video", (video) => ({
    time: video.currentTime,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    size: [video.videoWidth, video.videoHeight],
  }));
  await page.waitForFunction(() => document.querySelector("video").getVideoPlaybackQuality().totalVideoFrames > 0);
  const first = await read();
  await page.waitForFunction(({ time, frames }) => {
    const video = document.querySelector("video");
    return video.currentTime > time && video.getVideoPlaybackQuality().totalVideoFrames > frames;
  }, first);
  assert.deepEqual((await read()).size, SIZE);
  assert.deepEqual(wrong, []);
});

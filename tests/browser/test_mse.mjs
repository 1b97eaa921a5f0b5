/** The desk where a browser has no WebCodecs: plain http from another machine. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProved, launch, openPage } from "./pages.mjs";
import { cameraId, World } from "./world.mjs";

let world, browser;

before(async () => {
  world = await World.start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

test("a wall without VideoDecoder shows the right pictures by MSE", async () => {
  const { page, sockets, wrong } = await openPage(browser, { initScript: "delete window.VideoDecoder" });
  const cameras = [1, 2, 10, 11].map(cameraId);
  await page.goto(`${world.origin}/wall/1?proof&cameras=${cameras.join(",")}`);
  await assertProved(page, cameras.length);
  const sources = await page.$$eval("grid-player", (players) =>
    players.map((player) => player.shadowRoot.querySelector("video").src));
  assert.ok(sources.every((source) => source.startsWith("blob:")), "a picture that is not by MSE");
  assert.equal(sockets.size, 1);
  assert.deepEqual(wrong, []);
});

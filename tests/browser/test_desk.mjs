/** The desk with nine cameras, through everything that may happen to them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProved, awaitState, choosePlace, keepScreenshot, launch, openPage, tiles } from "./pages.mjs";
import { cameraId, CELL_CAMERAS, CELL_NAME, World } from "./world.mjs";

let world, browser, desk;

before(async () => {
  world = await World.start();
  browser = await launch();
  desk = await openPage(browser);
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

test("a chosen cell plays its nine cameras over one socket", async () => {
  const { page, sockets, wrong } = desk;
  await page.goto(`${world.origin}/desk?proof`);
  await page.waitForSelector(".map canvas");
  await choosePlace(page, CELL_NAME);
  await assertProved(page, CELL_CAMERAS);
  assert.equal(sockets.size, 1);
  assert.deepEqual(wrong, []);
  await keepScreenshot(page, "desk-nine");
});

test("a camera that falls silent is not shown as live, the others go on", async () => {
  const { page } = desk;
  await world.order("stall 1");
  await page.waitForSelector(`grid-player[camera="${cameraId(1)}"][data-current="false"]`);
  const others = (await tiles(page)).filter((tile) => tile.camera !== cameraId(1));
  assert.ok(others.some((tile) => tile.current === "true"));
  await world.order("resume 1");
  await assertProved(page, CELL_CAMERAS);
});

test("every tile says that the engine is away, and recovers by itself", async () => {
  const { page, sockets } = desk;
  await world.killEngine();
  await awaitState(page, "reconnecting");
  await keepScreenshot(page, "desk-reconnecting");
  await world.startEngine();
  await assertProved(page, CELL_CAMERAS);
  assert.equal(sockets.size, 1);
});

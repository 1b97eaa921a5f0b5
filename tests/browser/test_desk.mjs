/** The desk with nine cameras, through everything that may happen to them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProved, awaitState, choosePlace, clickMap, keepScreenshot, launch, openPage, tiles, wordsAcross } from "./pages.mjs";
import { cameraId, CELL, CELL_CAMERAS, CELL_NAME, World } from "./world.mjs";

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

test("a cell clicked on the map plays its nine cameras over one socket", async () => {
  const { page, sockets, wrong } = desk;
  await page.goto(`${world.origin}/desk?proof`);
  // The district is two cells side by side: this is in the western one.
  await clickMap(page, 0.3, 0.5);
  await assertProved(page, CELL_CAMERAS);
  assert.equal(new URL(page.url()).searchParams.get("cell"), CELL);
  assert.equal(sockets.size, 1);
  assert.deepEqual(wrong, []);
  await keepScreenshot(page, "desk-nine");
});

test("a double click enlarges to the main stream, the others go on; Escape takes it back", async () => {
  const { page } = desk;
  const second = `grid-player[camera="${cameraId(2)}"]`;
  const width = async () => (await page.locator(second).boundingBox()).width;
  const small = await width();
  await page.dblclick(second);
  await page.waitForSelector(`${second}[data-proof-profile="main"]`);
  await assertProved(page, CELL_CAMERAS, [cameraId(2)]);
  assert.ok(await width() > 2 * small, "it is hardly larger");
  await keepScreenshot(page, "desk-enlarged");
  await page.keyboard.press("Escape");
  await page.waitForSelector(`${second}[data-proof-profile="sub"]`);
  await assertProved(page, CELL_CAMERAS);
});

test("a camera that falls silent is not shown as live, the others go on", async () => {
  const { page } = desk;
  await world.order("stall 1");
  await page.waitForSelector(`grid-player[camera="${cameraId(1)}"][data-current="false"]`);
  assert.match((await wordsAcross(page))[0], /停滞/);
  const others = (await tiles(page)).filter((tile) => tile.camera !== cameraId(1));
  assert.ok(others.some((tile) => tile.current === "true"));
  await world.order("resume 1");
  await assertProved(page, CELL_CAMERAS);
});

test("the language changes in place, and is remembered", async () => {
  const { page } = desk;
  const words = () => page.$eval("grid-player", (player) => player.shadowRoot.querySelector(".state").textContent);
  assert.match(await words(), /直播|滞后/);
  await page.click('.lang-switch [lang="en"]');
  await page.waitForFunction(() =>
    /live|behind/.test(document.querySelector("grid-player").shadowRoot.querySelector(".state").textContent));
  await page.reload();
  await assertProved(page, CELL_CAMERAS);
  assert.match(await words(), /live|behind/);
  assert.match(await page.textContent(".counts"), /9 cameras/);
});

test("cameras that cannot be reached say so on each tile, and come back by themselves", async () => {
  const { page } = desk;
  await world.killFarm();
  await awaitState(page, "offline");
  for (const words of await wordsAcross(page)) assert.match(words, /offline for \d+ s/);
  await page.waitForFunction(() => document.querySelectorAll(".counts .shape.offline").length === 1);
  await keepScreenshot(page, "desk-offline");
  await world.startFarm();
  await assertProved(page, CELL_CAMERAS);
});

test("every tile says that the engine is away, and recovers by itself", async () => {
  const { page, sockets } = desk;
  await world.killEngine();
  await awaitState(page, "reconnecting");
  for (const words of await wordsAcross(page)) assert.match(words, /engine lost \d+ s ago.*attempt \d/);
  await page.waitForSelector(".desk.cut");
  await keepScreenshot(page, "desk-reconnecting");
  await world.startEngine();
  await assertProved(page, CELL_CAMERAS);
  assert.equal(sockets.size, 1);
});

test("a place is found by its name", async () => {
  const { page } = desk;
  await page.goto(`${world.origin}/desk?proof`);
  await choosePlace(page, CELL_NAME);
  await assertProved(page, CELL_CAMERAS);
});

test("who sees a place is asked by the right button, and answered with words", async () => {
  const { page } = desk;
  await page.goto(`${world.origin}/desk?proof`);
  await choosePlace(page, CELL_NAME);
  await assertProved(page, CELL_CAMERAS);
  const lit = page.waitForResponse((response) => /\/view$/.test(new URL(response.url()).pathname));
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().includes("sees=")),
    clickMap(page, 0.5, 0.5, "right"),
  ]);
  const { items } = await answer.json();
  assert.ok(items.length > 0);
  const rows = page.locator(".sightings .row");
  await rows.first().waitFor();
  assert.match(await rows.first().textContent(), new RegExp(`${items[0].name}.*${items[0].sight.en}.* m`));
  assert.equal((await (await lit).json()).properties.id, items[0].id);
  await keepScreenshot(page, "desk-sees");
  await page.click(".sightings-bar button");
  await page.waitForSelector(".sightings", { state: "detached" });
});

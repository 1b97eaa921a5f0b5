/** From a grid down to a stairwell and back: each place plays what stands in it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProved, choosePlace, keepScreenshot, launch, openPage, pickRow, tiles } from "./pages.mjs";
import {
  BUILDING, BUILDING_CAMERAS, BUILDING_NAME, cameraNumber, CELL_CAMERAS, CELL_NAME, COMPOUND_CAMERAS,
  COMPOUND_NAME, cameraId, MARKED_CAMERA, MARKED_CELL, MARKED_CELL_CAMERAS, MARKUP, STAIRWELL_NAME, World,
} from "./world.mjs";

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

/** Exactly these cameras play, each with its own picture. */
async function assertPlays(page, numbers) {
  await page.waitForFunction((n) => document.querySelectorAll("grid-player").length === n, numbers.length);
  await assertProved(page, numbers.length);
  assert.deepEqual((await tiles(page)).map((tile) => cameraNumber(tile.camera)).sort(), numbers);
}

const title = (page) => page.locator(".tray h2").innerText();
const path = (page) => page.locator("nav.path button").allInnerTexts();

test("a grid opens into its compound, building and stairwell", async () => {
  const { page, wrong } = desk;
  await page.goto(`${world.origin}/desk?proof`);
  await page.waitForSelector(".map canvas");
  await choosePlace(page, CELL_NAME);
  await assertProved(page, CELL_CAMERAS);
  await pickRow(page, COMPOUND_NAME);
  await assertPlays(page, COMPOUND_CAMERAS);
  await pickRow(page, BUILDING_NAME);
  await assertPlays(page, BUILDING_CAMERAS);
  assert.match(await title(page), new RegExp(`^${BUILDING_NAME}.*${BUILDING}`));
  assert.deepEqual((await path(page)).slice(-2), [CELL_NAME, COMPOUND_NAME]);
  await keepScreenshot(page, "desk-building");
  await pickRow(page, STAIRWELL_NAME);
  await page.waitForFunction(() => document.querySelectorAll("grid-player").length === 0);
  assert.deepEqual((await path(page)).slice(-3), [CELL_NAME, COMPOUND_NAME, BUILDING_NAME]);
  assert.deepEqual(wrong, []);
});

test("the way back up is one click", async () => {
  const { page } = desk;
  await page.locator("nav.path button", { hasText: COMPOUND_NAME }).dispatchEvent("click");
  await assertPlays(page, COMPOUND_CAMERAS);
});

test("the address of a building opens it with everything above it", async () => {
  const { page, wrong } = desk;
  await page.goto(`${world.origin}/desk?proof&cell=${BUILDING}`);
  await assertPlays(page, BUILDING_CAMERAS);
  assert.deepEqual((await path(page)).slice(-2), [CELL_NAME, COMPOUND_NAME]);
  assert.deepEqual(wrong, []);
});

/** Nothing on the page, shadow trees included, came of the markup in a name. */
async function assertTextOnly(page) {
  assert.equal(await page.locator('img[src="x"]').count(), 0, "a name became an element");
  assert.equal(await page.evaluate(() => "marked" in window), false, "a name was run");
}

test("markup in a name is shown as text, on the desk and on a wall", async () => {
  const { page, wrong } = desk;
  await page.goto(`${world.origin}/desk?proof&cell=${MARKED_CELL}`);
  await assertPlays(page, MARKED_CELL_CAMERAS);
  assert.ok((await title(page)).includes(`和平网格${MARKUP}`));
  await page.locator(".list .row .name").getByText(`路口${MARKUP}`, { exact: true }).waitFor();
  await page.fill("input[type=search]", "onerror");
  await page.locator("[role=option] .name").getByText(MARKUP).nth(1).waitFor();
  await assertTextOnly(page);

  await page.goto(`${world.origin}/wall/1?proof&cameras=${cameraId(MARKED_CAMERA)}`);
  await assertProved(page, 1, [cameraId(MARKED_CAMERA)]);
  const label = await page.$eval("grid-player", (player) => player.shadowRoot.querySelector(".label").textContent);
  assert.ok(label.includes(`路口${MARKUP}`), label);
  await assertTextOnly(page);
  assert.deepEqual(wrong, []);
});

/** What whoever has nothing but a list of cameras gets: no divisions, cells or base map. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProved, keepScreenshot, launch, openPage, tiles } from "./pages.mjs";
import { cameraId, World } from "./world.mjs";

let world, browser;

before(async () => {
  world = await World.start({ areas: false });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

test("all cameras are listed, found by name, and play", async () => {
  const { page, wrong } = await openPage(browser, { locale: "en-US" });
  await page.goto(`${world.origin}/desk?proof`);
  await page.click(".row >> nth=2");
  await assertProved(page, 1);
  assert.equal((await tiles(page))[0].camera, cameraId(3));
  assert.match(await page.textContent(".tray-title"), /All cameras.*12 cameras/s);

  await page.fill("input[type=search]", "路口 12");
  await page.click("[role=option]");
  await assertProved(page, 2);
  await keepScreenshot(page, "desk-bare-list");
  assert.deepEqual(wrong, []);
});

/** A screen of the wall: the cameras of a cell, one of them enlarged. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProved, keepScreenshot, launch, openPage, tiles } from "./pages.mjs";
import { cameraId, CELL, CELL_CAMERAS, World } from "./world.mjs";

let world, browser;

before(async () => {
  world = await World.start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

test("a screen remembers its layout and its cameras", async () => {
  const { page, wrong } = await openPage(browser);
  await page.goto(`${world.origin}/wall/3?proof&cell=${CELL}`);
  await assertProved(page, CELL_CAMERAS);
  await page.keyboard.press("[");
  await assertProved(page, 4);
  await page.goto(`${world.origin}/wall/3?proof`);
  await assertProved(page, 4);
  assert.deepEqual((await tiles(page)).map((tile) => tile.camera), [1, 2, 3, 4].map(cameraId));
  await page.goto(`${world.origin}/wall/4`);
  await page.waitForSelector(".wall-empty");
  assert.deepEqual(wrong, []);
  await page.close();
});

test("a screen shows its cell; the key * enlarges the main stream and takes it back", async () => {
  const { page, sockets, wrong } = await openPage(browser);
  await page.goto(`${world.origin}/wall/1?proof&cell=${CELL}`);
  await assertProved(page, CELL_CAMERAS);
  await page.keyboard.press("*");
  await page.waitForSelector('grid-player[data-proof-profile="main"]');
  await assertProved(page, 1, [cameraId(1)]);
  assert.equal((await tiles(page))[0].camera, cameraId(1));
  await page.keyboard.press("*");
  await page.waitForFunction((n) =>
    document.querySelectorAll('grid-player[data-proof-profile="sub"]').length === n, CELL_CAMERAS);
  await assertProved(page, CELL_CAMERAS);
  assert.equal(sockets.size, 1);
  assert.deepEqual(wrong, []);
});

for (const locale of ["zh-CN", "en-US"]) {
  test(`each page opens without a complaint in ${locale}`, async () => {
    for (const [name, path, ready] of [
      ["home", "/", "a.choice"],
      ["desk", "/desk", ".tray h2"],
      ["wall", `/wall/2?cell=${CELL}`, 'grid-player[data-current="true"]'],
    ]) {
      const { page, wrong } = await openPage(browser, { locale });
      await page.goto(world.origin + path);
      await page.waitForSelector(ready);
      assert.match(await page.evaluate(() => document.documentElement.lang), new RegExp(locale.slice(0, 2)));
      await keepScreenshot(page, `${name}-${locale}`);
      assert.deepEqual(wrong, [], path);
      await page.close();
    }
  });
}

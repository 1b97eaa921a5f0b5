/** A screen that nobody sits at: from its code to pictures. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProved, keepScreenshot, launch } from "./pages.mjs";
import { CELL, CELL_CAMERAS, World } from "./world.mjs";

const NAME = "boss", PASSWORD = "correct horse battery";

let world, browser, cookie;

async function ask(path, body) {
  const headers = { "Content-Type": "application/json", Origin: world.origin, ...(cookie ? { Cookie: cookie } : {}) };
  return await fetch(world.origin + path, { method: "POST", headers, body: JSON.stringify(body) });
}

before(async () => {
  world = await World.start({ signIn: true });
  browser = await launch();
  const word = world.setUpLink.split("#")[1];
  assert.equal((await ask("/api/v1/set-up", { name: NAME, password: PASSWORD, word })).status, 204);
  const answer = await ask("/api/v1/session", { name: NAME, password: PASSWORD });
  cookie = answer.headers.get("set-cookie").split(";")[0];
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

test("a screen shows a code, is let in by it, and shows pictures", async () => {
  const screen = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await screen.newPage();
  await page.goto(`${world.origin}/wall/2?cell=${CELL}&proof`);
  await page.waitForFunction(() => /^[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(document.querySelector(".code")?.textContent));
  const text = await page.textContent("main");
  assert.match(text, /管理员/);
  assert.match(text, /administrator/);
  await keepScreenshot(page, "screen-code");
  const code = await page.textContent(".code");
  assert.equal((await ask("/api/v1/screens/enrol", { code, name: "hall 2", scope: ["all"] })).status, 201);
  await page.waitForSelector(".wall-tile");
  await assertProved(page, CELL_CAMERAS);
  await screen.close();
});

test("who has a name signs in by it at a screen too", async () => {
  const screen = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 720 } });
  const page = await screen.newPage();
  await page.goto(`${world.origin}/wall/3`);
  await page.click("main button");
  const inputs = await page.$$("form input");
  await inputs[0].fill(NAME);
  await inputs[1].fill(PASSWORD);
  await page.click("form button");
  await page.waitForSelector(".wall-tile");
  await screen.close();
});

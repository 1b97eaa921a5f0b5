/** From an engine that nobody can sign in to, to pictures, and out again. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertProved, keepScreenshot, launch, openPage } from "./pages.mjs";
import { World } from "./world.mjs";

const NAME = "值班长", PASSWORD = "correct horse battery";

let world, browser;

before(async () => {
  world = await World.start({ areas: false, signIn: true });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

async function fill(page, ...values) {
  const inputs = await page.$$("form input");
  assert.equal(inputs.length, values.length);
  for (const [i, value] of values.entries()) await inputs[i].fill(value);
  await page.click("form button");
}

async function failureOf(page, pattern) {
  await page.waitForFunction((source) => new RegExp(source).test(document.querySelector(".failure")?.textContent), pattern.source);
}

test("the link makes the first administrator, who sees pictures and signs out", async () => {
  const person = await browser.newContext({ locale: "zh-CN", viewport: { width: 960, height: 540 } });
  const page = await person.newPage();
  await page.goto(world.setUpLink);
  await fill(page, NAME, PASSWORD, `${PASSWORD}!`);
  await failureOf(page, /不一致/);
  await fill(page, NAME, "short", "short");
  await failureOf(page, /至少 10/);
  await keepScreenshot(page, "set-up");
  await fill(page, NAME, PASSWORD, PASSWORD);
  await page.waitForSelector(".choice");
  assert.match(await page.textContent("footer"), new RegExp(NAME));
  await keepScreenshot(page, "home-signed-in");

  const desk = await person.newPage();
  await desk.goto(`${world.origin}/desk?proof`);
  await desk.click(".row >> nth=0");
  await assertProved(desk, 1);

  await page.click("footer button:has-text('退出')");
  await page.waitForSelector("form input");
  assert.equal((await page.$$(".choice")).length, 0);
  // Its sockets end with the session: the desk asks too.
  await desk.waitForSelector("form input");
  await person.close();
});

test("who is not in is asked, and told when it is wrong", async () => {
  const { page } = await openPage(browser, { locale: "en-US" });
  await page.goto(`${world.origin}/desk`);
  await page.waitForSelector("form input");
  await keepScreenshot(page, "sign-in");
  await fill(page, NAME, "not the password");
  await failureOf(page, /wrong/);
  await keepScreenshot(page, "sign-in-wrong");
  await fill(page, NAME, PASSWORD);
  await page.waitForSelector(".tray-title");
});

test("the link is good once", async () => {
  const { page } = await openPage(browser, { locale: "en-US" });
  await page.goto(world.setUpLink);
  await fill(page, "another", PASSWORD, PASSWORD);
  await failureOf(page, /not good any more/);
});

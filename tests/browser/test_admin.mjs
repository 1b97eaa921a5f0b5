/** The integrator's job: from signing in, by way of a dirty list, to its cameras on the desk. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { keepScreenshot, launch, openPage } from "./pages.mjs";
import { World } from "./world.mjs";

const PASSWORD = "correct horse battery";

let world, browser;

before(async () => {
  world = await World.start({ signIn: true });
  world.addUser("integrator", "integrator", PASSWORD);
  world.addUser("viewer", "viewer", PASSWORD);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

async function signIn(page, name, path) {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${world.origin}${path}`);
  await page.waitForSelector("form input");
  const [user, password] = await page.$$("form input");
  await user.fill(name);
  await password.fill(PASSWORD);
  await page.click("form button");
}

async function bring(page, file) {
  await page.goto(`${world.origin}/admin#import`);
  await page.setInputFiles(".drop input", file);
}

function list(name, ...lines) {
  return { name, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

/** The figures as they stand there, by their class. */
async function figures(page) {
  await page.waitForSelector(".figures");
  return Object.fromEntries(await page.$$eval(".figures button", (buttons) =>
    buttons.map((b) => [b.className, Number(b.querySelector("b").textContent.replace(",", ""))])));
}

async function rowTexts(page) {
  await page.waitForSelector(".report tbody tr");
  return page.$$eval(".report tbody tr", (rows) => rows.map((row) => row.textContent));
}

/** None of an account's words, and nothing that was marked as a password. */
async function assertNoSecret(page) {
  assert.doesNotMatch(await page.content(), /viewer:secret|secret@/);
}

test("a dirty list becomes cameras that the desk finds", async () => {
  const path = world.dirtyList("same_id", 300);
  const lines = readFileSync(path, "utf8").split("\r\n").filter(Boolean);
  const { page, wrong } = await openPage(browser, { locale: "zh-CN" });
  await signIn(page, "integrator", "/admin");
  await page.waitForSelector(".todo li");
  await keepScreenshot(page, "admin-start-zh");
  wrong.length = 0; // that nobody was signed in was answered 401

  await page.click(".actions .button");
  await page.waitForSelector(".drop");
  await keepScreenshot(page, "admin-import-zh");
  await bring(page, path);

  const found = await figures(page);
  assert.ok(found.refused > 0, "the list is dirty");
  assert.equal(found.new + found.refused, lines.length - 1);
  const refused = await rowTexts(page);
  assert.equal(refused.length, found.refused);
  for (const text of refused) assert.match(text, /编码.*第 \d+ 行.*未导入/);
  await keepScreenshot(page, "admin-preview-zh");
  await assertNoSecret(page);

  await page.click(".figures .new");
  await page.waitForSelector("tr.new");
  const names = await page.$$eval("tr.new .value", (cells) => cells.map((cell) => cell.textContent.trim()));
  assert.equal(names.length, Math.min(found.new, 200));

  await page.click(".apply .button");
  await keepScreenshot(page, "admin-sure-zh");
  await page.keyboard.press("Enter"); // the button that says yes has the focus
  await page.waitForSelector(".apply .shape.live");
  assert.match(await page.textContent(".apply"), new RegExp(`已写入 ${found.new} 条`));
  await keepScreenshot(page, "admin-applied-zh");

  const [file] = await Promise.all([page.waitForEvent("download"), page.click(".apply .aside")]);
  const table = readFileSync(await file.path(), "utf8");
  assert.ok(table.startsWith("\uFEFF"));
  assert.doesNotMatch(table, /secret/);

  await page.click(".apply a.button");
  await page.fill("input[type=search]", names[0]);
  await page.waitForFunction((name) => [...document.querySelectorAll("[role=option]")].some((o) => o.textContent.includes(name)), names[0]);
  assert.deepEqual(wrong, []);
  await page.close();
});

test("the same list once more changes nothing, and says so", async () => {
  const { page } = await openPage(browser, { locale: "en-US" });
  await signIn(page, "integrator", "/admin");
  await page.waitForSelector(".todo li");
  await bring(page, world.dirtyList("same_id", 300));
  const found = await figures(page);
  assert.equal(found.new + found.changed, 0);
  assert.match(await page.textContent(".apply"), /Nothing would change/);
  await keepScreenshot(page, "admin-same-en");
  await page.click(".of-import button");
  await page.waitForSelector(".drop");
  await page.close();
});

test("a list of strange columns is told so, and read once they are named", async () => {
  const { page } = await openPage(browser, { locale: "en-US" });
  await signIn(page, "integrator", "/admin");
  await page.waitForSelector(".todo li");
  await bring(page, list("strange.csv", "No.,Title,Lon,Lat,Secret", "s1,Strange gate,116.805,35.505,viewer:secret"));
  await page.waitForSelector(".notice.alarm");
  assert.match(await page.textContent(".notice.alarm"), /strange\.csv.*"id"/);
  await keepScreenshot(page, "admin-strange-en");
  await page.selectOption("[aria-label$=': No.']", "id");
  await page.waitForSelector(".figures");
  await page.selectOption("[aria-label$=': Title']", "name");
  await page.waitForFunction(() => document.querySelector("tr.note, tr.new")?.textContent);
  await page.waitForSelector(".figures");
  await page.click(".figures .new");
  await page.waitForFunction(() => document.querySelector("tr.new .value")?.textContent.includes("Strange gate"));
  await keepScreenshot(page, "admin-named-en");
  await assertNoSecret(page);
  await page.close();
});

test("degrees of another system are suspected, and read as such by one button", async () => {
  const rows = Array.from({ length: 30 }, (_, i) =>
    `g${i},Gaode ${i},${(116.823 + i * 1e-5).toFixed(5)},35.506,370812001001,Police,rtsp://192.0.2.1/${i}`);
  const { page } = await openPage(browser, { locale: "en-US" });
  await signIn(page, "integrator", "/admin");
  await page.waitForSelector(".todo li");
  await bring(page, list("gaode.csv", "id,name,lon,lat,division,department,url_main", ...rows));
  await page.waitForSelector(".notice.watch button");
  assert.ok((await figures(page)).notes > 29, "they lie in no cell");
  await keepScreenshot(page, "admin-suspected-en");
  await page.click(".notice.watch button");
  await page.waitForFunction(() => document.querySelector(".figures .notes b")?.textContent === "0");
  assert.equal(await page.inputValue(".options select"), "gcj02");
  assert.equal(await page.$(".notice.watch"), null);
  await page.close();
});

test("a camera is made from what its device is, found, changed, and tested in words", async () => {
  const { page } = await openPage(browser, { locale: "en-US" });
  await signIn(page, "integrator", "/admin");
  await page.waitForSelector(".todo li");
  await page.goto(`${world.origin}/admin#cameras/new`);
  const field = (label) => page.getByLabel(label, { exact: true });
  await field("id").fill("made-here");
  await field("name").fill("New gate");
  await field("By vendor and device").check();
  await field("Device address").fill("127.0.0.1");
  await field("RTSP port").fill("9");
  await field("user").fill("u");
  await field("password").fill("s3cret#%@");
  await keepScreenshot(page, "admin-new-camera-en");
  await page.click("form.camera .button");
  await page.waitForFunction(() => location.hash === "#cameras/made-here");
  await page.waitForFunction(() => document.querySelector("h1")?.textContent === "New gate");
  assert.match(await field("Main stream").inputValue(), /^rtsp:\/\/127\.0\.0\.1:9\/Streaming\/Channels\/101$/);
  await page.click(".camera-test .link >> nth=0");
  await page.waitForSelector(".verdict .shape.alarm");
  assert.doesNotMatch(await page.content(), /s3cret/);
  await keepScreenshot(page, "admin-test-fails-en");

  await field("name").fill("North gate");
  await field("Main stream").fill(world.farmUrl(1, "main"));
  await page.click("form.camera .button");
  await page.waitForSelector(".actions .shape.live");
  await page.click(".camera-test .link >> nth=0");
  await page.waitForSelector(".verdict .shape.live");
  assert.match(await page.textContent(".camera-test"), /Pictures come.*H264/);
  await page.click(".lang-switch [lang=zh]");
  assert.match(await page.textContent(".verdict"), /画面正常/);
  await keepScreenshot(page, "admin-test-works-zh");
  await page.goto(`${world.origin}/admin#cameras`);
  await page.fill(".search", "North gate");
  await page.click(".camera-list a:has-text('North gate')");
  await page.close();
});

test("who may not change cameras is told whom to ask", async () => {
  const { page } = await openPage(browser, { locale: "zh-CN" });
  await signIn(page, "viewer", "/admin");
  await page.waitForSelector(".notice.watch");
  assert.match(await page.textContent(".notice.watch"), /管理员/);
  assert.equal(await page.$(".drop"), null);
  await page.goto(`${world.origin}/`);
  await page.waitForSelector(".choice");
  assert.equal(await page.$("a[href='/admin']"), null);
  await page.close();
});

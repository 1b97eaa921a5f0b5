/** The sound of a wall where a browser has no WebCodecs: from MP4. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AAC, awaitNote, awaitTone, G711, HZ, LISTEN, OPUS, press, recordSent, soundStates, tile, worldOfTones } from "./loudspeaker.mjs";
import { awaitState, launch, openPage } from "./pages.mjs";

const CAMERAS = [AAC, OPUS, G711];
const NO_WEBCODECS = "delete window.VideoDecoder; delete window.AudioDecoder;";

let world, foreign, browser, page, wrong, sent, sources;

before(async () => {
  ({ world, foreign } = await worldOfTones());
  browser = await launch();
  ({ page, wrong } = await openPage(browser, { initScript: NO_WEBCODECS + LISTEN }));
  sent = recordSent(page);
  await page.goto(`${world.origin}/wall/1?cameras=${CAMERAS.join(",")}`);
  await awaitState(page, "live", CAMERAS);
  sources = await pictureSources();
});

after(async () => {
  await browser?.close();
  await world?.stop();
  await foreign?.stop();
});

/** Of what each tile's picture is made: another one means that it was begun anew. */
const pictureSources = () =>
  page.$$eval("grid-player[camera]:not([camera=''])", (all) => all.map((p) => p.shadowRoot.querySelector("video").src));

const opens = () => sent.filter((m) => m.type === "open");

async function assertPicturesStayed() {
  await awaitState(page, "live", CAMERAS);
  assert.deepEqual(await pictureSources(), sources);
}

test("nothing is heard, nor sent, before a click", async () => {
  assert.ok(sources.every((source) => source.startsWith("blob:")), "a picture that is not by MSE");
  assert.equal(await page.evaluate(() => window.heard), undefined);
  assert.ok(opens().every((m) => m.form === "mp4" && m.audio === undefined));
});

test("a click lets a tile be heard, then another, in AAC and Opus, and the pictures stay", async () => {
  for (const camera of [AAC, OPUS]) {
    await press(page, camera);
    await awaitTone(page, HZ[camera]);
    await page.waitForSelector(`${tile(camera)}[data-sound="on"]`);
    assert.equal(opens().filter((m) => m.audio).at(-1).camera, camera);
    assert.equal(Object.values(await soundStates(page)).filter((state) => state !== "off").length, 1);
    await assertPicturesStayed();
  }
});

test("a sound that MP4 has no place for is said so, and the picture stays", async () => {
  await press(page, G711);
  await awaitNote(page, G711, "此处无法播放 G.711 声音");
  assert.equal((await soundStates(page))[G711], "unplayable");
  await assertPicturesStayed();
});

test("another click ends the sound without opening anything", async () => {
  await press(page, AAC);
  await awaitTone(page, HZ[AAC]);
  const before = opens().length;
  const ended = sent.filter((m) => m.type === "audio").length;
  await press(page, AAC);
  assert.deepEqual(new Set(Object.values(await soundStates(page))), new Set(["off"]));
  await page.waitForFunction(() => window.heard.context.state === "suspended");
  assert.deepEqual(sent.filter((m) => m.type === "audio").slice(ended).map((m) => m.audio), [false]);
  assert.equal(opens().length, before);
  await assertPicturesStayed();
  assert.deepEqual(wrong, []);
});

/** H.265, which Debian's Chromium has no decoder for, and MJPEG. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clipOfColour, Foreign } from "./foreign.mjs";
import { awaitState, launch, openPage, wordsAcross } from "./pages.mjs";
import { cameraId, World } from "./world.mjs";

const HEVC_ALONE = "hevc", MJPEG = "mjpeg";
/** Main in H.265, sub in H.264 of the farm's camera of that number. */
const HEVC_WITH_SUB = cameraId(100);
const SUB = 5;
const COLOUR = { r: 30, g: 140, b: 60 };

let world, foreign, browser;

before(async () => {
  foreign = new Foreign();
  clipOfColour("gray", "320x240", ["-c:v", "libx265", "-x265-params", "log-level=none:keyint=10", "-pix_fmt", "yuv420p",
    "-tag:v", "hvc1"], foreign.file("hevc.mp4"));
  clipOfColour(`0x${Object.values(COLOUR).map((v) => v.toString(16).padStart(2, "0")).join("")}`, "320x240",
    ["-c:v", "mjpeg", "-huffman", "default", "-q:v", "3", "-pix_fmt", "yuvj420p"], foreign.file("mjpeg.mov"));
  await foreign.serve();
  world = await World.start();
  await world.addCamera(HEVC_ALONE, foreign.url(0));
  await world.addCamera(HEVC_WITH_SUB, foreign.url(0), world.farmUrl(SUB, "sub"));
  await world.addCamera(MJPEG, foreign.url(1));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await world?.stop();
  await foreign?.stop();
});

const wall = (...cameras) => `${world.origin}/wall/1?proof&cameras=${cameras.join(",")}`;

test("Debian's Chromium has no decoder for H.265: else the next tests say nothing", async () => {
  const { page } = await openPage(browser);
  await page.goto(world.origin);
  const config = { codec: "hvc1.1.6.L93.B0" };
  assert.equal(await page.evaluate(async (c) => (await VideoDecoder.isConfigSupported(c)).supported, config), false);
});

// A wall of one shows the main stream.
test("where main is H.265 the tile takes the H.264 sub stream", async () => {
  const { page, wrong } = await openPage(browser);
  await page.goto(wall(HEVC_WITH_SUB));
  await awaitState(page, "live");
  const { proofCamera, proofProfile } = await page.$eval("grid-player", (p) => ({ ...p.dataset }));
  assert.deepEqual([proofCamera, proofProfile], [String(SUB), "sub"]);
  assert.deepEqual(wrong, []);
});

for (const [locale, words] of [["zh-CN", "此处无法显示 H.265"], ["en-GB", "H.265 cannot be shown here"]]) {
  test(`where nothing else is offered it says so: ${words}`, async () => {
    const { page, wrong } = await openPage(browser, { locale });
    await page.goto(wall(HEVC_ALONE));
    await awaitState(page, "unshowable");
    await page.waitForFunction(() => document.querySelector("grid-player").dataset.tone === "offline");
    assert.deepEqual(await wordsAcross(page), [words]);
    assert.deepEqual(wrong, []);
  });
}

test("MJPEG is shown, pixel by pixel, beside a stream in H.264", async () => {
  const { page, wrong } = await openPage(browser);
  await page.goto(wall(MJPEG, cameraId(2)));
  await awaitState(page, "live", [MJPEG, cameraId(2)]);
  await page.waitForFunction(([camera, want]) => {
    const tile = document.querySelector(`grid-player[camera="${camera}"]`);
    const shown = tile.shadowRoot.querySelector(".stage .shown");
    const canvas = new OffscreenCanvas(320, 240);
    const context = canvas.getContext("2d");
    context.drawImage(shown, 0, 0, 320, 240);
    const { data } = context.getImageData(0, 0, 320, 240);
    const near = (value, wanted) => Math.abs(value - wanted) <= 6;
    for (let i = 0; i < data.length; i += 4)
      if (!near(data[i], want.r) || !near(data[i + 1], want.g) || !near(data[i + 2], want.b)) return false;
    return true;
  }, [MJPEG, COLOUR]);
  assert.deepEqual(wrong, []);
});

test("a page without WebCodecs says in words that MJPEG does not go into MP4", async () => {
  const { page } = await openPage(browser, { locale: "en-GB", initScript: "delete window.VideoDecoder" });
  await page.goto(wall(MJPEG));
  await awaitState(page, "refused");
  assert.match((await wordsAcross(page))[0], /MJPEG goes neither into FLV nor into MP4/);
});

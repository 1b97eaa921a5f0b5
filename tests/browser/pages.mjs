/**
 * Pages in Debian's Chromium, and what a tile proves about its picture.
 */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { cameraNumber } from "./world.mjs";

const VIEWPORT = { width: 960, height: 540 };
/** A guard against waiting for ever on a loaded machine, not a promise. */
export const PATIENCE_MS = 60_000;

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader", "--disable-background-networking", "--no-first-run",
  "--disable-component-update", "--disable-sync", "--disable-quic",
  "--autoplay-policy=no-user-gesture-required",
];

export function launch() {
  return chromium.launch({ executablePath: process.env.GW_CHROMIUM, args: FLAGS });
}

/** A page that remembers its sockets and everything that went wrong in it. */
export async function openPage(browser, { locale = "zh-CN", initScript } = {}) {
  const page = await browser.newPage({ viewport: VIEWPORT, locale });
  page.setDefaultTimeout(PATIENCE_MS);
  if (initScript) await page.addInitScript(initScript);
  const sockets = new Set();
  const wrong = [];
  page.on("websocket", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.stack ?? error.message));
  page.on("response", (answer) => {
    if (answer.status() >= 400) wrong.push(`${answer.status()} ${answer.url()}`);
  });
  return { page, sockets, wrong };
}

/** What the tiles say, in their order on the page. */
export function tiles(page) {
  return page.$$eval("grid-player", (players) =>
    players.map((player) => ({ camera: player.getAttribute("camera"), ...player.dataset })));
}

/** Until `count` tiles show a moving picture, each newer than `since` says of its camera. */
async function awaitMoving(page, count, since) {
  await page.waitForFunction(([wanted, seen]) => {
    const moving = [...document.querySelectorAll("grid-player")].filter((player) => {
      const { current, proofFrame } = player.dataset;
      return current === "true" && proofFrame && Number(proofFrame) > (seen[player.getAttribute("camera")] ?? -1);
    });
    return moving.length === wanted;
  }, [count, since]);
}

/**
 * `count` tiles, each with its own camera's picture, and each picture moves: sub
 * streams but those of the cameras in `main`.
 */
export async function assertProved(page, count, main = []) {
  await awaitMoving(page, count, {});
  const before = await tiles(page);
  await awaitMoving(page, count, Object.fromEntries(before.map((t) => [t.camera, Number(t.proofFrame)])));
  const after = await tiles(page);
  assert.equal(after.length, count);
  assert.equal(new Set(after.map((tile) => tile.camera)).size, count, "a camera has two tiles");
  for (const tile of after) {
    assert.equal(Number(tile.proofCamera), cameraNumber(tile.camera), "another camera's picture");
    assert.equal(tile.proofProfile, main.includes(tile.camera) ? "main" : "sub");
  }
}

/** Until each tile of `cameras` (all without it) is in `state`. */
export async function awaitState(page, state, cameras) {
  await page.waitForFunction(([wanted, ids]) => {
    const players = [...document.querySelectorAll("grid-player")];
    const asked = ids ? players.filter((p) => ids.includes(p.getAttribute("camera"))) : players;
    return asked.length > 0 && asked.every((p) => p.dataset.state === wanted);
  }, [state, cameras]);
}

/** What stands across each tile, in their order on the page. */
export function wordsAcross(page) {
  return page.$$eval("grid-player", (players) =>
    players.map((player) => player.shadowRoot.querySelector(".words").textContent));
}

/**
 * Clicks the map at a place, given in parts of its width and height, as soon as the
 * map shows that something can be chosen there.
 */
export async function clickMap(page, across, down, button = "left") {
  const canvas = await page.waitForSelector(".map canvas");
  const { x, y, width, height } = await canvas.boundingBox();
  const [atX, atY] = [x + across * width, y + down * height];
  for (let step = 0; (await canvas.evaluate((c) => c.style.cursor)) !== "pointer"; step++) {
    await page.mouse.move(atX + (step % 2), atY);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  await page.mouse.click(atX, atY, { button });
}

/** Chooses a place the way an operator does: types its name, takes the first hit. */
export async function choosePlace(page, name) {
  await page.fill("input[type=search]", name);
  await page.click("[role=option]");
}

/** Picks a row of the desk's list by its name, however long the map takes to draw. */
export async function pickRow(page, name) {
  await page.locator(".list .row", { hasText: name }).dispatchEvent("click");
}

/** Keeps a picture of the page beside the test's log, for people to look at. */
export async function keepScreenshot(page, name) {
  const dir = process.env.GW_SCREENSHOTS;
  mkdirSync(dir, { recursive: true });
  await page.screenshot({ path: join(dir, `${name}.png`) });
}

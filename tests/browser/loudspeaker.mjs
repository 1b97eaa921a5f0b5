/**
 * Cameras with a tone each, and what of them is heard: for the tests of the sound.
 */
import { clipWithTone, Foreign } from "./foreign.mjs";
import { World } from "./world.mjs";

/** A tone each: what is heard tells whose it is. */
export const AAC = "aac", OPUS = "opus", G711 = "g711";
export const HZ = { [AAC]: 1000, [OPUS]: 2500, [G711]: 440 };

/** What goes to the loudspeaker goes to an analyser too. */
export const LISTEN = `{
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) {
      window.heard ??= new AnalyserNode(this.context, { fftSize: 8192, smoothingTimeConstant: 0 });
      connect.call(this, window.heard);
    }
    return connect.call(this, to, ...rest);
  };
}`;

/** The three cameras of gst-rtsp-server, in an engine that pulls their sound. */
export async function worldOfTones() {
  const foreign = new Foreign();
  clipWithTone(HZ[AAC], ["-c:a", "aac"], foreign.file("aac.mp4"));
  clipWithTone(HZ[OPUS], ["-c:a", "libopus"], foreign.file("opus.mkv"));
  clipWithTone(HZ[G711], ["-c:a", "pcm_alaw", "-ar", "8000", "-ac", "1"], foreign.file("g711.mov"));
  await foreign.serve();
  const world = await World.start();
  await world.killEngine();
  await world.startEngine("--audio");
  for (const [number, id] of [AAC, OPUS, G711].entries()) await world.addCamera(id, foreign.url(number));
  return { foreign, world };
}

export const tile = (camera) => `grid-player[camera="${camera}"]`;

export async function press(page, camera) {
  await page.hover(tile(camera));
  await page.click(`${tile(camera)} .speaker`);
}

/** Until the loudest of what is heard is that tone; a bin is 6 Hz wide. */
export async function awaitTone(page, hz) {
  await page.waitForFunction((wanted) => {
    if (!window.heard) return false;
    const levels = new Float32Array(window.heard.frequencyBinCount);
    window.heard.getFloatFrequencyData(levels);
    const loudest = levels.indexOf(Math.max(...levels));
    const heard = (loudest * window.heard.context.sampleRate) / window.heard.fftSize;
    return levels[loudest] > -60 && Math.abs(heard - wanted) < 15;
  }, hz);
}

/** What each tile says of its sound. */
export const soundStates = (page) =>
  page.$$eval("grid-player", (all) => Object.fromEntries(all.map((p) => [p.getAttribute("camera"), p.dataset.sound])));

/** Until the words beside a tile's loudspeaker are these. */
export async function awaitNote(page, camera, words) {
  await page.waitForFunction(([id, wanted]) =>
    document.querySelector(`grid-player[camera="${id}"]`).shadowRoot.querySelector(".note").textContent === wanted,
  [camera, words]);
}

/** Everything that the page says on its sockets from now on. */
export function recordSent(page) {
  const sent = [];
  page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent.push(JSON.parse(payload))));
  return sent;
}

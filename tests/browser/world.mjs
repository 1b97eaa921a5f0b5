/**
 * The real programs for one test file: simulated cameras and the engine on free
 * ports, with a small district of two cells. Programs and files come from meson:
 * GW_ENGINE, GW_FARM, GW_CLIPS, GW_WWW.
 *
 * Whatever happens to the test, its children end with it.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const CELL = "370812001001001";
export const CELL_NAME = "兴隆网格";
/** In CELL: a compound with its southern row of cameras, 1 to 3, a building in it
 * with camera 2, and a stairwell of that building without any. */
export const COMPOUND_NAME = "兴隆花园", BUILDING_NAME = "2号楼", STAIRWELL_NAME = "1单元";
export const COMPOUND_CAMERAS = [1, 2, 3], BUILDING_CAMERAS = [2];
export const BUILDING = `${CELL}001002`;
/** Cameras of CELL; those after them are in the cell beside it. */
export const CELL_CAMERAS = 9;
const CAMERAS = 12;
/** The cell beside it, and a camera there, have markup in their names. */
export const MARKUP = "<img src=x onerror=marked=1>";
export const MARKED_CELL = "370812001001002", MARKED_CELL_CAMERAS = [10, 11, 12], MARKED_CAMERA = 11;

const WEST = 116.8, SOUTH = 35.5, CELL_DEG = 0.01;

const children = new Set();
const killAll = () => children.forEach((child) => child.kill("SIGKILL"));
process.on("exit", killAll);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

function program(name) {
  const path = process.env[name];
  if (!path) throw new Error(`the environment lacks ${name}: run this with \`meson test --suite browser\``);
  return path;
}

/** Starts a program and reads the lines that it prints, by how they begin, and the ports that
 * these end with; its log is shown if it ends early. */
export async function start(path, args, labels) {
  const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (text) => (log = (log + text).slice(-20_000)));
  children.add(child);
  child.once("exit", () => children.delete(child));
  const found = {};
  for await (const line of createInterface({ input: child.stdout })) {
    for (const label of labels) if (line.startsWith(label)) found[label] = line;
    if (labels.every((label) => found[label])) break;
  }
  if (!labels.every((label) => found[label])) throw new Error(`${path} ended early:\n${log}`);
  child.stdout.resume();
  const lines = labels.map((label) => found[label]);
  return { child, lines, ports: lines.map((line) => Number(/(\d+)\s*$/.exec(line)?.[1])) };
}

export function cameraId(number) {
  return `3708120000131${String(number).padStart(7, "0")}`;
}

export function cameraNumber(id) {
  return Number(id.slice(-7));
}

function rectangle(w, s, e, n) {
  return { type: "Polygon", coordinates: [[[w, s], [e, s], [e, n], [w, n], [w, s]]] };
}

function box(column, columns) {
  return rectangle(WEST + column * CELL_DEG, SOUTH, WEST + (column + columns) * CELL_DEG, SOUTH + CELL_DEG);
}

/** Parts of CELL, in degrees from its south-western corner. */
function part(w, s, e, n) {
  return rectangle(WEST + w, SOUTH + s, WEST + e, SOUTH + n);
}

function collection(features) {
  return JSON.stringify({
    type: "FeatureCollection",
    features: features.map(([properties, geometry]) => ({ type: "Feature", properties, geometry })),
  });
}

function writeDistrict(dir, farmPort) {
  const divisions = collection([
    [{ code: "370812", name: "示范区", level: 1, parent: "" }, box(0, 2)],
    [{ code: "370812001000", name: "兴隆街道", level: 2, parent: "370812" }, box(0, 2)],
    [{ code: "370812001001", name: "兴隆社区", level: 3, parent: "370812001000" }, box(0, 2)],
  ]);
  const cells = collection([
    [{ code: CELL, name: CELL_NAME, level: 3, division: "370812001001" }, box(0, 1)],
    [{ code: `${CELL}001`, name: COMPOUND_NAME, level: 4, division: "370812001001", parent: CELL }, part(0.001, 0.001, 0.007, 0.003)],
    [{ code: BUILDING, name: BUILDING_NAME, level: 5, division: "370812001001", parent: `${CELL}001` }, part(0.003, 0.0015, 0.005, 0.0025)],
    [{ code: `${BUILDING}001`, name: STAIRWELL_NAME, level: 6, division: "370812001001", parent: BUILDING }, part(0.0045, 0.0015, 0.005, 0.0025)],
    [{ code: MARKED_CELL, name: `和平网格${MARKUP}`, level: 3, division: "370812001001" }, box(1, 1)],
  ]);
  const rows = Array.from({ length: CAMERAS }, (_, i) => {
    const number = i + 1;
    const lon = WEST + (number > CELL_CAMERAS ? CELL_DEG : 0) + 0.002 + 0.002 * (i % 3);
    const lat = SOUTH + 0.002 + 0.002 * Math.floor((i % 9) / 3);
    const url = `rtsp://127.0.0.1:${farmPort}/cam/${String(number).padStart(5, "0")}`;
    const name = number === MARKED_CAMERA ? `路口${MARKUP}` : `路口 ${number}`;
    return `${cameraId(number)},${name},${lon.toFixed(4)},${lat.toFixed(4)},${url}/main,${url}/sub`;
  });
  const files = {
    "divisions.geojson": divisions,
    "cells.geojson": cells,
    "cameras.csv": ["id,name,lon,lat,url_main,url_sub", ...rows, ""].join("\n"),
  };
  return Object.entries(files).map(([name, text]) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  });
}

/** Ends one program and waits until it is gone, so that its port is free again. */
export async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

export class World {
  #dir = mkdtempSync(join(tmpdir(), "gridwall-browser-"));
  #farm;
  #farmPort = 0;
  #engine;
  #controlPort = 0;
  port = 0;

  #areas;

  #signIn;

  /** The link that the engine prints while nobody can sign in. */
  setUpLink = "";

  /** Without `areas` the registry has cameras only: no division, no cell. With `signIn`
   * nobody gets in without. */
  constructor(areas, signIn) {
    this.#areas = areas;
    this.#signIn = signIn;
  }

  static async start({ areas = true, signIn = false } = {}) {
    const world = new World(areas, signIn);
    try {
      await world.#startAll();
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  async #startAll() {
    await this.startFarm();
    const data = join(this.#dir, "data");
    mkdirSync(data);
    const files = writeDistrict(this.#dir, this.#farmPort).filter((file) => this.#areas || file.endsWith(".csv"));
    const done = spawnSync(program("GW_ENGINE"), ["import", "--data", data, ...files], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`the import failed:\n${done.stdout}${done.stderr}`);
    await this.startEngine();
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Where a camera of the farm shows that stream. */
  farmUrl(number, profile) {
    return `rtsp://127.0.0.1:${this.#farmPort}/cam/${String(number).padStart(5, "0")}/${profile}`;
  }

  /** The second time on the port of the first, as startEngine() too. */
  async startFarm() {
    const clip = (name) => join(program("GW_CLIPS"), name);
    const { child, ports } = await start(program("GW_FARM"), [
      "--cameras", String(CAMERAS), "--port", String(this.#farmPort), "--control-port", "0",
      "--clip", clip("main0.mp4"), "--sub-clip", clip("sub0.mp4"),
    ], ["listening on", "control on"]);
    this.#farm = child;
    [this.#farmPort, this.#controlPort] = ports;
  }

  /** All cameras at once, as when the line to them is cut. */
  async killFarm() {
    await end(this.#farm, "SIGKILL");
  }

  /** `more`: options of this run. */
  async startEngine(...more) {
    const open = this.#signIn ? [] : ["--no-auth"];
    const { child, ports, lines } = await start(program("GW_ENGINE"), [
      "serve", "--data", join(this.#dir, "data"), "--www", program("GW_WWW"),
      "--listen", `127.0.0.1:${this.port}`, "--backoff-max", "1000", ...open, ...more,
    ], this.#signIn ? ["listening on", "nobody can sign in yet"] : ["listening on"]);
    this.#engine = child;
    this.port = ports[0];
    this.setUpLink = /\S+$/.exec(lines[1] ?? "")?.[0] ?? "";
  }

  async killEngine() {
    await end(this.#engine, "SIGKILL");
  }

  /** Somebody who may sign in, and sees everything. */
  addUser(name, role, password) {
    const words = ["user", "add", name, "--role", role, "--scope", "all", "--data", join(this.#dir, "data")];
    const done = spawnSync(program("GW_ENGINE"), words, { encoding: "utf8", input: password });
    if (done.status !== 0) throw new Error(`user ${name}: ${done.stdout}${done.stderr}`);
  }

  /** A list with a kind of dirt (tests/dirt/dirt.py). Its path. */
  dirtyList(kind, rows) {
    const path = join(this.#dir, `${kind}.csv`);
    const done = spawnSync("python3", [program("GW_DIRT"), "--kind", kind, "--rows", String(rows), path], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${kind}: ${done.stdout}${done.stderr}`);
    return path;
  }

  /** Puts a camera into the registry; `sub` may be left out. */
  async addCamera(id, main, sub) {
    const streams = { main: { url: main }, ...(sub ? { sub: { url: sub } } : {}) };
    const answer = await fetch(`${this.origin}/api/v1/cameras`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ id, name: id, lon: WEST, lat: SOUTH, streams }),
    });
    if (answer.status !== 201) throw new Error(`camera ${id}: ${await answer.text()}`);
  }

  /** Makes cameras misbehave: "stall 1", "resume all". */
  async order(text) {
    const socket = connect(this.#controlPort, "127.0.0.1");
    socket.setEncoding("utf8");
    socket.write(`${text}\n`);
    const [answer] = await once(socket, "data");
    socket.destroy();
    if (answer !== "ok\n") throw new Error(`the farm answers "${text}" with ${answer}`);
  }

  async stop() {
    for (const child of [this.#engine, this.#farm]) if (child) await end(child, "SIGTERM");
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

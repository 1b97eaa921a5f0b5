import { describe, expect, test } from "vitest";
import type { CameraRecord } from "../../src/api/cameras";
import { changeOf, EMPTY, formOf, wrongNumber } from "../../src/admin/camera_state";

const camera: CameraRecord = {
  id: "c1", name: "Gate", lon: 116.8, lat: null, division: "370812", department: "Police", address: "Road 1",
  state: "live", pull: "on_demand", kind: "ptz", tags: ["a", "b"],
  streams: { main: { url: "rtsp://h/1", has_password: true }, sub: null },
};

describe("what is written of a camera", () => {
  const before = formOf(camera);

  test("nothing, where nothing was touched: the address is shown without its password", () => {
    expect(changeOf(before, before)).toEqual({});
  });
  test("only what was touched", () => {
    expect(changeOf(before, { ...before, name: " Door ", lat: "35.5", tags: "a，c" })).toEqual({
      name: "Door", lat: 35.5, tags: ["a", "c"],
    });
    expect(changeOf(before, { ...before, sub: "rtsp://u:p@h/2" })).toEqual({ streams: { sub: { url: "rtsp://u:p@h/2" } } });
  });
  test("the device in place of addresses, without what is not said", () => {
    const form = { ...EMPTY, by: "device" as const, host: " 10.0.0.1 ", channel: "2", password: " p#" };
    expect(changeOf(EMPTY, form)).toEqual({
      device: { vendor: "hikvision", address: "10.0.0.1", channel: "2", password: " p#" },
    });
  });
});

test("degrees are numbers, or nothing", () => {
  expect(wrongNumber({ ...EMPTY, lon: "116.8", lat: "" })).toBeNull();
  expect(wrongNumber({ ...EMPTY, lon: "east" })).toBe("lon");
  expect(wrongNumber({ ...EMPTY, lat: "35,5" })).toBe("lat");
});

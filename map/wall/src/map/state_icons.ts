/**
 * A shape for each state of a camera, drawn once: dot, ring with a dot, triangle,
 * crossed ring. The shape alone says it, without the colour.
 */
import type { Map as MapLibreMap } from "maplibre-gl";
import { CAMERA_STATES } from "../wire/control";
import type { CameraState } from "../wire/control";
import { palette } from "./palette";

const SIZE_PX = 16;
const RATIO = 2;

export function iconName(state: CameraState): string {
  return `camera-${state}`;
}

export function addStateIcons(map: MapLibreMap): void {
  for (const state of CAMERA_STATES) {
    map.addImage(iconName(state), drawn(state), { pixelRatio: RATIO });
  }
}

const DRAW: Readonly<Record<CameraState, (c: CanvasRenderingContext2D) => void>> = {
  live: (c) => {
    disc(c, 6.4, palette.ground);
    disc(c, 5, palette.ok);
  },
  online: (c) => {
    disc(c, 6, palette.ground);
    ring(c, 4, 2, palette.ok);
  },
  connecting: (c) => {
    triangle(c, 7, palette.ground);
    triangle(c, 5.2, palette.watch);
  },
  offline: (c) => {
    disc(c, 6, palette.ground);
    ring(c, 4.2, 1.6, palette.offline);
    c.beginPath();
    c.moveTo(-3, 3);
    c.lineTo(3, -3);
    c.stroke();
  },
  unknown: (c) => {
    disc(c, 4.4, palette.ground);
    disc(c, 3.2, palette.unknown);
  },
};

function drawn(state: CameraState): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE_PX * RATIO;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no 2D canvas");
  context.scale(RATIO, RATIO);
  context.translate(SIZE_PX / 2, SIZE_PX / 2);
  DRAW[state](context);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function disc(c: CanvasRenderingContext2D, radius: number, color: string): void {
  c.fillStyle = color;
  c.beginPath();
  c.arc(0, 0, radius, 0, 2 * Math.PI);
  c.fill();
}

function ring(c: CanvasRenderingContext2D, radius: number, width: number, color: string): void {
  c.strokeStyle = color;
  c.lineWidth = width;
  c.beginPath();
  c.arc(0, 0, radius, 0, 2 * Math.PI);
  c.stroke();
}

function triangle(c: CanvasRenderingContext2D, radius: number, color: string): void {
  c.fillStyle = color;
  c.beginPath();
  for (const angle of [-90, 30, 150]) {
    const radians = (angle * Math.PI) / 180;
    c.lineTo(radius * Math.cos(radians), radius * Math.sin(radians) + 1);
  }
  c.closePath();
  c.fill();
}

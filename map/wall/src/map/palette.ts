/**
 * The map's colours: the tokens of tokens.css, and steps between them for ground that
 * must stay behind everything else. WebGL cannot read CSS variables.
 */
export const palette = {
  ground: "#0b1118",
  water: "#0c1c2b",
  waterEdge: "#16304a",
  green: "#0d1a1b",
  road: "#1b2937",
  roadMajor: "#27394b",
  buildingLow: "#17222e",
  buildingHigh: "#33495e",
  village: "#1d2c3b",
  cell: "#25394c",
  town: "#42607c",
  labelHalo: "#0b1118",
  text: "#e6edf3",
  quiet: "#8fa3b5",
  dim: "#6c8195",
  raised: "#182533",
  accent: "#4cc2ff",
  ok: "#3fb68b",
  watch: "#e3a93c",
  alarm: "#ff5a4d",
  offline: "#6b7885",
  unknown: "#5b7187",
} as const;

/**
 * The map's colours: the tokens of tokens.css, and steps between them for ground that
 * must stay behind everything else. WebGL cannot read CSS variables.
 */
export const palette = {
  /** Outside of the district, and the district itself. */
  void: "#080d13",
  ground: "#101924",
  water: "#0d2236",
  waterEdge: "#1b3b58",
  green: "#10211f",
  road: "#1f2e3d",
  roadMajor: "#30455a",
  buildingLow: "#1d2b3a",
  buildingHigh: "#456282",
  village: "#22323f",
  cell: "#284056",
  town: "#54789a",
  labelHalo: "#0a1017",
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

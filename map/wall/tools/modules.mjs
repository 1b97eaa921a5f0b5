/**
 * Installs node_modules as package-lock.json says, unless that was done already.
 *
 * usage: node modules.mjs SOURCE_DIR STAMP_FILE
 *
 * node_modules lies beside package.json, where every tool looks for it, and is
 * shared by all build directories; a copy of the lockfile's hash in it says what
 * it was made from. The stamp tells ninja.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [sourceDir, stampFile] = process.argv.slice(2);
if (!sourceDir || !stampFile) {
  console.error("usage: node modules.mjs SOURCE_DIR STAMP_FILE");
  process.exit(2);
}

const madeFrom = join(sourceDir, "node_modules", ".made-from");

function lockHash() {
  const lock = readFileSync(join(sourceDir, "package-lock.json"));
  return createHash("sha256").update(lock).digest("hex");
}

function installedHash() {
  try {
    return readFileSync(madeFrom, "utf8").trim();
  } catch {
    return ""; // never installed, or not to the end
  }
}

/** npm's own messages are shown only when it fails. */
function install() {
  const args = ["ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  const npm = spawnSync("npm", args, { cwd: sourceDir, encoding: "utf8" });
  if (npm.status === 0) return;

  console.error(npm.stdout ?? "", npm.stderr ?? "", npm.error?.message ?? "");
  console.error(
    `map/wall: "npm ${args.join(" ")}" failed in ${sourceDir}.\n` +
      "The web application needs Node.js 18 or later, npm, and a package registry the first time.\n" +
      "To build gridwall without it: meson configure -Dwall=false",
  );
  process.exit(1);
}

const hash = lockHash();
if (installedHash() !== hash) {
  install();
  writeFileSync(madeFrom, hash + "\n");
}
writeFileSync(stampFile, hash + "\n");

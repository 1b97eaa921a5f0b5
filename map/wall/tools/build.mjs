/**
 * Builds the web application: vite, then a .gz and a .br beside each file that
 * gains by it, so that the engine never compresses anything itself.
 *
 * usage: node build.mjs SOURCE_DIR OUT_DIR DEPFILE
 *
 * DEPFILE names every source for ninja: a new file needs no line in meson.build.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [sourceDir, outDir, depfile] = process.argv.slice(2).map((p) => resolve(p));
if (!sourceDir || !outDir || !depfile) {
  console.error("usage: node build.mjs SOURCE_DIR OUT_DIR DEPFILE");
  process.exit(2);
}

const COMPRESSED = new Set([".html", ".js", ".mjs", ".css", ".svg", ".json"]);
const COMPRESS_MIN_BYTES = 512; // below that the headers weigh more

function filesBelow(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function compress(file) {
  const bytes = readFileSync(file);
  if (!COMPRESSED.has(extname(file)) || bytes.length < COMPRESS_MIN_BYTES) return;
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 10,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
}

function writeDepfile() {
  const sources = [
    ...filesBelow(join(sourceDir, "src")),
    ...["index.html", "vite.config.ts", "package.json"].map((name) => join(sourceDir, name)),
  ];
  const escaped = sources.map((path) => path.replaceAll(" ", "\\ "));
  writeFileSync(depfile, `${outDir.replaceAll(" ", "\\ ")}: ${escaped.join(" ")}\n`);
}

// Built beside and moved into place: OUT_DIR is whole or old, never half.
const fresh = `${outDir}.new`;
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });

const require = createRequire(join(sourceDir, "package.json"));
const vite = await import(pathToFileURL(join(require.resolve("vite/package.json"), "../dist/node/index.js")));
try {
  await vite.build({
    root: sourceDir,
    logLevel: "warn",
    cacheDir: `${outDir}.cache`,
    build: { outDir: fresh, emptyOutDir: true },
  });
} catch (error) {
  console.error(error);
  process.exit(1);
}
filesBelow(fresh).forEach(compress);

rmSync(outDir, { recursive: true, force: true });
renameSync(fresh, outDir);
writeDepfile();

import { defineConfig } from "vitest/config";

/**
 * One HTML page; which of desk, wall and home it shows is decided by its path
 * (src/app/route.ts), and each of them is a chunk of its own.
 */
export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    assetsDir: "assets",
    // Everything is a file of its own with its hash in the name: the engine
    // caches these for ever, and the page runs under a policy without data: URLs.
    assetsInlineLimit: 0,
    // The map engine is one chunk of about 1 MB, loaded only where a map is shown.
    chunkSizeWarningLimit: 1200,
    reportCompressedSize: false,
  },
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
  },
});

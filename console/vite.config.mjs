import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

// The bundle goes into the server's own resources, under fixed names: the server tags each file by its content.
// "npm run dev" asks a server on this machine (ADMIN=host:port) for everything below api/.
export default defineConfig({
  base: "./",
  plugins: [preact()],
  publicDir: "public",
  build: {
    outDir: "../node/src/main/resources/org/quorate/node/console/web",
    emptyOutDir: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 300,
    rollupOptions: {
      output: {
        entryFileNames: "console.js",
        assetFileNames: "console.[ext]",
        codeSplitting: false,
      },
    },
  },
  server: {
    proxy: { "/console/api": `http://${process.env.ADMIN ?? "127.0.0.1:8080"}` },
  },
});

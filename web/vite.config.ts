/** Build the dashboard into the Python package; in development, proxy the API. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const API = process.env["AUTONOME_API"] ?? "http://127.0.0.1:8420";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/autonome/web/dist",
    emptyOutDir: true,
    target: "es2022",
    // A data: URL would need its own line in the content security policy.
    assetsInlineLimit: 0,
    // Every browser that knows our colours knows module preloading.
    modulePreload: { polyfill: false },
  },
  server: { host: "127.0.0.1", proxy: { "/api": API } },
});

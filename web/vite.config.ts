/** Build the dashboard into the Python package; in development, proxy the API or play fixtures. */
import react from "@vitejs/plugin-react";
import { defineConfig, type PluginOption } from "vite";

const API = process.env["AUTONOME_API"] ?? "http://127.0.0.1:8420";

export default defineConfig(async ({ command }) => {
  const plugins: PluginOption[] = [react()];
  const scene = process.env["AUTONOME_FIXTURES"];
  if (command === "serve" && scene) {
    const { fixtureServer } = await import("./fixtures/server");
    plugins.push(fixtureServer(scene));
  }
  return {
    plugins,
    build: {
      outDir: "../src/autonome/web/dist",
      emptyOutDir: true,
      target: "es2022",
      // A data: URL would need its own line in the content security policy.
      assetsInlineLimit: 0,
      // The polyfill is an inline style of preloading that modern browsers do not need.
      modulePreload: { polyfill: false },
    },
    server: { host: "127.0.0.1", proxy: scene ? {} : { "/api": API } },
  };
});

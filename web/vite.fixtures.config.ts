/** Play the dashboard over an invented arena: `AUTONOME_FIXTURES` names the scene. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { fixtureServer } from "./fixtures/server";

export default defineConfig({
  plugins: [react(), fixtureServer(process.env["AUTONOME_FIXTURES"] ?? "full")],
  server: { host: "127.0.0.1" },
});

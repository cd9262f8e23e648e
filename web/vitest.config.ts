/** Unit tests run in plain Node: what they cover is pure, or is rendered to text. */
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" } });

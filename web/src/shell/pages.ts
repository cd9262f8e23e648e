/** The pages: their addresses, names and keys. A new page is one line here and one in `routes`. */

export interface PageEntry {
  path: string;
  name: string;
  /** Pressed after `g`. */
  key: string;
  /** Leaves the header first when room is short. */
  low?: boolean;
}

export const PAGES: readonly PageEntry[] = [
  { path: "/", name: "Arena", key: "a" },
  { path: "/models", name: "Models", key: "m" },
  { path: "/compare", name: "Compare", key: "c" },
  { path: "/variants", name: "Variants", key: "v", low: true },
  { path: "/failures", name: "Failures", key: "f", low: true },
  { path: "/health", name: "Health", key: "h", low: true },
  { path: "/market", name: "Market", key: "k", low: true },
  { path: "/control", name: "Control", key: "x" },
];

/** Whether `location` belongs to the page at `path`. */
export function isAt(path: string, location: string): boolean {
  if (path === "/") return location === "/" || location.startsWith("/invocations");
  return location === path || location.startsWith(`${path}/`);
}

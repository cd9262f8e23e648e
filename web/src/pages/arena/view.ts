/** What the reader chose to see on the Arena: in the address, so that it can be sent to others. */

import { useLocation, useSearch } from "wouter";

import type { RaceScale } from "../../charts/race/series";
import { DAY, HOUR } from "../../figures/time";

export const RANGES = [
  { id: "24h", label: "24 h", keys: "1", ms: 24 * HOUR },
  { id: "72h", label: "72 h", keys: "2", ms: 72 * HOUR },
  { id: "7d", label: "7 d", keys: "3", ms: 7 * DAY },
  { id: "30d", label: "30 d", keys: "4", ms: 30 * DAY },
  { id: "all", label: "All", keys: "5", ms: null },
] as const;
export type RangeId = (typeof RANGES)[number]["id"];

export const SCALES: readonly { id: RaceScale; label: string; keys: string }[] = [
  { id: "percent", label: "%", keys: "%" },
  { id: "money", label: "USDC", keys: "u" },
  { id: "log", label: "Log", keys: "l" },
];

export type TabId = "positions" | "trades" | "decisions";

export interface View {
  range: RangeId;
  scale: RaceScale;
  net: boolean;
  tab: TabId;
  /** The arm whose rows the tabs show; empty for all. */
  arm: string;
}

const START: View = { range: "all", scale: "percent", net: false, tab: "positions", arm: "" };

/** Read a view out of a query; what is not understood is as at the start. */
export function viewOf(search: string): View {
  const query = new URLSearchParams(search);
  const one = <Choice extends string>(name: string, all: readonly Choice[], start: Choice) =>
    all.find((choice) => choice === query.get(name)) ?? start;
  return {
    range: one(
      "range",
      RANGES.map(({ id }) => id),
      START.range,
    ),
    scale: one(
      "scale",
      SCALES.map(({ id }) => id),
      START.scale,
    ),
    net: query.get("net") === "1",
    tab: one("tab", ["positions", "trades", "decisions"], START.tab),
    arm: query.get("arm") ?? "",
  };
}

/** Write a view as a query; what is as at the start is left out, other parameters stay. */
export function queryOf(view: View, search: string): string {
  const query = new URLSearchParams(search);
  for (const name of ["range", "scale", "net", "tab", "arm"]) query.delete(name);
  if (view.range !== START.range) query.set("range", view.range);
  if (view.scale !== START.scale) query.set("scale", view.scale);
  if (view.net) query.set("net", "1");
  if (view.tab !== START.tab) query.set("tab", view.tab);
  if (view.arm) query.set("arm", view.arm);
  const text = query.toString();
  return text ? `?${text}` : "";
}

export function useView(): [View, (change: Partial<View>) => void] {
  const search = useSearch();
  const [location, go] = useLocation();
  const view = viewOf(search);
  return [
    view,
    (change) => {
      go(location + queryOf({ ...view, ...change }, search), { replace: true });
    },
  ];
}

/** Deposits and withdrawals, counted out of a line of NAVs. */

import type { NavHistory } from "../api/types";
import { drawn } from "../figures/figures";
import { millis } from "../figures/time";
import type { Point } from "./line";

/** What an account is taken to be worth at the least, where one is divided by another. */
const CENT = 0.01;

/** NAV with transfers counted out: what is paid in is no gain. As docs/measures.md links them. */
export function withoutTransfers(
  navs: readonly Point[],
  transfers: NavHistory["transfers"],
): Point[] {
  const links = transfers.map((one) => {
    const at = millis(one.at) ?? NaN;
    const amount = drawn(one.amount) ?? 0;
    const next = navs.find(({ t }) => t >= at);
    const before = drawn(one.before) ?? (next ? next.v - amount : NaN);
    return { at, factor: Math.max(before, CENT) / Math.max(before + amount, CENT) };
  });
  const known = links.filter(({ factor }) => Number.isFinite(factor));
  return navs.map(({ t, v }) => ({
    t,
    v: known.reduce((nav, { at, factor }) => (at <= t ? nav * factor : nav), v),
  }));
}

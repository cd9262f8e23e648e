/** Figures on the page: a sign is words and lightness, an instant says itself in full. */

import type { ReactNode } from "react";

import { percent, points, signedMoney, signOf, type Figure } from "../figures/figures";
import { instant, millis } from "../figures/time";
import { useArenaNow } from "../shell/clock";

/** P&L in the quote currency. */
export function Pnl({ value, places = 2 }: { value: Figure; places?: number }) {
  return <span className={signClass(value, places)}>{signedMoney(value, places)}</span>;
}

/** A return, given as a fraction. */
export function Return({ value, places = 2 }: { value: Figure; places?: number }) {
  return <span className={signClass(value, places + 2)}>{percent(value, places)}</span>;
}

/** A difference of returns, given as a fraction. */
export function Points({ value }: { value: Figure }) {
  return <span className={signClass(value, 4)}>{points(value)}</span>;
}

function signClass(value: Figure, places: number): string {
  const sign = signOf(value, places);
  return sign === "none" ? "" : sign;
}

/** An instant in UTC; the reader's own time is in the tooltip. */
export function At({ at, children }: { at: string | null; children?: ReactNode }) {
  const now = useArenaNow();
  const ms = millis(at);
  if (at === null || ms === null) return <>{instant(null, now)}</>;
  return (
    <time dateTime={at} title={`${at} (${new Date(ms).toLocaleString()} here)`}>
      {children ?? instant(at, now)}
    </time>
  );
}

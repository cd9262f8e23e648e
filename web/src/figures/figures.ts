/** Write figures the one way that the dashboard writes them: U+2212, thin spaces, rounded once. */

import { type Decimal, parse, rounded, shifted, text } from "./decimal";

export const MINUS = "\u2212";
export const THIN = "\u2009";
/** What stands where a figure is absent: never a zero. */
export const ABSENT = "\u2013";
const MONEY_PLACES = 2;

export type Figure = string | number | null | undefined;
export type Sign = "gain" | "loss" | "none";

/** A statistic arrives as a number: its shortest decimal text is what it is. */
function decimal(figure: Figure): Decimal | null {
  if (figure === null || figure === undefined) return null;
  if (typeof figure === "string") return parse(figure);
  if (!Number.isFinite(figure)) return null;
  return parse(plain(figure));
}

/** `String(1e-7)` has an exponent; this has not. */
function plain(number: number): string {
  const short = String(number);
  return short.includes("e") ? number.toFixed(12) : short;
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function written(value: Decimal, signed: boolean): string {
  const [whole = "", fraction] = text(value).replace("-", "").split(".");
  const sign = value.units < 0n ? MINUS : signed && value.units > 0n ? "+" : "";
  return sign + grouped(whole) + (fraction ? `.${fraction}` : "");
}

/** Money with two places: `1,234.50`. */
export function money(figure: Figure, places = MONEY_PLACES): string {
  const value = decimal(figure);
  return value ? written(rounded(value, places), false) : ABSENT;
}

/** P&L: the sign always, and zero without one. */
export function signedMoney(figure: Figure, places = MONEY_PLACES): string {
  const value = decimal(figure);
  return value ? written(rounded(value, places), true) : ABSENT;
}

/** Whole units, for tables where the order of size is what counts. */
export function wholeMoney(figure: Figure): string {
  return money(figure, 0);
}

/** A price or quantity as the venue writes it: every place that it came with, none added. */
export function exact(figure: Figure): string {
  const value = decimal(figure);
  return value ? written(trimmed(value), false) : ABSENT;
}

/** Take off zeros at the end that carry no information of a tick. */
function trimmed(value: Decimal): Decimal {
  let { units, scale } = value;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return { units, scale };
}

/** Places of the finest price among some of one instrument, so that a column lines up. */
export function placesOf(prices: readonly (string | null | undefined)[]): number {
  return prices.reduce((most, price) => {
    const value = price ? parse(price) : null;
    return value ? Math.max(most, trimmed(value).scale) : most;
  }, 0);
}

/** A price with a fixed number of places. */
export function price(figure: Figure, places: number): string {
  return money(figure, places);
}

/** A fraction as per cent: `+13.26 %`. */
export function percent(fraction: Figure, places = 2): string {
  const value = decimal(fraction);
  return value ? `${written(rounded(shifted(value, 2), places), true)}${THIN}%` : ABSENT;
}

/** A fraction as per cent without a sign, for shares and probabilities. */
export function share(fraction: Figure, places = 0): string {
  const value = decimal(fraction);
  return value ? `${written(rounded(shifted(value, 2), places), false)}${THIN}%` : ABSENT;
}

/** A difference of two per cents, in percentage points. */
export function points(fraction: Figure, places = 2): string {
  const value = decimal(fraction);
  return value ? `${written(rounded(shifted(value, 2), places), true)}${THIN}pp` : ABSENT;
}

/** A count: `8,774`. */
export function count(figure: Figure): string {
  return money(figure, 0);
}

/** A statistic with a fixed number of places: `4.5`. */
export function statistic(figure: Figure, places = 2): string {
  return money(figure, places);
}

const SMALLEST_CHANCE = 0.001;
/** Under this p value a difference counts as one. */
export const SIGNIFICANT = 0.05;

/** A p value to three places, to four where three would hide on which side of 0.05 it is. */
export function chance(figure: number | null): string {
  if (figure !== null && figure < SMALLEST_CHANCE) return `< ${statistic(SMALLEST_CHANCE, 3)}`;
  const near = figure !== null && Math.abs(figure - SIGNIFICANT) < SMALLEST_CHANCE / 2;
  return statistic(figure, near ? 4 : 3);
}

/** Leverage or a multiple: `5×`. */
export function multiple(figure: Figure, places?: number): string {
  if (figure === null || figure === undefined) return ABSENT;
  return `${places === undefined ? exact(figure) : money(figure, places)}×`;
}

/** The sign that a reader would see after rounding to `places`. */
export function signOf(figure: Figure, places = MONEY_PLACES): Sign {
  const value = decimal(figure);
  if (!value) return "none";
  const { units } = rounded(value, places);
  return units > 0n ? "gain" : units < 0n ? "loss" : "none";
}

/** The binary number behind a figure, for drawing only. */
export function drawn(figure: Figure): number | null {
  if (figure === null || figure === undefined || figure === "") return null;
  const number = Number(figure);
  return Number.isFinite(number) ? number : null;
}

/** Write instants and lengths of time: UTC, 24 hours, the day named unless it is today. */

import { ABSENT } from "./figures";

const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Milliseconds since 1970 of an RFC 3339 instant; null when there is none. */
export function millis(at: string | null | undefined): number | null {
  if (!at) return null;
  const value = Date.parse(at);
  return Number.isNaN(value) ? null : value;
}

const two = (value: number) => String(value).padStart(2, "0");

/** `19 Nov`. */
export function day(ms: number): string {
  const date = new Date(ms);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""}`;
}

/** `14:36`. */
export function minute(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** `14:36:48`. */
export function second(ms: number): string {
  return `${minute(ms)}:${two(new Date(ms).getUTCSeconds())}`;
}

/** `19 Nov 14:36`. */
export function dayMinute(ms: number): string {
  return `${day(ms)} ${minute(ms)}`;
}

/** `19 Nov 14:36:48 UTC`: the header's clock. */
export function clock(ms: number): string {
  return `${day(ms)} ${second(ms)} UTC`;
}

/** Seconds for today, the day and the minute for any other. */
export function instant(at: string | null | undefined, now: number | null): string {
  const ms = millis(at);
  if (ms === null) return ABSENT;
  const today = now !== null && Math.floor(ms / DAY) === Math.floor(now / DAY);
  return today ? second(ms) : dayMinute(ms);
}

/** How old something is: `94 s`, `5 min`, `3 h`, `2 d`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 120 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

/** A length: `5 h 26 min`, `1 d 04 h`, `48 s`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${two(minutes % 60)} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Time left: `3:12`, `1:03:12`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND));
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600
    ? `${Math.floor(seconds / 60)}:${two(seconds % 60)}`
    : `${Math.floor(seconds / 3600)}:${rest}`;
}

/** How long a call took: `380 ms`, `12.4 s`. */
export function took(ms: number | null): string {
  if (ms === null) return ABSENT;
  return ms < SECOND ? `${Math.round(ms)} ms` : `${(ms / SECOND).toFixed(1)} s`;
}

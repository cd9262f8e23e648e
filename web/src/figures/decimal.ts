/** Exact arithmetic on plain decimal text, so that no figure passes through a binary fraction. */

/** `units` x 10^-`scale`. */
export interface Decimal {
  units: bigint;
  scale: number;
}

const PLAIN = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Read plain decimal text; null when it is anything else (an exponent, a word, nothing). */
export function parse(text: string): Decimal | null {
  const match = PLAIN.exec(text);
  if (!match) return null;
  const [, sign, whole = "0", fraction = ""] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === "-" ? -units : units, scale: fraction.length };
}

/** Widen to at least `scale` places; the value stays. */
function widened(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}

/** Round half to even, as the ledger does, to `places` after the point. */
export function rounded(value: Decimal, places: number): Decimal {
  if (value.scale <= places) return { units: widened(value, places), scale: places };
  const divisor = 10n ** BigInt(value.scale - places);
  const negative = value.units < 0n;
  const magnitude = negative ? -value.units : value.units;
  let quotient = magnitude / divisor;
  const twice = (magnitude % divisor) * 2n;
  if (twice > divisor || (twice === divisor && quotient % 2n === 1n)) quotient += 1n;
  return { units: negative ? -quotient : quotient, scale: places };
}

/** Multiply by 10^`places`: a fraction shifted by two is a per cent. */
export function shifted(value: Decimal, places: number): Decimal {
  const scale = value.scale - places;
  if (scale >= 0) return { units: value.units, scale };
  return { units: value.units * 10n ** BigInt(-scale), scale: 0 };
}

export function plus(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { units: widened(left, scale) + widened(right, scale), scale };
}

export function negated(value: Decimal): Decimal {
  return { units: -value.units, scale: value.scale };
}

export function times(left: Decimal, right: Decimal): Decimal {
  return { units: left.units * right.units, scale: left.scale + right.scale };
}

/** Divide, rounded half to even to `places`; null by zero. */
export function over(left: Decimal, right: Decimal, places: number): Decimal | null {
  if (right.units === 0n) return null;
  // One place more than is kept, and a last digit that says whether anything is left after it.
  const shift = BigInt(places + 1 + right.scale - left.scale);
  const up = shift > 0n ? 10n ** shift : 1n;
  const down = shift < 0n ? 10n ** -shift : 1n;
  const dividend = left.units * up;
  const divisor = right.units * down;
  const sticky = dividend % divisor === 0n ? 0n : dividend < 0n !== divisor < 0n ? -1n : 1n;
  const units = (dividend / divisor) * 10n + sticky;
  return rounded({ units, scale: places + 2 }, places);
}

/** Write as plain text, the way the API writes it. */
export function text(value: Decimal): string {
  const negative = value.units < 0n;
  const digits = (negative ? -value.units : value.units).toString().padStart(value.scale + 1, "0");
  const whole = digits.slice(0, digits.length - value.scale);
  const fraction = value.scale ? `.${digits.slice(digits.length - value.scale)}` : "";
  return (negative ? "-" : "") + whole + fraction;
}

/** Add amounts exactly; absent ones are skipped, and no amount at all is null, not zero. */
export function total(amounts: readonly (string | null)[]): string | null {
  let sum: Decimal | null = null;
  for (const amount of amounts) {
    const value = amount === null ? null : parse(amount);
    if (value) sum = sum ? plus(sum, value) : value;
  }
  return sum ? text(sum) : null;
}

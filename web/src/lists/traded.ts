/** What traded for a call as a whole: an order may fill in parts, each at a price of its own. */

import type { Call } from "../api/types";
import { over, parse, plus, text, times, type Decimal } from "../figures/decimal";

/** Places of an average beyond those of its prices. */
const AVERAGE_PLACES = 2;

export interface Traded {
  side: "BUY" | "SELL";
  /** Base units, summed. */
  quantity: string;
  /** Quote, exact. */
  notional: string;
  /** The price, or the average by quantity where there are several. */
  price: string;
  isAverage: boolean;
  /** The order that it left open, or that it closed. */
  orderId: string;
}

type Part = Pick<Call["filled"][number], "side" | "quantity" | "price" | "orderId">;

/** Sum the parts; null where nothing traded. What closes comes first, what opens last. */
export function traded(parts: readonly Part[]): Traded | null {
  const last = parts.at(-1);
  if (!last) return null;
  let quantity: Decimal = { units: 0n, scale: 0 };
  let notional: Decimal = { units: 0n, scale: 0 };
  let places = 0;
  for (const part of parts) {
    const [size, price] = [parse(part.quantity), parse(part.price)];
    if (!size || !price) return null;
    quantity = plus(quantity, size);
    notional = plus(notional, times(size, price));
    places = Math.max(places, price.scale);
  }
  const isAverage = parts.some((part) => part.price !== last.price);
  const average = isAverage ? over(notional, quantity, places + AVERAGE_PLACES) : null;
  return {
    side: last.side,
    quantity: text(quantity),
    notional: text(notional),
    price: average ? text(average) : last.price,
    isAverage,
    orderId: last.orderId,
  };
}

import { expect, test } from "vitest";

import type { Trade } from "../../api/types";
import { grouped, largest } from "./trades";

const trade = (symbol: string, netPnl: string) => ({ symbol, netPnl }) as Trade;
const TRADES = [trade("BTC", "1.10"), trade("ETH", "-5.00"), trade("BTC", "2.20")];

test("the largest trades are so by either sign", () => {
  expect(largest(TRADES, 2).map(({ netPnl }) => netPnl)).toEqual(["-5.00", "2.20"]);
});

test("groups add their net P&L exactly, the most frequent first", () => {
  expect(
    grouped(TRADES, ({ symbol }) => symbol).map(({ name, trades, won, net }) => [name, trades, won, net]),
  ).toEqual([
    ["BTC", 2, 2, "3.30"],
    ["ETH", 1, 0, "-5.00"],
  ]);
});

import { describe, expect, it } from "vitest";

import { traded } from "./traded";

const part = (quantity: string, price: string, orderId = "opened") => ({
  side: "BUY" as const,
  quantity,
  price,
  orderId,
});

describe("what traded", () => {
  it("is nothing where nothing filled", () => expect(traded([])).toBeNull());

  it("counts the part that closes and the part that opens as one", () => {
    const found = traded([part("2.73", "581.48", "closed"), part("4.43", "581.48")]);
    expect(found).toMatchObject({
      quantity: "7.16",
      price: "581.48",
      isAverage: false,
      notional: "4163.3968",
      orderId: "opened",
    });
  });

  it("averages several prices by quantity", () => {
    // (1 x 100 + 2 x 101) / 3 = 100.666...
    expect(traded([part("1", "100.0"), part("2", "101.0")])).toMatchObject({
      quantity: "3",
      price: "100.667",
      isAverage: true,
    });
  });
});

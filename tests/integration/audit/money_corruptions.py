"""Changes of one fill or payment: the check that must name each, and the row."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FILLS", "PAYMENTS", "Corruption", "change"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corruption:
    """One change, the check that must name it, and the row that it must name."""

    name: str
    sql: str
    check: str
    row: str
    expected: str | None = None
    found: str | None = None


def change(name: str, sql: str, check: str, row: str, *texts: str) -> Corruption:
    expected, found = texts or (None, None)
    return Corruption(name=name, sql=sql, check=check, row=row, expected=expected, found=found)


FILLS = [
    change(
        "a fee by the smallest unit, where a tool call knows it",
        """UPDATE "Fills" SET fee = fee + 0.00000001 WHERE id = 'buy-1'""",
        "tool-call",
        "buy-1",
    ),
    change(
        "a fee by the smallest unit, where no tool call knows it",
        """UPDATE "Fills" SET fee = fee - 0.00000001 WHERE id = 'sell-2'""",
        "fee-rate",
        "sell-2",
        "fee 4.53600000",
        "fee 4.53599999",
    ),
    change(
        "a fee of a cent more",
        """UPDATE "Fills" SET fee = fee + 0.01 WHERE id = 'sell-2'""",
        "realized-pnl",
        "btc",
        "realizedPnl -118.07",
        "realizedPnl -118.06",
    ),
    change(
        "a fee that is received",
        """UPDATE "Fills" SET fee = -fee WHERE id = 'sell-1'""",
        "fill-sound",
        "sell-1",
    ),
    change(
        "a quantity",
        """UPDATE "Fills" SET quantity = quantity - 0.00000001 WHERE id = 'sell-3'""",
        "intent-fills",
        "i5",
        "FILLED 0.50000000",
        "filled 0.49999999",
    ),
    change(
        "a price",
        """UPDATE "Fills" SET price = price + 0.1 WHERE id = 'sell-1'""",
        "exit-price",
        "part",
        "exitPrice 54000.10000000",
        "exitPrice 54000.00000000",
    ),
    change(
        "an entry's price",
        """UPDATE "Fills" SET price = price + 0.3 WHERE id = 'buy-1'""",
        "entry-price",
        "part",
        "entryPrice 51000.20000000",
        "entryPrice 51000.00000000",
    ),
    change(
        "a side",
        """UPDATE "Fills" SET side = 'BUY' WHERE id = 'sell-1'""",
        "fill-intent",
        "sell-1",
    ),
    change(
        "an instant, moved beyond a NAV point",
        """UPDATE "Fills" SET "filledAt" = '2025-05-05 00:01:30' WHERE id = 'buy-2'""",
        "nav",
        "ada-2",
    ),
    change(
        "the order of an entry",
        """UPDATE "Fills" SET "orderId" = 'part' WHERE id = 'buy-2'""",
        "fill-position",
        "buy-2",
        "order btc",
        "order part",
    ),
    change(
        "the order of an exit",
        """UPDATE "Fills" SET "orderId" = 'part' WHERE id = 'sell-2'""",
        "fill-position",
        "sell-2",
        "order btc",
        "order part",
    ),
    change(
        "the order, to one of another model",
        """UPDATE "Fills" SET "orderId" = 'lost' WHERE id = 'sell-1'""",
        "fill-order",
        "sell-1",
        "an order of BTC of model ada",
        "order lost of BTC of model bea",
    ),
    change(
        "an intent, to another model's",
        """UPDATE "Fills" SET "intentId" = 'i9' WHERE id = 'sell-2'""",
        "fill-intent",
        "sell-2",
    ),
    change(
        "a fill deleted",
        """DELETE FROM "Fills" WHERE id = 'buy-2'""",
        "nav",
        "ada-3",
    ),
    change(
        "a fill twice",
        """INSERT INTO "Fills" (id, "intentId", "orderId", "modelId", symbol, "venueFillId", side,
               quantity, price, fee, liquidity, "filledAt")
           SELECT 'again', "intentId", "orderId", "modelId", symbol, '3', side, quantity, price,
               fee, liquidity, "filledAt" FROM "Fills" WHERE id = 'buy-1'""",
        "intent-fills",
        "i1",
        "FILLED 0.20000000",
        "filled 0.40000000",
    ),
    change(
        "a fill through zero in one part",
        """UPDATE "Fills" SET quantity = 0.8, fee = 1.16 WHERE id = 'turn-0'""",
        "fill-position",
        "turn-0",
        "at most the 0.50000000 held",
        "0.80000000",
    ),
    change(
        "NaN",
        """UPDATE "Fills" SET fee = 'NaN' WHERE id = 'bea-1'""",
        "finite",
        "bea-1",
    ),
]

PAYMENTS = [
    change(
        "funding deleted",
        """DELETE FROM "Payments" WHERE id = 'fund-ada'""",
        "nav",
        "ada-3",
        "10292.35",
        "10290.79",
    ),
    change(
        "funding by a cent",
        """UPDATE "Payments" SET amount = amount + 0.01 WHERE id = 'fund-bea'""",
        "realized-pnl",
        "lost",
        "realizedPnl -1210.43",
        "realizedPnl -1210.44",
    ),
    change(
        "funding of what is not held",
        """UPDATE "Payments" SET "occurredAt" = '2025-05-05 00:01' WHERE id = 'fund-ada'""",
        "funding-held",
        "fund-ada",
        "an order that is held",
        "order btc",
    ),
    change(
        "funding of another order",
        """UPDATE "Payments" SET "orderId" = 'part' WHERE id = 'fund-ada'""",
        "funding-held",
        "fund-ada",
        "order btc",
        "order part",
    ),
    change(
        "funding of another model's order",
        """UPDATE "Payments" SET "orderId" = 'lost' WHERE id = 'fund-ada'""",
        "payment-order",
        "fund-ada",
    ),
    change(
        "a kind",
        """UPDATE "Payments" SET kind = 'DEPOSIT' WHERE id = 'fund-ada'""",
        "payment-sign",
        "fund-ada",
    ),
    change(
        "inference that NAV would count",
        """UPDATE "Payments" SET kind = 'WITHDRAWAL' WHERE id = 'thought'""",
        "nav",
        "ada-2",
        "10594.25",
        "10595.00",
    ),
    change(
        "a shortfall by the smallest unit",
        """UPDATE "Payments" SET amount = amount + 0.00000001 WHERE id = 'made-up'""",
        "shortfall",
        "made-up",
    ),
    change(
        "a liquidation fee by a cent",
        """UPDATE "Payments" SET amount = amount - 0.01 WHERE id = 'penalty'""",
        "nav",
        "cyd-7",
        "18.19",
        "18.20",
    ),
    change(
        "what stands for an adopted order's other costs",
        """UPDATE "Payments" SET amount = -0.51 WHERE id = 'adopted'""",
        "adopted",
        "old",
        "realizedPnl 19.49",
        "realizedPnl 19.50",
    ),
]

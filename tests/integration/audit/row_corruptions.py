"""Changes of one order, NAV point, mark, arm, intent or tool call, and what must name each."""

from __future__ import annotations

from integration.audit.money_corruptions import change

__all__ = ["DECISIONS", "ORDERS", "VALUES"]

ORDERS = [
    change(
        "P&L by a cent",
        """UPDATE "Orders" SET "realizedPnl" = 48.53 WHERE id = 'short'""",
        "realized-pnl",
        "short",
        "realizedPnl 48.52",
        "realizedPnl 48.53",
    ),
    change(
        "P&L taken away",
        """UPDATE "Orders" SET "realizedPnl" = NULL WHERE id = 'btc'""",
        "realized-pnl",
        "btc",
        "realizedPnl -118.06",
        "realizedPnl None",
    ),
    change(
        "a closed quantity",
        """UPDATE "Orders" SET quantity = 0.13 WHERE id = 'part'""",
        "closed-row",
        "part",
    ),
    change(
        "a closed side",
        """UPDATE "Orders" SET side = 'SHORT' WHERE id = 'part'""",
        "closed-row",
        "part",
    ),
    change(
        "an instant of closing",
        """UPDATE "Orders" SET "closedAt" = '2025-05-05 00:05' WHERE id = 'part'""",
        "closed-row",
        "part",
    ),
    change(
        "an entry price by the smallest unit",
        """UPDATE "Orders" SET "entryPrice" = 51000.00000001 WHERE id = 'btc'""",
        "entry-price",
        "btc",
    ),
    change(
        "an exit price by the smallest unit",
        """UPDATE "Orders" SET "exitPrice" = 50399.99999999 WHERE id = 'btc'""",
        "exit-price",
        "btc",
    ),
    change(
        "a trigger",
        """UPDATE "Orders" SET "closeTrigger" = 'TARGET' WHERE id = 'btc'""",
        "close-trigger",
        "btc",
        "closeTrigger STOP",
        "closeTrigger TARGET",
    ),
    change(
        "a trigger taken away",
        """UPDATE "Orders" SET "closeTrigger" = NULL WHERE id = 'lost'""",
        "close-trigger",
        "lost",
    ),
    change(
        "a status, to OPEN",
        """UPDATE "Orders" SET status = 'OPEN' WHERE id = 'part'""",
        "open-row",
        "part",
    ),
    change(
        "a status, to CLOSED",
        """UPDATE "Orders" SET status = 'CLOSED' WHERE id = 'long'""",
        "open-row",
        "long",
        "OPEN, 0.30000000 ETH",
        "CLOSED",
    ),
    change(
        "an open quantity",
        """UPDATE "Orders" SET quantity = 0.31 WHERE id = 'long'""",
        "open-row",
        "long",
        "quantity 0.30000000",
        "quantity 0.31000000",
    ),
    change(
        "an open average",
        """UPDATE "Orders" SET "entryPrice" = 2900.1 WHERE id = 'long'""",
        "open-row",
        "long",
    ),
    change(
        "an OPEN row with an exit",
        """UPDATE "Orders" SET "exitPrice" = 3000 WHERE id = 'long'""",
        "open-row",
        "long",
    ),
    change(
        "a second OPEN row",
        """INSERT INTO "Orders" (id, "modelId", symbol, side, quantity, "entryPrice", "openedAt")
           SELECT 'second', "modelId", symbol, side, quantity, "entryPrice", "openedAt"
           FROM "Orders" WHERE id = 'long'""",
        "one-open-row",
        "second",
        "one OPEN row of ETH",
        "2",
    ),
    change(
        "a trade that nothing traded",
        """INSERT INTO "Orders" (id, "modelId", symbol, side, quantity, "entryPrice", status,
               "exitPrice", "realizedPnl", "openedAt", "closedAt")
           SELECT 'dream', "modelId", symbol, side, quantity, "entryPrice", status, "exitPrice",
               1000, "openedAt", "closedAt" FROM "Orders" WHERE id = 'btc'""",
        "closed-row",
        "dream",
    ),
]

VALUES = [
    change(
        "a NAV point by a cent",
        """UPDATE "PortfolioSize" SET "netPortfolio" = 10437.56 WHERE id = 'ada-5'""",
        "nav",
        "ada-5",
        "10437.55",
        "10437.56",
    ),
    change(
        "a NAV point deleted",
        """DELETE FROM "PortfolioSize" WHERE id = 'ada-5'""",
        "nav-minutes",
        "(missing)",
        "a point",
        "none",
    ),
    change(
        "the last NAV point deleted",
        """DELETE FROM "PortfolioSize" WHERE id = 'cyd-9'""",
        "nav-minutes",
        "(missing)",
    ),
    change(
        "a NAV point twice",
        """INSERT INTO "PortfolioSize" (id, "modelId", "netPortfolio", "createdAt")
           SELECT 'twice', "modelId", "netPortfolio", "createdAt"
           FROM "PortfolioSize" WHERE id = 'ada-5'""",
        "nav-minutes",
        "(missing)",
        "one point",
        "two",
    ),
    change(
        "a mark",
        """UPDATE "Marks" SET price = 2910.1 WHERE symbol = 'ETH' AND at = '2025-05-05 00:09'""",
        "nav",
        "ada-9",
        "10286.13",
        "10286.10",
    ),
    change(
        "a mark deleted",
        """DELETE FROM "Marks" WHERE symbol = 'BTC' AND at = '2025-05-05 00:05'""",
        "nav",
        "ada-5",
        "a mark of every symbol held",
        "none",
    ),
    change(
        "a starting capital",
        """UPDATE "Arms" SET "startingCapital" = 10000.01 WHERE "modelId" = 'ada'""",
        "nav",
        "ada-1",
        "10000.01",
        "10000.00",
    ),
    change(
        "an instant at infinity",
        """UPDATE "PortfolioSize" SET "createdAt" = 'infinity' WHERE id = 'ada-5'""",
        "finite",
        "ada-5",
    ),
    change("an arm deleted", """DELETE FROM "Arms" WHERE "modelId" = 'bea'""", "arm", "bea"),
]

DECISIONS = [
    change(
        "an intent's quantity",
        """UPDATE "Intents" SET quantity = 0.19 WHERE id = 'i4'""",
        "intent-fills",
        "i4",
    ),
    change(
        "an intent's state, to REJECTED",
        """UPDATE "Intents" SET state = 'REJECTED' WHERE id = 'i5'""",
        "intent-fills",
        "i5",
    ),
    change(
        "an intent's state, to FILLED",
        """UPDATE "Intents" SET state = 'FILLED' WHERE id = 'i7'""",
        "intent-fills",
        "i7",
    ),
    change(
        "an intent cut short without a reason",
        """UPDATE "Intents" SET state = 'FILLED', reason = NULL WHERE id = 'i2'""",
        "intent-fills",
        "i2",
    ),
    change(
        "an intent's order",
        """UPDATE "Intents" SET "orderId" = 'btc' WHERE id = 'i6'""",
        "intent-order",
        "i6",
    ),
    change(
        "an intent's tool call",
        """UPDATE "Intents" SET "toolCallId" = 'asked-1' WHERE id = 'i8'""",
        "intent-order",
        "i8",
    ),
    change(
        "a purpose",
        """UPDATE "Intents" SET purpose = 'TARGET' WHERE id = 'i4'""",
        "close-trigger",
        "btc",
    ),
    change(
        "an invocation's model",
        """UPDATE "Invocations" SET "modelId" = 'cyd' WHERE id = 'said-5'""",
        "intent-order",
        "i6",
    ),
    change(
        "a counter",
        """UPDATE "Models" SET "invocationCount" = 4 WHERE id = 'ada'""",
        "counters",
        "ada",
        "at least 5 invocations",
        "4 and 0 failed",
    ),
    change(
        "what a tool call was told",
        """UPDATE "ToolCalls" SET metadata = replace(metadata, '1.16', '1.17')
           WHERE id = 'asked-5'""",
        "tool-call",
        "turn-0",
        "0.8 at 2900, fee 1.17 (as tool call asked-5 says)",
        "0.8 at 2900, fee 1.16",
    ),
    change(
        "what a tool call was told of a fill that is not there",
        """UPDATE "ToolCalls" SET metadata = replace(metadata, '}]', '}, {"quantity": 1, "price": 2,
               "fee": 0}]') WHERE id = 'asked-5'""",
        "tool-call",
        "asked-5",
        "1 at 2, fee 0 (as tool call asked-5 says)",
        "nothing",
    ),
]

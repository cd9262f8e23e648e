-- The worked example and the flip of the accounting rules, two liquidations, an adopted trade.
-- Times are minutes of 2025-05-05; every figure by hand, in the comments beside it.
INSERT INTO "Models" (id, name, "openRouterModelName", variant, "invocationCount") VALUES
    ('ada', 'Ada', 'control', 'Apex', 7), ('bea', 'Bea', 'control', 'Apex', 0),
    ('cyd', 'Cyd', 'control', 'Apex', 0), ('dee', 'Dee', 'maker/model', 'Apex', 0);
INSERT INTO "Arms" ("modelId", kind, "startingCapital", settings) VALUES
    ('ada', 'CONTROL', 10000, '{}'), ('bea', 'CONTROL', 1000, '{}'),
    ('cyd', 'CONTROL', 1000, '{}'), ('dee', 'LLM', 500, '{"adopted": true}');

INSERT INTO "Marks" (symbol, at, price) VALUES
    ('BTC', '2025-05-05 00:01', 50000), ('BTC', '2025-05-05 00:02', 53000),
    ('BTC', '2025-05-05 00:03', 52000), ('BTC', '2025-05-05 00:04', 54000),
    ('BTC', '2025-05-05 00:05', 51500), ('BTC', '2025-05-05 00:06', 50500),
    ('BTC', '2025-05-05 00:07', 50400), ('BTC', '2025-05-05 00:08', 50400),
    ('BTC', '2025-05-05 00:09', 50400);
INSERT INTO "Marks" (symbol, at, price)
SELECT 'ETH', at, CASE WHEN at < '2025-05-05 00:08' THEN 3000
                       WHEN at < '2025-05-05 00:09' THEN 2900 ELSE 2910 END
FROM "Marks";

INSERT INTO "Invocations" (id, "modelId", response)
SELECT 'said-' || n, 'ada', 'ok' FROM generate_series(1, 5) n;
INSERT INTO "ToolCalls" (id, "invocationId", "toolCallType", metadata, "updatedAt") VALUES
    ('asked-1', 'said-1', 'CREATE_POSITION',
     '{"filled": [{"quantity": 0.2, "price": 50000, "fee": 5.00}]}',
     '2025-05-05 00:01'),
    ('asked-5', 'said-5', 'CREATE_POSITION',
     '{"filled": [{"quantity": 0.8, "price": 2900, "fee": 1.16}]}',
     '2025-05-05 00:08'),
    ('mused', 'said-2', 'HOLDING', 'no JSON, but the word "filled"', '2025-05-05 00:02');

INSERT INTO "Orders" (id, "modelId", symbol, side, quantity, "entryPrice", status, "exitPrice",
                      "realizedPnl", "closeTrigger", "openedAt", "closedAt") VALUES
    -- 0.12 sold: 6,480 - 6,120 - 3.06 - 3.24 - 0.624 = 353.076
    ('part', 'ada', 'BTC', 'LONG', 0.12, 51000, 'CLOSED', 54000, 353.08, NULL,
     '2025-05-05 00:01', '2025-05-05 00:04'),
    -- 0.18 x 50,400 - 9,180 - 4.59 - 4.536 - 0.936 = -118.062
    ('btc', 'ada', 'BTC', 'LONG', 0.18, 51000, 'CLOSED', 50400, -118.06, 'STOP',
     '2025-05-05 00:01', '2025-05-05 00:06'),
    -- 1,500 - 1,450 - 0.75 - 0.725 = 48.525
    ('short', 'ada', 'ETH', 'SHORT', 0.5, 3000, 'CLOSED', 2900, 48.52, NULL,
     '2025-05-05 00:07', '2025-05-05 00:08'),
    ('long', 'ada', 'ETH', 'LONG', 0.3, 2900, 'OPEN', NULL, NULL, NULL, '2025-05-05 00:08', NULL),
    -- 0.2 x -6,000 - 5 - 4.4 - 1.04 = -1,210.44
    ('lost', 'bea', 'BTC', 'LONG', 0.2, 50000, 'CLOSED', 44000, -1210.44, 'LIQUIDATION',
     '2025-05-05 00:01', '2025-05-05 00:06'),
    -- 0.2 x -4,400 - 5 - 4.56 - 1.04 = -890.60
    ('ended', 'cyd', 'BTC', 'LONG', 0.2, 50000, 'CLOSED', 45600, -890.60, 'LIQUIDATION',
     '2025-05-05 00:01', '2025-05-05 00:06'),
    -- 2 x 10 = 20, of which the other client stored 19.50
    ('old', 'dee', 'BTC', 'LONG', 2, 100, 'CLOSED', 110, 19.50, NULL,
     '2025-04-01', '2025-04-02');

INSERT INTO "Intents" (id, "modelId", "toolCallId", "orderId", symbol, "clientOrderIndex", purpose,
                       "orderType", side, quantity, state, reason) VALUES
    ('i1', 'ada', 'asked-1', 'btc', 'BTC', 1, 'OPEN', 'MARKET', 'BUY', 0.2, 'FILLED', NULL),
    ('i2', 'ada', NULL, 'btc', 'BTC', 2, 'OPEN', 'MARKET', 'BUY', 0.4, 'CANCELLED', 'volume'),
    ('i3', 'ada', NULL, 'part', 'BTC', 9, 'CLOSE', 'MARKET', 'SELL', 0.12, 'FILLED', NULL),
    ('i4', 'ada', NULL, 'btc', 'BTC', 10, 'STOP', 'STOP_MARKET', 'SELL', 0.18, 'FILLED', NULL),
    ('i5', 'ada', NULL, 'short', 'ETH', 11, 'OPEN', 'MARKET', 'SELL', 0.5, 'FILLED', NULL),
    ('i6', 'ada', 'asked-5', 'long', 'ETH', 12, 'OPEN', 'MARKET', 'BUY', 0.8, 'FILLED', NULL),
    ('i7', 'ada', NULL, NULL, 'ETH', 13, 'OPEN', 'MARKET', 'BUY', 1, 'REJECTED', 'too small'),
    ('i8', 'bea', NULL, 'lost', 'BTC', 14, 'OPEN', 'MARKET', 'BUY', 0.2, 'FILLED', NULL),
    ('i9', 'bea', NULL, 'lost', 'BTC', 15, 'LIQUIDATION', 'MARKET', 'SELL', 0.2, 'FILLED', NULL),
    ('i10', 'cyd', NULL, 'ended', 'BTC', 16, 'OPEN', 'MARKET', 'BUY', 0.2, 'FILLED', NULL),
    ('i11', 'cyd', NULL, 'ended', 'BTC', 17, 'LIQUIDATION', 'MARKET', 'SELL', 0.2, 'FILLED', NULL);

INSERT INTO "Fills" (id, "intentId", "orderId", "modelId", symbol, "venueFillId", part, side,
                     quantity, price, fee, liquidity, "filledAt") VALUES
    ('buy-1', 'i1', 'btc', 'ada', 'BTC', '1', 0, 'BUY', 0.2, 50000, 5.00, 'TAKER',
     '2025-05-05 00:01'),
    ('buy-2', 'i2', 'btc', 'ada', 'BTC', '2', 0, 'BUY', 0.1, 53000, 2.65, 'TAKER',
     '2025-05-05 00:02'),
    ('sell-1', 'i3', 'part', 'ada', 'BTC', '9', 0, 'SELL', 0.12, 54000, 3.24, 'TAKER',
     '2025-05-05 00:04'),
    ('sell-2', 'i4', 'btc', 'ada', 'BTC', '10', 0, 'SELL', 0.18, 50400, 4.536, 'TAKER',
     '2025-05-05 00:06'),
    ('sell-3', 'i5', 'short', 'ada', 'ETH', '11', 0, 'SELL', 0.5, 3000, 0.75, 'TAKER',
     '2025-05-05 00:07'),
    ('turn-0', 'i6', 'short', 'ada', 'ETH', '12', 0, 'BUY', 0.5, 2900, 0.725, 'TAKER',
     '2025-05-05 00:08'),
    ('turn-1', 'i6', 'long', 'ada', 'ETH', '12', 1, 'BUY', 0.3, 2900, 0.435, 'TAKER',
     '2025-05-05 00:08'),
    ('bea-1', 'i8', 'lost', 'bea', 'BTC', '14', 0, 'BUY', 0.2, 50000, 5.00, 'TAKER',
     '2025-05-05 00:01'),
    ('bea-2', 'i9', 'lost', 'bea', 'BTC', '15', 0, 'SELL', 0.2, 44000, 4.40, 'TAKER',
     '2025-05-05 00:06'),
    ('cyd-1', 'i10', 'ended', 'cyd', 'BTC', '16', 0, 'BUY', 0.2, 50000, 5.00, 'TAKER',
     '2025-05-05 00:01'),
    ('cyd-2', 'i11', 'ended', 'cyd', 'BTC', '17', 0, 'SELL', 0.2, 45600, 4.56, 'TAKER',
     '2025-05-05 00:06'),
    ('old-1', NULL, 'old', 'dee', 'BTC', 'adopted:old:entry', 0, 'BUY', 2, 100, 0, 'ADOPTED',
     '2025-04-01'),
    ('old-2', NULL, 'old', 'dee', 'BTC', 'adopted:old:exit', 0, 'SELL', 2, 110, 0, 'ADOPTED',
     '2025-04-02');

INSERT INTO "Payments" (id, "modelId", "orderId", kind, amount, "occurredAt") VALUES
    ('fund-ada', 'ada', 'btc', 'FUNDING', -1.56, '2025-05-05 00:03'),
    ('fund-bea', 'bea', 'lost', 'FUNDING', -1.04, '2025-05-05 00:03'),
    ('fund-cyd', 'cyd', 'ended', 'FUNDING', -1.04, '2025-05-05 00:03'),
    ('thought', 'ada', NULL, 'INFERENCE', -0.75, '2025-05-05 00:02'),
    -- 1,000 - 1,210.44 is made up; 1 % of 9,120 is 91.20.
    ('made-up', 'bea', 'lost', 'SHORTFALL', 210.44, '2025-05-05 00:06'),
    ('penalty', 'cyd', 'ended', 'LIQUIDATION_FEE', -91.20, '2025-05-05 00:06'),
    ('adopted', 'dee', 'old', 'ADOPTED', -0.50, '2025-04-02');

INSERT INTO "PortfolioSize" (id, "modelId", "netPortfolio", "createdAt")
SELECT model || '-' || minute, model, nav, '2025-05-05'::timestamp + minute * interval '1 minute'
FROM (VALUES
    ('ada', ARRAY[
        10000.00,
        10595.00,  -- 0.2 x 3,000 - 5
        10290.79,  -- 15,600 - 15,300 - 7.65 - 1.56
        10890.79,  -- 16,200 - 15,300 - 9.21
        10437.55,  -- as printed in the worked example
        10257.55,  -- 353.076 + 9,090 - 9,180 - 4.59 - 0.936
        10235.01,  -- 10,235.014
        10284.26,  -- 10,235.014 - 0.75 + 0.5 x 100
        10286.10   -- 10,235.014 + 48.525 - 0.435 + 0.3 x 10 = 10,286.104
    ]),
    ('bea', ARRAY[1000, 1595, 1393.96, 1793.96, 1293.96, 1093.96, 0, 0, 0]),
    ('cyd', ARRAY[1000, 1595, 1393.96, 1793.96, 1293.96, 1093.96, 18.20, 18.20, 18.20])
) AS given (model, navs), unnest(navs) WITH ORDINALITY AS point (nav, minute);
INSERT INTO "PortfolioSize" (id, "modelId", "netPortfolio", "createdAt")
VALUES ('dee-1', 'dee', 12.34, '2025-04-03');

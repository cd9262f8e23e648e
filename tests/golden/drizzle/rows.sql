-- What a client generated from the seed may have written before Autonome came, by hand.
INSERT INTO "Models" ("id", "name", "openRouterModelName", "variant", "lighterApiKey", "invocationCount", "totalMinutes", "accountIndex") VALUES
('model-apex', 'GPT-4', 'openai/gpt-4', 'Apex', '0', 3, 120, '7'),
('model-trend', 'GPT-4', 'openai/gpt-4', 'Trendsurfer', '0', 1, 60, '0'),
('model-contra', 'Model B', 'anthropic/claude', 'Contrarian', '11', 0, 0, '0'),
('model-sovereign', 'Model B', 'anthropic/claude', 'Sovereign', '0', 0, 0, '0');

INSERT INTO "Invocations" ("id", "modelId", "response", "responsePayload", "createdAt", "updatedAt") VALUES
('invocation-1', 'model-apex', 'Buy the break.', '{"text": "Buy the break.", "usage": {"inputTokens": 1200, "cost": 0.1000000000000000055}}', '2026-01-02 09:59:58.123', '2026-01-02 10:00:01.5'),
('invocation-2', 'model-trend', '', NULL, '2026-01-02 10:00:00', '2026-01-02 10:00:00');

INSERT INTO "ToolCalls" ("id", "invocationId", "toolCallType", "metadata", "createdAt", "updatedAt") VALUES
('call-1', 'invocation-1', 'CREATE_POSITION', '{"symbol":"BTC","quantity":0.5}', '2026-01-02 10:00:00', '2026-01-02 10:00:00'),
('call-2', 'invocation-1', 'CLOSE_POSITION', '{"symbol":"BTC"}', '2026-01-02 10:00:00', '2026-01-02 10:00:00'),
('call-3', 'invocation-2', 'HOLDING', '{}', '2026-01-02 10:00:00', '2026-01-02 10:00:00');

-- The first snapshot of model-trend is later than its first order; model-contra has none.
INSERT INTO "PortfolioSize" ("id", "modelId", "netPortfolio", "createdAt", "updatedAt") VALUES
('size-1', 'model-apex', 12345.67, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
('size-2', 'model-apex', 12541.17, '2026-01-03 00:00:00', '2026-01-03 00:00:00'),
('size-3', 'model-trend', 10150.00, '2026-01-05 00:00:00', '2026-01-05 00:00:00'),
('size-4', 'model-sovereign', 5000.50, '2026-01-01 00:00:00', '2026-01-01 00:00:00');

INSERT INTO "Orders" ("id", "modelId", "symbol", "side", "quantity", "leverage", "entryPrice", "exitPlan", "status", "exitPrice", "realizedPnl", "closeTrigger", "slOrderIndex", "tpOrderIndex", "slTriggerPrice", "tpTriggerPrice", "openedAt", "closedAt", "updatedAt") VALUES
('open-long', 'model-apex', 'BTC', 'LONG', 0.5, 5.00, 50000.12345678, '{"stop": 45000, "target": 50000.12345678, "invalidation": "close below 44k", "invalidationPrice": 44000.5, "confidence": 0.1, "timeExit": "2026-12-31", "cooldownUntil": null}', 'OPEN', NULL, NULL, NULL, '281474976710655', NULL, 45000, 52000, '2026-01-04 10:00:00.25', NULL, '2026-01-04 10:00:00.25'),
('closed-long', 'model-apex', 'BTC', 'LONG', 0.2, NULL, 50000, NULL, 'CLOSED', 51000, 195.50, 'TARGET', NULL, NULL, NULL, NULL, '2026-01-02 10:00:00', '2026-01-02 12:00:00', '2026-01-02 12:00:00'),
('closed-short', 'model-trend', 'ETH', 'SHORT', 1.5, 3, 3000, '{"stop": null, "target": null, "invalidation": null, "invalidationPrice": null, "confidence": null, "timeExit": null, "cooldownUntil": null}', 'CLOSED', 2900, 150.00, NULL, NULL, NULL, NULL, NULL, '2026-01-02 10:00:00', '2026-01-02 11:00:00', '2026-01-02 11:00:00'),
('open-short', 'model-trend', 'ETH', 'SHORT', 0.00000001, NULL, 3000.00000001, NULL, 'OPEN', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-05 10:00:00', NULL, '2026-01-05 10:00:00'),
('closed-loss', 'model-contra', 'SOL', 'SHORT', 0.12345678, 10.5, 3333.33333333, NULL, 'CLOSED', 3456.78901234, -15.30, 'STOP', NULL, NULL, NULL, NULL, '2026-01-02 10:00:00', '2026-01-02 10:30:00', '2026-01-02 10:30:00'),
('closed-without-pnl', 'model-contra', 'SOL', 'LONG', 2, NULL, 100, NULL, 'CLOSED', 101, NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-03 10:00:00', '2026-01-03 10:30:00', '2026-01-03 10:30:00'),
('closed-without-exit', 'model-contra', 'SOL', 'LONG', 2, NULL, 100, NULL, 'CLOSED', NULL, 1.00, NULL, NULL, NULL, NULL, NULL, '2026-01-04 10:00:00', '2026-01-04 10:30:00', '2026-01-04 10:30:00');

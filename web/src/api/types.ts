/**
 * The shapes that the API answers with.
 *
 * Money, prices, quantities and rates are text of plain decimals; statistics are numbers; instants
 * are RFC 3339 in UTC. Absent is null, never zero. This is the only file that says what the API
 * looks like: every other file imports from here.
 */

export type Money = string;
export type Instant = string;
export type Side = "LONG" | "SHORT";
export type TradeSide = "BUY" | "SELL";
export type ArmKind = "LLM" | "RULE" | "CONTROL" | "EXTERNAL";
export type ArmState = "RUNNING" | "HALTED" | "PAUSED" | "DISABLED";
export type Mode = "PAPER" | "REPLAY" | "LIVE";

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
  asOf: Instant;
}

export interface ArmRef {
  /** The model's id. */
  id: string;
  name: string;
  variant: string;
  kind: ArmKind;
  replica: number;
}

export interface Arm extends ArmRef {
  /** The model's name at its provider. */
  model: string;
  policy: string;
  settings: Record<string, unknown>;
  startingCapital: Money;
  enabled: boolean;
  state: ArmState;
  haltedReason: string | null;
  counters: {
    invocations: number;
    minutes: number;
    failedWorkflows: number;
    failedToolCalls: number;
    missed: number;
  };
  nav: Money | null;
  navAt: Instant | null;
  dayOpeningNav: Money | null;
  /** What its models' tokens cost so far; never negative. */
  inferenceCost: Money;
  spentToday: {
    tokens: number;
    cost: Money;
    tokensPerDay: number | null;
    moneyPerDay: Money | null;
  } | null;
  positions: number;
  trades: number;
  createdAt: Instant;
  lastInvocationAt: Instant | null;
}

export interface Variant {
  id: string;
  label: string;
  description: string;
  colour: string;
}

export interface VariantAggregate {
  variant: string;
  arms: number;
  nav: Money | null;
  startingCapital: Money;
  /** A fraction as text. */
  return: string | null;
  trades: number;
  wins: number;
  netPnl: Money;
  fees: Money;
  funding: Money;
  invocations: number;
  failures: number;
}

export interface ExitPlan {
  stop?: string | null;
  target?: string | null;
  invalidation?: string | null;
  invalidationPrice?: string | null;
  confidence?: number | string | null;
  timeExit?: Instant | null;
  cooldownUntil?: Instant | null;
  [other: string]: unknown;
}

export interface Position {
  id: string;
  arm: ArmRef;
  symbol: string;
  side: Side;
  quantity: string;
  leverage: string | null;
  entryPrice: string;
  entryNotional: Money;
  mark: { price: string; at: Instant } | null;
  notional: Money | null;
  unrealizedPnl: Money | null;
  /** A fraction of the entry notional. */
  unrealizedReturn: string | null;
  /** Received so far; negative when paid. */
  funding: Money;
  fees: Money;
  stop: string | null;
  target: string | null;
  firstStop: string | null;
  trails: boolean | null;
  stopMoves: number | null;
  /** The signed P&L if the stop is hit. */
  riskToStop: Money | null;
  rewardToTarget: Money | null;
  rMultiple: number | null;
  liquidationPrice: string | null;
  exitPlan: ExitPlan | null;
  confidence: number | null;
  openedAt: Instant;
  invocationId: string | null;
}

export interface Trade {
  id: string;
  arm: ArmRef;
  symbol: string;
  side: Side;
  quantity: string;
  leverage: string | null;
  entryPrice: string;
  exitPrice: string | null;
  grossPnl: Money | null;
  fees: Money;
  funding: Money;
  netPnl: Money | null;
  /** Null when the agent itself decided. */
  closeTrigger: string | null;
  exitPlan: ExitPlan | null;
  openedAt: Instant;
  closedAt: Instant;
  openedBy: string | null;
  closedBy: string | null;
}

export interface Change {
  rule: string;
  limit: string | number | null;
  before: string | number | null;
  after: string | number | null;
}

export interface Call {
  id: string;
  type: string;
  action: string;
  asked: Record<string, unknown>;
  allowed: Record<string, unknown> | null;
  changes: Change[];
  denied: { rule: string; reason: string; until?: Instant | null } | null;
  unusable: string | null;
  filled: { quantity: string; price: string; side: TradeSide; at: Instant; orderId: string }[];
  intentState: string | null;
  late: boolean;
}

export type InvocationState = "RUNNING" | "COMPLETED" | "FAILED" | "MISSED";

export interface InvocationSummary {
  id: string;
  arm: ArmRef;
  at: Instant;
  finishedAt: Instant | null;
  state: InvocationState;
  response: string;
  failure: { kind: string; words: string } | null;
  steps: number | null;
  tokensIn: number | null;
  tokensOut: number | null;
  cost: Money | null;
  durationMs: number | null;
  calls: Call[];
}

export interface Step {
  number: number;
  text: string;
  tokensIn: number | null;
  tokensOut: number | null;
  durationMs: number | null;
  /** Ids of the calls that it made. */
  calls: string[];
}

export interface Intent {
  id: string;
  symbol: string;
  purpose: string;
  orderType: string;
  side: TradeSide;
  quantity: string;
  triggerPrice: string | null;
  limitPrice: string | null;
  reduceOnly: boolean;
  state: string;
  reason: string | null;
  clientOrderIndex: number | string;
  createdAt: Instant;
  toolCallId: string | null;
  orderId: string | null;
}

export interface Fill {
  id: string;
  orderId: string | null;
  symbol: string;
  side: TradeSide;
  quantity: string;
  fillPrice: string;
  fee: Money;
  liquidity: string | null;
  occurredAt: Instant;
}

export interface Payment {
  id: string;
  orderId: string | null;
  kind: string;
  amount: Money;
  occurredAt: Instant;
}

export interface Invocation extends InvocationSummary {
  cycle: {
    id: string;
    scheduledAt: Instant;
    observationHash: string | null;
    recipe: Record<string, unknown> | null;
    hasObservation: boolean;
  } | null;
  promptHash: string | null;
  servedBy: { provider: string | null; model: string | null } | null;
  finishReason: string | null;
  stepsDetail: Step[];
  warnings: string[];
  intents: Intent[];
  fills: Fill[];
  payments: Payment[];
  previousId: string | null;
  nextId: string | null;
}

export interface Prompt {
  messages: { role: string; text: string }[];
}

export interface NavPoint {
  at: Instant;
  nav: Money;
}

export interface NavHistory {
  arm: ArmRef;
  net: boolean;
  resolution: "minute" | "hour" | "day";
  downsampled: boolean;
  from: Instant | null;
  to: Instant | null;
  points: NavPoint[];
  gaps: { from: Instant; to: Instant }[];
  missed: Instant[];
}

export interface NavAnswer {
  items: NavHistory[];
  asOf: Instant;
}

export interface Interval {
  low: number;
  high: number;
}

export interface LeaderboardRow {
  rank: number;
  /** Cannot be told apart from the first. */
  tied: boolean;
  arm: ArmRef;
  nav: Money | null;
  /** A fraction. */
  return: number | null;
  interval: Interval | null;
  tooLittle: string | null;
  pValueVsFirst: number | null;
  trades: number;
  missed: number;
  haltedReason: string | null;
}

export interface Leaderboard {
  asOf: Instant;
  net: boolean;
  sentence: {
    leader: ArmRef | null;
    leaderReturn: number | null;
    indistinguishable: number;
    others: number;
    holdReturn: number | null;
    beatHold: number;
    competitors: number;
    tooLittle: string | null;
  };
  method: {
    name: string;
    meanBlockHours: number;
    resamples: number;
    confidence: number;
    seed: number;
  };
  items: LeaderboardRow[];
}

/** A statistic, or why there is none yet. */
export type Measured<Shape = number> = Shape | { tooLittle: string } | null;

export interface Performance {
  arm: ArmRef;
  from: Instant | null;
  to: Instant | null;
  nav: Money | null;
  return: number | null;
  returnNet: number | null;
  interval: Interval | { tooLittle: string } | null;
  maxDrawdown: { depth: number; from: Instant | null; to: Instant | null } | null;
  currentDrawdown: number | null;
  sharpe: Measured<{ value: number; standardError: number; days: number }>;
  sortino: Measured;
  calmar: Measured;
  winRate: Measured<{ value: number; low: number; high: number; trades: number }>;
  profitFactor: Measured;
  expectancy: Money | null;
  best: Money | null;
  worst: Money | null;
  medianHoldingMinutes: number | null;
  longs: number;
  shorts: number;
  turnover: Money | null;
  turnoverOfCapital: number | null;
  vsHold: { difference: number; pValue: number | null } | null;
}

export interface NavBridge {
  arm: ArmRef;
  startingCapital: Money;
  grossPnlClosed: Money;
  feesTotal: Money;
  fundingClosed: Money;
  fundingOpen: Money;
  liquidationFees: Money;
  shortfall: Money;
  deposits: Money;
  unrealized: Money;
  nav: Money;
  inference: Money;
  navNet: Money;
  recomputedNav: Money | null;
  difference: Money | null;
  lastAudit: { at: Instant; clean: boolean } | null;
}

export type FailureKind = "MISSED" | "FAILED" | "DENIED" | "UNUSABLE" | "REJECTED" | "HALTED";

export interface Failure {
  at: Instant;
  arm: ArmRef;
  kind: FailureKind;
  words: string;
  invocationId: string | null;
  rule: string | null;
}

export interface Failures extends Page<Failure> {
  counts: Partial<Record<FailureKind, number>>;
}

export interface MarketRow {
  symbol: string;
  mark: string | null;
  markAt: Instant | null;
  /** A fraction. */
  change24h: string | null;
  funding: { rate: string; settledAt: Instant } | null;
  staleMs: number | null;
  best: { bid: string; ask: string } | null;
}

export interface Candle {
  /** When it opened. */
  at: Instant;
  open: string;
  high: string;
  low: string;
  close: string;
}

export interface Candles {
  symbol: string;
  timeframe: string;
  source: string;
  items: Candle[];
}

export interface Book {
  symbol: string;
  at: Instant;
  bids: { price: string; size: string }[];
  asks: { price: string; size: string }[];
}

export interface FundingSettlement {
  symbol: string;
  rate: string;
  settledAt: Instant;
}

export interface Run {
  arena: string;
  mode: Mode;
  running: boolean;
  market: string;
  cadenceMinutes: number;
  speed: number | string | null;
  arenaTime: Instant | null;
  lastCycle: { number: number; scheduledAt: Instant } | null;
  nextCycleAt: Instant | null;
  startedAt: Instant | null;
  symbols: string[];
  profile: string;
  arms: number;
  quote: string;
  version: string;
  schemaRevision: string;
}

export interface Health {
  status: "ok" | "degraded" | "down";
  checks: {
    name: string;
    status: "ok" | "degraded" | "down";
    words: string;
    at: Instant | null;
    ageMs: number | null;
  }[];
}

export interface ControlEntry {
  id: string;
  at: Instant;
  actor: string;
  action: string;
  modelId: string | null;
  reason: string | null;
  before: unknown;
  after: unknown;
}

export interface Session {
  name: string;
  scope: "read" | "admin";
  expiresAt: Instant | null;
}

export interface ArenaEntry {
  name: string;
  mode: Mode;
  arms: number;
  running: boolean;
}

export interface ErrorBody {
  error: { code: string; message: string; remedy: string | null; field: string | null };
}

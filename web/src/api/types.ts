/**
 * The API's shapes by the names that the pages use; every other file imports from here.
 *
 * Money, prices, quantities and rates are text of plain decimals; statistics are numbers; instants
 * are RFC 3339 in UTC. Absent is null, never zero. `schema.ts` is generated (`npm run schema`); the
 * statistics below it are written by hand until the API's document holds them.
 */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Money = string;
export type Instant = string;

export type ArmRef = Schemas["ArmRef"];
export type ArmKind = ArmRef["kind"];
export type Arm = Schemas["Arm"];
export type ArmState = Arm["state"];
export type Variant = Schemas["Variant"];
export type VariantAggregate = Schemas["VariantAggregate"];
export type Position = Schemas["Position"];
export type Side = Position["side"];
export type ExitPlan = Schemas["ExitPlan"];
export type Trade = Schemas["Trade"];
export type Call = Schemas["Call"];
export type InvocationSummary = Schemas["InvocationSummary"];
export type InvocationState = InvocationSummary["state"];
export type Invocation = Schemas["Invocation"];
export type StepDetail = Schemas["StepDetail"];
export type Prompt = Pick<Schemas["Prompt"], "messages">;
export type NavPoint = Schemas["NavPoint"];
export type NavHistory = Schemas["NavHistory"];
export type NavAnswer = Schemas["NavHistories"];
export type Failure = Schemas["Failure"];
export type FailureKind = Failure["kind"];
export type Failures = Schemas["Failures"];
export type MarketRow = Schemas["Price"];
export type Candle = Schemas["Candle"];
export type Candles = Schemas["Candles"];
export type Book = Schemas["Book"];
export type Settlement = Schemas["Settlement"];
export type Run = Schemas["Run"];
export type Mode = Run["mode"];
export type Health = Schemas["Health"];
export type Check = Schemas["Check"];
export type Command = Schemas["CommandShown"];
export type ControlEntry = Schemas["ControlEntry"];
export type PolicyInForce = Schemas["PolicyInForce"];
export type Session = Schemas["Session"];
export type ErrorBody = Schemas["ErrorAnswer"];

/** One page of a list, newest first. */
export interface Page<Item> {
  items: Item[];
  nextCursor?: string | null;
  asOf?: Instant | null;
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
  asOf: Instant | null;
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

export interface TooLittle {
  tooLittle: string;
}

/** A statistic, or why there is none yet. */
export type Measured<Shape> = Shape | TooLittle | null;

export interface Performance {
  arm: ArmRef;
  from: Instant | null;
  to: Instant | null;
  nav: Money | null;
  return: Measured<number>;
  returnNet: Measured<number>;
  interval: Measured<Interval>;
  maxDrawdown: Measured<{ depth: number; from: Instant | null; to: Instant | null }>;
  currentDrawdown: Measured<number>;
  sharpe: Measured<{ value: number; standardError: number; days: number }>;
  sortino: Measured<number>;
  calmar: Measured<number>;
  winRate: Measured<{ value: number; low: number; high: number; trades: number }>;
  profitFactor: Measured<number>;
  expectancy: Measured<Money>;
  best: Measured<Money>;
  worst: Measured<Money>;
  medianHoldingMinutes: Measured<number>;
  longs: number;
  shorts: number;
  turnover: Money | null;
  turnoverOfCapital: Measured<number>;
  exposure: Measured<number>;
  timeInMarket: Measured<number>;
  vsHold: Measured<{ difference: number; pValue: number | null }>;
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
  nav: Money | null;
  inference: Money;
  navNet: Money | null;
  recomputedNav: Money | null;
  difference: Money | null;
  lastAudit: { at: Instant; clean: boolean } | null;
}

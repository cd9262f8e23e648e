/**
 * The API's shapes by the names that the pages use; every other file imports from here.
 *
 * Money, prices, quantities and rates are text of plain decimals; statistics are numbers; instants
 * are RFC 3339 in UTC. Absent is null, never zero. `schema.ts` is generated (`npm run schema`).
 */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Money = string;
export type Instant = string;

export type ArmRef = Schemas["ArmRef"];
export type ArmKind = ArmRef["kind"];
export type ArenaShown = Schemas["Arena"];
export type Arm = Schemas["Arm"];
export type ArmState = Arm["state"];
export type ArmReport = Schemas["ArmReport"];
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
export type Indicators = Schemas["Indicators"];
export type IndicatorPoint = Schemas["IndicatorPoint"];
export type Settlement = Schemas["Settlement"];
export type Run = Schemas["Run"];
export type Mode = Run["mode"];
export type Health = Schemas["Health"];
export type Check = Schemas["Check"];
export type Command = Schemas["CommandShown"];
export type ControlEntry = Schemas["ControlEntry"];
export type PolicyInForce = Schemas["PolicyInForce"];
export type ArmPolicy = Schemas["ArmPolicy"];
export type LimitBounds = Schemas["LimitBounds"];
export type PolicyPreview = Schemas["PolicyPreview"];
export type Endpoint = Schemas["EndpointShown"];
export type Session = Schemas["Session"];
export type ErrorBody = Schemas["ErrorAnswer"];

/** One page of a list, newest first. */
export interface Page<Item> {
  items: Item[];
  nextCursor?: string | null;
  asOf?: Instant | null;
}

export type Interval = Schemas["Interval"];
export type LeaderboardRow = Schemas["Ranked"];
export type Leaderboard = Schemas["Leaderboard"];
export type Performance = Schemas["Performance"];
export type NavBridge = Schemas["NavBridge"];
export type TooLittle = Schemas["TooLittle"];

/** A statistic, or why there is none yet. */
export type Measured<Shape> = Shape | TooLittle | null;

/** The measures of an arm, each with its uncertainty or with what is missing for it. */

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { ApiError } from "../../api/client";
import type { Arm, Performance } from "../../api/types";
import { chance, money, multiple, percent, share, SIGNIFICANT, statistic } from "../../figures/figures";
import { day, millis, span } from "../../figures/time";
import { Card } from "../../parts/card";
import { Pnl, Points, Return } from "../../parts/figure";
import { known, Measure } from "../../parts/measured";
import { Pairs } from "../../parts/pairs";
import { Loaded, TooLittle } from "../../parts/states";

type Query = UseQueryResult<Performance, ApiError>;

export function Stats({ arm, data }: { arm: Arm; data: Performance | null | undefined }) {
  return (
    <dl className="card stats">
      <Stat name="NAV" value={money(arm.nav ?? data?.nav)} />
      <Stat
        name="Return"
        value={<Measure value={data?.return}>{(value) => <Return value={value} />}</Measure>}
        note={
          <Measure value={data?.interval}>
            {({ low, high }) => `95 %: ${percent(low, 1)} to ${percent(high, 1)}`}
          </Measure>
        }
      />
      <Stat
        name="After inference"
        value={<Measure value={data?.returnNet}>{(value) => <Return value={value} />}</Measure>}
        note={`${money(arm.inferenceCost)} for tokens`}
      />
      <Stat
        name="vs Hold BTC"
        value={
          <Measure value={data?.vsHold}>{({ difference }) => <Points value={difference} />}</Measure>
        }
        note={significance(known(data?.vsHold)?.pValue ?? null)}
      />
      <Stat
        name="Max drawdown"
        value={
          <Measure value={data?.maxDrawdown}>
            {({ depth }) => <Return value={-depth} places={1} />}
          </Measure>
        }
        note={
          <Measure value={data?.currentDrawdown}>
            {(value) => `now ${percent(-value, 1)}`}
          </Measure>
        }
      />
      <Stat
        name="Win rate"
        value={
          <Measure value={data?.winRate}>
            {({ value, trades }) => (
              <>
                {share(value)} <span className="faint small">of {trades}</span>
              </>
            )}
          </Measure>
        }
        note={
          <Measure value={data?.winRate}>
            {({ low, high }) => `95 %: ${share(low)} to ${share(high)}`}
          </Measure>
        }
      />
      <Stat
        name="Sharpe, yearly"
        value={<Measure value={data?.sharpe}>{({ value }) => statistic(value, 1)}</Measure>}
        note={
          known(data?.sharpe) && (
            <Measure value={data?.sharpe}>
              {({ standardError, days }) => `± ${statistic(standardError, 1)} (1 SE, ${days} days)`}
            </Measure>
          )
        }
      />
    </dl>
  );
}

function Stat({ name, value, note }: { name: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
      <dd className="s">{note}</dd>
    </div>
  );
}

function significance(pValue: number | null): string {
  if (pValue === null) return "";
  const words = pValue < SIGNIFICANT ? "significant" : "not significant";
  return `${words} (p ${chance(pValue)})`;
}

export function Measures({ query }: { query: Query }) {
  const from = millis(query.data?.from);
  return (
    <Card className="o6" title="Measures" note={from === null ? null : `since ${day(from)}`}>
      <Loaded query={query} what="The measures">
        {(data) => (
          <div className="body">
            <MeasurePairs data={data} />
          </div>
        )}
      </Loaded>
    </Card>
  );
}

export function MeasurePairs({ data }: { data: Performance }) {
  return <Pairs pairs={measures(data)} />;
}

function measures(data: Performance): [string, ReactNode][] {
  const number = (value: Performance["calmar"], places = 2) => (
    <Measure value={value}>{(found) => statistic(found, places)}</Measure>
  );
  return [
    ["Profit factor", number(data.profitFactor)],
    ["Expectancy per trade", pnl(data.expectancy)],
    ["Best trade", pnl(data.best)],
    ["Worst trade", pnl(data.worst)],
    [
      "Median holding time",
      <Measure key="held" value={data.medianHoldingMinutes}>
        {(minutes) => span(minutes * 60_000)}
      </Measure>,
    ],
    ["LONG / SHORT", `${data.longs} / ${data.shorts}`],
    [
      "Turnover",
      <>
        {money(data.turnover)}{" "}
        <span className="faint">
          <Measure value={data.turnoverOfCapital}>
            {(value) => `(${multiple(value, 0)} capital)`}
          </Measure>
        </span>
      </>,
    ],
    [
      "Time in the market",
      <Measure key="time" value={data.timeInMarket}>
        {(value) => share(value)}
      </Measure>,
    ],
    ["Sortino", number(data.sortino, 1)],
    ["Calmar", number(data.calmar, 1)],
  ];
}

function pnl(value: Performance["expectancy"]) {
  if (value === null) return <TooLittle words="no closed trade yet" />;
  return <Measure value={value}>{(found) => <Pnl value={found} />}</Measure>;
}

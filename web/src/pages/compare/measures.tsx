/** Measures side by side: one column per arm, one row per measure, intervals on one axis. */

import type { ReactNode } from "react";

import { usePerformances } from "../../api/queries";
import type { Arm, Performance } from "../../api/types";
import { useLooks } from "../../arms/context";
import { ArmLabel } from "../../arms/label";
import { armTitle } from "../../arms/look";
import { intervalAxis, IntervalMark, type IntervalAxis } from "../../charts/interval";
import { ABSENT, chance, count, money, multiple, percent, share, statistic } from "../../figures/figures";
import { span } from "../../figures/time";
import { Card } from "../../parts/card";
import { Pnl, Points, Return } from "../../parts/figure";
import { isMissing, known, Measure } from "../../parts/measured";
import { Failed } from "../../parts/states";

const INTERVAL_WIDTH = 132;
const MINUTE_MS = 60_000;

interface Row {
  name: string;
  cell: (data: Performance, arm: Arm) => ReactNode;
}

const number = (value: Performance["calmar"], places = 2) => (
  <Measure value={value}>{(found) => statistic(found, places)}</Measure>
);
const pnl = (value: Performance["expectancy"]) => (
  <Measure value={value}>{(found) => <Pnl value={found} />}</Measure>
);

const BEFORE: readonly Row[] = [
  { name: "NAV", cell: (data, arm) => <b>{money(arm.nav ?? data.nav)}</b> },
  {
    name: "Return",
    cell: (data) => <Measure value={data.return}>{(value) => <Return value={value} />}</Measure>,
  },
];
const AFTER: readonly Row[] = [
  {
    name: "After inference",
    cell: (data) => <Measure value={data.returnNet}>{(value) => <Return value={value} />}</Measure>,
  },
  {
    name: "vs Hold BTC",
    cell: (data) => (
      <Measure value={data.vsHold}>
        {({ difference, pValue }) => (
          <>
            <Points value={difference} />{" "}
            <span className="faint small">
              {pValue === null ? "" : `p ${chance(pValue)}`}
            </span>
          </>
        )}
      </Measure>
    ),
  },
  {
    name: "Max drawdown",
    cell: (data) => (
      <Measure value={data.maxDrawdown}>{({ depth }) => <Return value={-depth} places={1} />}</Measure>
    ),
  },
  {
    name: "Drawdown now",
    cell: (data) => (
      <Measure value={data.currentDrawdown}>{(value) => <Return value={-value} places={1} />}</Measure>
    ),
  },
  {
    name: "Sharpe, yearly",
    cell: (data) => (
      <Measure value={data.sharpe}>
        {({ value, standardError }) => (
          <>
            {statistic(value, 1)}{" "}
            <span className="faint small">± {statistic(standardError, 1)}</span>
          </>
        )}
      </Measure>
    ),
  },
  { name: "Sortino", cell: (data) => number(data.sortino, 1) },
  { name: "Calmar", cell: (data) => number(data.calmar, 1) },
  { name: "Trades", cell: (_, arm) => count(arm.trades) },
  {
    name: "Win rate",
    cell: (data) => (
      <Measure value={data.winRate}>
        {({ value, low, high }) => (
          <>
            {share(value)}{" "}
            <span className="faint small">
              {share(low)} to {share(high)}
            </span>
          </>
        )}
      </Measure>
    ),
  },
  { name: "Profit factor", cell: (data) => number(data.profitFactor) },
  { name: "Expectancy per trade", cell: (data) => pnl(data.expectancy) },
  { name: "Best trade", cell: (data) => pnl(data.best) },
  { name: "Worst trade", cell: (data) => pnl(data.worst) },
  {
    name: "Median holding time",
    cell: (data) => (
      <Measure value={data.medianHoldingMinutes}>{(minutes) => span(minutes * MINUTE_MS)}</Measure>
    ),
  },
  { name: "LONG / SHORT", cell: (data) => `${count(data.longs)} / ${count(data.shorts)}` },
  {
    name: "Turnover of capital",
    cell: (data) => (
      <Measure value={data.turnoverOfCapital}>{(value) => multiple(value, 0)}</Measure>
    ),
  },
  {
    name: "Time in the market",
    cell: (data) => <Measure value={data.timeInMarket}>{(value) => share(value)}</Measure>,
  },
  {
    name: "Missed, failed",
    cell: (_, arm) => `${count(arm.counters.missed)}, ${count(arm.counters.failedWorkflows)}`,
  },
  { name: "Inference", cell: (_, arm) => money(arm.inferenceCost) },
];

export function MeasuresTable({ arms }: { arms: readonly Arm[] }) {
  const queries = usePerformances(arms.map(({ id }) => id));
  const axis = axisOf(queries.map(({ data }) => data));
  const failed = queries.find(({ data, error }) => !data && error);
  const row = ({ name, cell }: Row) => (
    <tr key={name}>
      <th scope="row">{name}</th>
      {arms.map((arm, place) => (
        <td key={arm.id} className="num">
          {cellOf(queries[place]?.data, (data) => cell(data, arm))}
        </td>
      ))}
    </tr>
  );
  return (
    <Card
      title="Measures"
      footer="Whisker: the middle 95 % of resampled returns, on one axis. Two arms whose intervals overlap may still differ, and the other way round: the leaderboard compares them pair by pair."
    >
      {failed?.error && (
        <Failed what="A measure" problem={failed.error} onRetry={() => void failed.refetch()} />
      )}
      <div className="scroll" tabIndex={0} role="region" aria-label="Measures">
        <table className="dense side-by-side">
          <caption className="sr">Measures of the chosen arms, one column each</caption>
          <thead>
            <tr>
              <th scope="col">Measure</th>
              {arms.map((arm) => (
                <th scope="col" className="num" key={arm.id} title={armTitle(arm)}>
                  <ArmLabel arm={arm} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {BEFORE.map(row)}
            <tr>
              <th scope="row">95 % interval</th>
              {arms.map((arm, place) => (
                <td key={arm.id} className="num">
                  {cellOf(queries[place]?.data, (data) => (
                    <Interval arm={arm} data={data} axis={axis} />
                  ))}
                </td>
              ))}
            </tr>
            {AFTER.map(row)}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function cellOf(data: Performance | undefined, cell: (data: Performance) => ReactNode): ReactNode {
  return data ? cell(data) : <span className="faint">{ABSENT}</span>;
}

function axisOf(all: readonly (Performance | undefined)[]): IntervalAxis {
  return intervalAxis(
    all.flatMap((data) => {
      const interval = known(data?.interval);
      return [known(data?.return) ?? 0, interval?.low ?? 0, interval?.high ?? 0];
    }),
  );
}

function Interval({ arm, data, axis }: { arm: Arm; data: Performance; axis: IntervalAxis }) {
  const look = useLooks().look(arm);
  const interval = known(data.interval);
  if (!interval) return <Measure value={isMissing(data.interval) ? data.interval : null}>{() => null}</Measure>;
  return (
    <>
      <span className="whisker">
        <IntervalMark
          axis={axis}
          width={INTERVAL_WIDTH}
          value={known(data.return)}
          interval={interval}
          benchmark={null}
          color={look.color}
          hollow={look.control}
        />
      </span>
      <span className="faint small">
        {percent(interval.low, 1)} to {percent(interval.high, 1)}
      </span>
    </>
  );
}

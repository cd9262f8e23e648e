/** Two to eight arms side by side: their lines on one chart, their measures in one table. */

import "../arena/arena.css";

import { useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";

import { useArms, useNav, usePerformance } from "../../api/queries";
import type { Arm, Performance } from "../../api/types";
import { useLooks } from "../../arms/context";
import { ArmLabel } from "../../arms/label";
import { armTitle } from "../../arms/look";
import { RaceChart } from "../../charts/race/race";
import { MOST_FOCUS, race } from "../../charts/race/series";
import { money, percent, share, statistic } from "../../figures/figures";
import { Card } from "../../parts/card";
import { Pnl, Return } from "../../parts/figure";
import { Measure } from "../../parts/measured";
import { Empty, Loaded } from "../../parts/states";
import { useTitle } from "../../shell/title";

export default function ComparePage() {
  useTitle("Compare");
  const search = useSearch();
  const [, go] = useLocation();
  const arms = useArms().data?.items ?? [];
  const query = new URLSearchParams(search);
  const ids = query.getAll("arm");
  const chosen = ids.map((id) => arms.find((arm) => arm.id === id)).filter((arm) => arm !== undefined);
  const free = arms.filter((arm) => !ids.includes(arm.id));

  function choose(list: readonly string[]) {
    query.delete("arm");
    for (const id of list) query.append("arm", id);
    go(`/compare?${query.toString()}`, { replace: true });
  }

  return (
    <>
      <div className="pagehead">
        <h1>Compare</h1>
        {chosen.map((arm) => (
          <span className="chip" key={arm.id}>
            <ArmLabel arm={arm} />
            <button
              type="button"
              className="x"
              aria-label={`Remove ${armTitle(arm)}`}
              onClick={() => choose(ids.filter((id) => id !== arm.id))}
            >
              ×
            </button>
          </span>
        ))}
        {ids.length < MOST_FOCUS && (
          <select
            className="select"
            aria-label="Add an arm"
            value=""
            onChange={(event) => choose([...ids, event.target.value])}
          >
            <option value="">Add an arm…</option>
            {free.map((arm) => (
              <option key={arm.id} value={arm.id}>
                {armTitle(arm)}
              </option>
            ))}
          </select>
        )}
      </div>
      {chosen.length === 0 ? (
        <Card title="Nothing to compare yet">
          <Empty title="Choose two to eight arms.">They are listed above.</Empty>
        </Card>
      ) : (
        <div className="pagegrid">
          <Lines arms={chosen} />
          <MeasuresTable arms={chosen} />
        </div>
      )}
    </>
  );
}

function Lines({ arms }: { arms: readonly Arm[] }) {
  const ids = arms.map((arm) => arm.id);
  const query = useNav({ model: ids, points: 800 });
  const { byId, look } = useLooks();
  const [lifted, lift] = useState<string | null>(null);
  const drawn = useMemo(
    () =>
      query.data
        ? race(query.data.items, {
            scale: "percent",
            base: "capital",
            look,
            capital: (arm) => byId.get(arm.id)?.startingCapital ?? null,
          })
        : null,
    [query.data, look, byId],
  );
  return (
    <Card title="Return" note="of starting capital">
      <div className="body">
        <Loaded query={query} what="The NAV" rows={8}>
          {() =>
            drawn ? (
              <RaceChart
                race={drawn}
                scale="percent"
                focus={ids}
                lifted={lifted}
                words={`Return of ${arms.map(armTitle).join(", ")}`}
                onLift={lift}
                onPick={lift}
              />
            ) : (
              <Empty title="No NAV yet." />
            )
          }
        </Loaded>
      </div>
    </Card>
  );
}

function MeasuresTable({ arms }: { arms: readonly Arm[] }) {
  return (
    <Card title="Measures">
      <div className="scroll" tabIndex={0} role="region" aria-label="Measures">
        <table className="dense">
          <caption className="sr">Measures of the chosen arms</caption>
          <thead>
            <tr>
              {["Arm", "NAV", "Return", "95 %", "Max drawdown", "Sharpe", "Win rate", "Expectancy"].map(
                (name, place) => (
                  <th scope="col" key={name} className={place ? "num" : ""}>
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {arms.map((arm) => (
              <Row key={arm.id} arm={arm} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Row({ arm }: { arm: Arm }) {
  const data: Performance | undefined = usePerformance(arm.id).data;
  return (
    <tr>
      <td>
        <ArmLabel arm={arm} />
      </td>
      <td className="num">{money(arm.nav)}</td>
      <td className="num">
        <Measure value={data?.return}>{(value) => <Return value={value} />}</Measure>
      </td>
      <td className="num small muted">
        <Measure value={data?.interval}>
          {({ low, high }) => `${percent(low, 1)} to ${percent(high, 1)}`}
        </Measure>
      </td>
      <td className="num">
        <Measure value={data?.maxDrawdown}>{({ depth }) => <Return value={-depth} places={1} />}</Measure>
      </td>
      <td className="num">
        <Measure value={data?.sharpe}>
          {({ value, standardError }) => `${statistic(value, 1)} ± ${statistic(standardError, 1)}`}
        </Measure>
      </td>
      <td className="num">
        <Measure value={data?.winRate}>{({ value }) => share(value)}</Measure>
      </td>
      <td className="num">
        <Measure value={data?.expectancy}>{(value) => <Pnl value={value} />}</Measure>
      </td>
    </tr>
  );
}

/** Two to eight arms side by side: their lines on one chart, their measures in one table. */

import "../arena/arena.css";
import "./compare.css";

import { useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";

import { useArms, useLeaderboard, useNav, useVariants } from "../../api/queries";
import type { Arm } from "../../api/types";
import { useLooks } from "../../arms/context";
import { ArmLabel } from "../../arms/label";
import { armTitle } from "../../arms/look";
import { RaceChart } from "../../charts/race/race";
import { MOST_FOCUS, race } from "../../charts/race/series";
import { Card } from "../../parts/card";
import { Empty, Loaded } from "../../parts/states";
import { useTitle } from "../../shell/title";
import { MeasuresTable } from "./measures";

export default function ComparePage() {
  useTitle("Compare");
  const search = useSearch();
  const [, go] = useLocation();
  const arms = useArms().data?.items ?? [];
  const variants = useVariants().data?.items ?? [];
  const query = new URLSearchParams(search);
  const ids = query.getAll("arm");
  const chosen = ids.map((id) => arms.find((arm) => arm.id === id)).filter((arm) => arm !== undefined);
  const free = arms.filter((arm) => !ids.includes(arm.id));

  function choose(list: readonly string[]) {
    query.delete("arm");
    for (const id of list) query.append("arm", id);
    go(`/compare?${query.toString()}`, { replace: true });
  }

  function add(id: string) {
    const ofVariant = competitorsOf(arms, id).map((arm) => arm.id);
    const added = ofVariant.length > 0 ? ofVariant : [id];
    choose([...new Set([...ids, ...added])].slice(0, MOST_FOCUS));
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
            onChange={(event) => add(event.target.value)}
          >
            <option value="">Add an arm or a variant…</option>
            <optgroup label="Variants: all of its competitors">
              {variants.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </optgroup>
            <optgroup label="Arms">
              {free.map((arm) => (
                <option key={arm.id} value={arm.id}>
                  {armTitle(arm)}
                </option>
              ))}
            </optgroup>
          </select>
        )}
      </div>
      {chosen.length === 0 ? (
        <Card title="Nothing to compare yet">
          <Empty title="Choose two to eight arms, or a variant.">
            They are listed above.
            <Suggested arms={arms} onChoose={choose} />
          </Empty>
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

function competitorsOf(arms: readonly Arm[], variant: string): Arm[] {
  return arms.filter((arm) => arm.variant === variant && arm.kind !== "CONTROL");
}

const FIRST = 4;

interface SuggestedProps {
  arms: readonly Arm[];
  onChoose: (ids: readonly string[]) => void;
}

/** Where to begin: who is first, and what anybody could have had by holding. */
function Suggested({ arms, onChoose }: SuggestedProps) {
  const ranked = useLeaderboard(false).data?.items.map((row) => row.arm) ?? [];
  const first = ranked.filter((arm) => arm.kind !== "CONTROL").slice(0, FIRST);
  const hold = ranked.find((arm) => arm.kind === "CONTROL" && arm.name.startsWith("Hold"));
  const models = arms.filter((arm) => arm.kind === "LLM").slice(0, MOST_FOCUS);
  const choices = [
    { words: `First ${first.length} and holding`, some: hold ? [...first, hold] : first },
    { words: "Language models", some: models },
  ];
  return (
    <div className="suggested">
      {choices
        .filter(({ some }) => some.length > 1)
        .map(({ words, some }) => (
          <button
            key={words}
            type="button"
            className="btn"
            onClick={() => onChoose(some.map(({ id }) => id))}
          >
            {words}
          </button>
        ))}
    </div>
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

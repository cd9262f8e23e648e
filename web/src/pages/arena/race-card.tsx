/** The race with its switches, and the arms in focus as chips. */

import { useMemo } from "react";

import { useNav, useRun } from "../../api/queries";
import type { ArmRef, Leaderboard, NavAnswer } from "../../api/types";
import { useLooks } from "../../arms/context";
import { ArmLabel } from "../../arms/label";
import { armTitle } from "../../arms/look";
import { RaceChart } from "../../charts/race/race";
import { race } from "../../charts/race/series";
import { percent } from "../../figures/figures";
import { day, millis } from "../../figures/time";
import { Card } from "../../parts/card";
import { Segments } from "../../parts/segments";
import { Empty, Loaded } from "../../parts/states";
import { useArenaNow } from "../../shell/clock";
import { useShortcuts } from "../../shell/shortcuts";
import type { Focus } from "./focus";
import { RANGES, SCALES, useView, type View } from "./view";

/** Points asked for in all: enough for every pixel of a line, whatever the number of lines. */
const ALL_POINTS = 24_000;
const MOST_POINTS = 800;
const LEAST_POINTS = 120;

interface RaceCardProps {
  board: Leaderboard | undefined;
  focus: Focus;
}

export function RaceCard({ board, focus }: RaceCardProps) {
  const [view, change] = useView();
  const run = useRun().data;
  const answer = useNav(useRange(view, run?.arms ?? 1));
  const scales = SCALES.map((scale) =>
    scale.id === "money" && run ? { ...scale, label: run.quote } : scale,
  );
  useShortcuts([
    ...RANGES.map(({ id, keys, label }) => ({
      keys,
      words: `Range ${label}`,
      run: () => change({ range: id }),
    })),
    ...SCALES.map(({ id, keys }) => ({
      keys,
      words: `Scale ${id}`,
      run: () => change({ scale: id }),
    })),
    { keys: "n", words: "After inference", run: () => change({ net: !view.net }) },
    { keys: "Escape", words: "Clear the focus", run: focus.reset },
  ]);
  return (
    <Card
      className="race"
      title="NAV race"
      actions={
        <>
          <Segments label="Scale" choices={scales} chosen={view.scale} onChoose={(scale) => change({ scale })} />
          <Costs net={view.net} onChoose={(net) => change({ net })} />
        </>
      }
      note={
        <Segments label="Range" choices={RANGES} chosen={view.range} onChoose={(range) => change({ range })} />
      }
    >
      <div className="body">
        <Loaded query={answer} what="The NAV race" rows={9}>
          {(data) => <Chart data={data} view={view} board={board} focus={focus} />}
        </Loaded>
      </div>
      <Chips focus={focus} />
    </Card>
  );
}

function Costs({ net, onChoose }: { net: boolean; onChoose: (net: boolean) => void }) {
  return (
    <Segments
      label="Costs"
      choices={[
        { id: "trading", label: "Trading" },
        { id: "net", label: "After inference", keys: "n" },
      ]}
      chosen={net ? "net" : "trading"}
      onChoose={(choice) => {
        onChoose(choice === "net");
      }}
    />
  );
}

/** The query of a range; its start moves on by whole minutes, so that it stays one query. */
function useRange(view: View, arms: number) {
  const now = useArenaNow();
  const each = Math.floor(ALL_POINTS / Math.max(1, arms));
  const points = Math.max(LEAST_POINTS, Math.min(MOST_POINTS, each));
  const range = RANGES.find(({ id }) => id === view.range);
  if (!range?.ms || now === null) return { net: view.net, points };
  const step = range.ms / 100;
  const from = new Date(Math.floor((now - range.ms) / step) * step).toISOString();
  return { net: view.net, points, from };
}

interface ChartProps {
  data: NavAnswer;
  view: View;
  board: Leaderboard | undefined;
  focus: Focus;
}

function Chart({ data, view, board, focus }: ChartProps) {
  const { byId, look } = useLooks();
  const { scale, range } = view;
  const drawn = useMemo(
    () =>
      race(data.items, {
        scale,
        look,
        base: range === "all" ? "capital" : "first",
        capital: (arm: ArmRef) => byId.get(arm.id)?.startingCapital ?? null,
      }),
    [data, scale, range, look, byId],
  );
  if (!drawn) {
    return (
      <Empty title="No NAV yet.">
        The first point comes with the first minute of the arena’s clock.
      </Empty>
    );
  }
  return (
    <RaceChart
      race={drawn}
      scale={scale}
      focus={focus.ids}
      lifted={focus.lifted}
      words={raceWords(data, board)}
      onLift={focus.lift}
      onPick={focus.isolate}
    />
  );
}

function raceWords(data: NavAnswer, board: Leaderboard | undefined): string {
  const from = millis(data.items[0]?.points[0]?.at);
  const since = from === null ? "" : ` since ${day(from)}`;
  const leader = board?.sentence.leader;
  const leads = leader
    ? ` ${armTitle(leader)} leads with ${percent(board.sentence.leaderReturn)}.`
    : "";
  return `NAV of ${data.items.length} arms${since}.${leads} The leaderboard holds the figures as a table.`;
}

function Chips({ focus }: { focus: Focus }) {
  return (
    <div className="focus">
      <span>In focus</span>
      {focus.arms.map((arm) => (
        <span
          className="chip"
          key={arm.id}
          onPointerEnter={() => focus.lift(arm.id)}
          onPointerLeave={() => focus.lift(null)}
        >
          <ArmLabel arm={arm} />
          <button
            type="button"
            className="x"
            aria-label={`Remove ${armTitle(arm)} from focus`}
            onClick={() => focus.toggle(arm.id)}
          >
            ×
          </button>
        </span>
      ))}
      {focus.changed && (
        <button type="button" className="link small" onClick={focus.reset}>
          reset
        </button>
      )}
      <span className="small">grey: the others · dashed grey: controls</span>
    </div>
  );
}

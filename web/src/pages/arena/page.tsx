/** The Arena: who leads and whether it means anything, the race, what is open, what just happened. */

import "../../lists/lists.css";
import "./arena.css";

import { useMemo } from "react";

import { useLeaderboard, useRun } from "../../api/queries";
import type { Run } from "../../api/types";
import { useTitle } from "../../shell/title";
import { DAY, millis } from "../../figures/time";
import { Loaded } from "../../parts/states";
import { Card } from "../../parts/card";
import { Board } from "./board";
import { Feed } from "./feed";
import { useFocus } from "./focus";
import { RaceCard } from "./race-card";
import { Sentence } from "./sentence";
import { ArenaTabs } from "./tabs";
import { Ticker } from "./ticker";
import { useView } from "./view";

export function ArenaPage() {
  const [view] = useView();
  const run = useRun().data;
  const leaderboard = useLeaderboard(view.net);
  const ranked = useMemo(
    () => leaderboard.data?.items.map((row) => row.arm) ?? [],
    [leaderboard.data],
  );
  const focus = useFocus(ranked);
  useTitle("Arena");
  return (
    <>
      <Ticker />
      <div className="lede">
        <h1>{heading(run)}</h1>
        {leaderboard.data && <Sentence board={leaderboard.data} />}
      </div>
      <div className="arena-layout">
        <div>
          <RaceCard board={leaderboard.data} focus={focus} />
          <ArenaTabs />
        </div>
        <div>
          {leaderboard.data ? (
            <Board board={leaderboard.data} focus={focus} />
          ) : (
            <Card className="board" title="Leaderboard">
              <Loaded query={leaderboard} what="The leaderboard" rows={12}>
                {() => null}
              </Loaded>
            </Card>
          )}
          <Feed />
        </div>
      </div>
      <p className="note">All times UTC, all money {run?.quote ?? "in the quote currency"}.</p>
    </>
  );
}

/** The arena's name, and how long it has run by its own clock. */
function heading(run: Run | undefined): string {
  if (!run) return "Arena";
  const [from, to] = [millis(run.startedAt), millis(run.arenaTime)];
  if (from === null || to === null) return run.arena;
  return `${run.arena}, day ${Math.floor((to - from) / DAY) + 1}`;
}

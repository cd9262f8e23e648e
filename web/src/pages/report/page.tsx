/** A report of one arm on paper: figures, how they come about, and what they may be trusted for. */

import "../../lists/lists.css";
import "../model/model.css";
import "./report.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";

import {
  makeQueryClient,
  useAllTrades,
  useArm,
  useArmPolicy,
  useBridge,
  useFailures,
  useNav,
  usePerformance,
  usePositions,
  useRun,
} from "../../api/queries";
import type { Arm } from "../../api/types";
import { useLooks } from "../../arms/context";
import { armTitle } from "../../arms/look";
import { Curve } from "../../charts/curve/chart";
import { drawn } from "../../figures/figures";
import { clock, millis } from "../../figures/time";
import { Pairs } from "../../parts/pairs";
import { Empty, Loaded } from "../../parts/states";
import { useTitle } from "../../shell/title";
import { BridgeTable } from "../model/bridge";
import { MeasurePairs, Stats } from "../model/measures";
import { Method } from "./method";
import { Cost, FailureCounts, Limits, SettingPairs } from "./standing";
import { Largest, TradeSummary } from "./trades";

const POINTS = 800;

export default function ReportPage({ id }: { id: string }) {
  const [client] = useState(() => makeQueryClient({ once: true }));
  return (
    <QueryClientProvider client={client}>
      <OfArm id={id} />
    </QueryClientProvider>
  );
}

function OfArm({ id }: { id: string }) {
  const query = useArm(id);
  return (
    <Loaded query={query} what="The arm" rows={10}>
      {(arm) => <Report arm={arm} />}
    </Loaded>
  );
}

function Report({ arm }: { arm: Arm }) {
  useTitle(`Report of ${armTitle(arm)}`);
  const filters = { model: arm.id };
  const performance = usePerformance(arm.id);
  const bridge = useBridge(arm.id);
  const trades = useAllTrades(arm.id, undefined);
  const failures = useFailures(filters);
  const policy = useArmPolicy(arm.id, true);
  return (
    <>
      <div className="pagehead noprint">
        <Link className="link small" href={`/models/${arm.id}`}>
          ← {armTitle(arm)}
        </Link>
        <span className="spacer" />
        <button type="button" className="btn primary" onClick={() => window.print()}>
          Print or save as PDF
        </button>
      </div>
      <article className="report">
        <Head arm={arm} title={policy.data?.title ?? arm.policy} />
        <Stats arm={arm} query={performance} />
        <Part title="NAV, drawdown, gross leverage">
          <Line arm={arm} />
        </Part>
        <div className="pair">
          <Part title="How the NAV adds up">
            <Loaded query={bridge} what="The NAV’s parts" rows={6}>
              {(data) => <BridgeTable bridge={data} />}
            </Loaded>
          </Part>
          <Part title="Measures">
            <Loaded query={performance} what="The measures" rows={6}>
              {(data) => <MeasurePairs data={data} />}
            </Loaded>
          </Part>
        </div>
        <Part title="Trades">
          <Loaded query={trades} what="The trades" rows={6}>
            {(all) =>
              all.length === 0 ? (
                <Empty title="No trade has closed yet." />
              ) : (
                <TradeSummary trades={all} closed={arm.trades} />
              )
            }
          </Loaded>
        </Part>
        {trades.data && trades.data.length > 0 && (
          <Part title="The largest trades, by net P&L of either sign" whole={false}>
            <Largest trades={trades.data} />
          </Part>
        )}
        <div className="pair">
          <Part title="Failures and refusals">
            <Loaded query={failures} what="The failures" rows={4}>
              {({ counts }) => <FailureCounts counts={counts} arm={arm} />}
            </Loaded>
          </Part>
          <Part title="Cost of inference">
            <Cost arm={arm} />
          </Part>
        </div>
        <div className="pair">
          <Part title="Settings">
            <SettingPairs arm={arm} />
          </Part>
          <Part title="Limits of its policy">
            <Loaded query={policy} what="The policy" rows={4}>
              {(data) => <Limits policy={data} />}
            </Loaded>
          </Part>
        </div>
        <Part title="How these figures are made" whole={false}>
          <Method />
        </Part>
      </article>
    </>
  );
}

interface PartProps {
  title: string;
  /** Whether it must not be cut by the end of a page. */
  whole?: boolean;
  children: ReactNode;
}

function Part({ title, whole = true, children }: PartProps) {
  return (
    <section className={whole ? "whole" : ""} tabIndex={0} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Head({ arm, title }: { arm: Arm; title: string }) {
  const run = useRun().data;
  const nav = usePerformance(arm.id).data;
  const [created] = useState(() => Date.now());
  const at = (text: string | null | undefined) => {
    const ms = millis(text);
    return ms === null ? "–" : clock(ms);
  };
  return (
    <header>
      <h1>Report of {armTitle(arm)}</h1>
      <div className="pair">
        <Pairs
          pairs={[
            ["Arena", run ? `${run.arena} (${run.mode.toLowerCase()})` : "–"],
            ["Market, venue’s profile", [run?.market, run?.profile].filter(Boolean).join(", ") || "–"],
            ["Arm", `${armTitle(arm)} · ${arm.model || arm.kind.toLowerCase()}`],
            ["Policy", title],
          ]}
        />
        <Pairs
          pairs={[
            ["Period", nav ? `${at(nav.from)} to ${at(nav.to)}` : "–"],
            ["Figures as of", `${at(arm.navAt)}, the arena’s time`],
            ["Created", clock(created)],
            ["Currency", run?.quote ?? "–"],
          ]}
        />
      </div>
    </header>
  );
}

function Line({ arm }: { arm: Arm }) {
  const query = useNav({ model: [arm.id], points: POINTS });
  const trades = useAllTrades(arm.id, undefined).data ?? [];
  const positions = usePositions({ model: arm.id }).data?.items ?? [];
  const look = useLooks().look(arm);
  return (
    <Loaded query={query} what="The NAV" rows={9}>
      {({ items: [history] }) =>
        history && history.points.length > 0 ? (
          <Curve
            history={history}
            look={look}
            capital={drawn(arm.startingCapital) ?? 0}
            benchmark={null}
            trades={trades}
            positions={positions}
            words={`NAV of ${armTitle(arm)} with drawdown and gross leverage`}
          />
        ) : (
          <Empty title="No NAV yet." />
        )
      }
    </Loaded>
  );
}

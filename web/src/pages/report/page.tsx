/** A report of one arm on paper: figures, how they come about, and what they may be trusted for. */

import "../../lists/lists.css";
import "../model/model.css";
import "./report.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";

import { makeQueryClient, useReport, useRun } from "../../api/queries";
import type { ArmReport } from "../../api/types";
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

export default function ReportPage({ id }: { id: string }) {
  const [client] = useState(() => makeQueryClient({ once: true }));
  return (
    <QueryClientProvider client={client}>
      <OfArm id={id} />
    </QueryClientProvider>
  );
}

function OfArm({ id }: { id: string }) {
  const query = useReport(id);
  return (
    <Loaded query={query} what="The report" rows={10}>
      {(report) => <Report report={report} />}
    </Loaded>
  );
}

function Report({ report }: { report: ArmReport }) {
  const { arm, performance, bridge, trades, failures, policy } = report;
  useTitle(`Report of ${armTitle(arm)}`);
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
        <Head report={report} />
        <Stats arm={arm} data={performance} />
        <Part title="NAV, drawdown, gross leverage">
          <Line report={report} />
        </Part>
        <div className="pair">
          <Part title="How the NAV adds up">
            {bridge ? <BridgeTable bridge={bridge} /> : <NoNav />}
          </Part>
          <Part title="Measures">
            {performance ? (
              <MeasurePairs data={performance} />
            ) : (
              <Empty title="Nothing is measured yet." />
            )}
          </Part>
        </div>
        <Part title="Trades">
          {trades.length === 0 ? (
            <Empty title="No trade has closed yet." />
          ) : (
            <TradeSummary trades={trades} closed={arm.trades} />
          )}
        </Part>
        {trades.length > 0 && (
          <Part title="The largest trades, by net P&L of either sign" whole={false}>
            <Largest trades={trades} />
          </Part>
        )}
        <div className="pair">
          <Part title="Failures and refusals">
            <FailureCounts counts={failures} arm={arm} />
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
            <Limits policy={policy} />
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

function Head({ report: { arm, asOf, performance, policy } }: { report: ArmReport }) {
  const run = useRun().data;
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
            ["Policy", policy.title],
          ]}
        />
        <Pairs
          pairs={[
            ["Period", performance ? `${at(performance.from)} to ${at(performance.to)}` : "–"],
            ["Figures as of", `${at(asOf)}, the arena’s time`],
            ["Intervals, ratios up to", at(performance?.measuredUntil)],
            ["Created", clock(created)],
            ["Currency", run?.quote ?? "–"],
          ]}
        />
      </div>
    </header>
  );
}

function Line({ report: { arm, nav, trades, positions } }: { report: ArmReport }) {
  const look = useLooks().look(arm);
  if (!nav || nav.points.length === 0) return <NoNav />;
  return (
    <Curve
      history={nav}
      look={look}
      capital={drawn(arm.startingCapital) ?? 0}
      benchmark={null}
      trades={trades}
      positions={positions}
      words={`NAV of ${armTitle(arm)} with drawdown and gross leverage`}
    />
  );
}

function NoNav() {
  return <Empty title="No NAV yet." />;
}

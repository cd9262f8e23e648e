/** One arm: what it is worth, what it holds, how its NAV adds up, how good it is, what it costs. */

import "../../lists/lists.css";
import "./model.css";

import { Link } from "wouter";

import { useArm, usePerformance, usePositions, useTrades } from "../../api/queries";
import type { Arm } from "../../api/types";
import { Glyph } from "../../arms/glyph";
import { LineSample } from "../../arms/label";
import { armTitle, KINDS, showsVariant, variantColor } from "../../arms/look";
import { count } from "../../figures/figures";
import { Trades } from "../../lists/trades";
import { Card } from "../../parts/card";
import { Export } from "../../parts/exporting";
import { At } from "../../parts/figure";
import { Paged } from "../../parts/paged";
import { Loaded } from "../../parts/states";
import { ArmStateTag } from "../../parts/tag";
import { useTitle } from "../../shell/title";
import { Bridge } from "./bridge";
import { CurveCard } from "./curve-card";
import { Failed } from "./failed";
import { Measures, Stats } from "./measures";
import { OpenPosition } from "./open-position";
import { Reliability } from "./reliability";
import { Settings } from "./settings";
import { TradesOnCandles } from "./trades-on-candles";

export default function ModelPage({ id }: { id: string }) {
  const query = useArm(id);
  return (
    <Loaded query={query} what="The arm" rows={10}>
      {(arm) => <Model arm={arm} />}
    </Loaded>
  );
}

function Model({ arm }: { arm: Arm }) {
  const filters = { model: arm.id };
  const performance = usePerformance(arm.id);
  const positions = usePositions(filters);
  const trades = useTrades(filters);
  const open = positions.data?.items ?? [];
  useTitle(armTitle(arm));
  return (
    <>
      <Head arm={arm} />
      {arm.haltedReason && (
        <p className="strip is-error" role="status">
          <b>■ Halted.</b> {arm.haltedReason}. Only an operator resumes it.
        </p>
      )}
      {arm.unaskedReason && (
        <p className="strip is-error" role="status">
          <b>Asked nothing.</b> {arm.unaskedReason}. Its exits go on.
        </p>
      )}
      <Stats arm={arm} data={performance.data} />
      <div className="model-layout">
        <div>
          <CurveCard arm={arm} positions={open} />
          <TradesOnCandles trades={trades.data ?? []} positions={open} />
          <Card
            className="o5"
            title="Trades"
            note={`${count(arm.trades)} closed, newest first`}
            actions={<Export path="trades" filters={filters} />}
          >
            <Paged query={trades} what="The trades" empty="No trade has closed yet.">
              {(list) => <Trades trades={list} oneArm />}
            </Paged>
          </Card>
          <Failed id={arm.id} />
        </div>
        <div>
          <OpenPosition positions={open} arm={arm} />
          <Bridge id={arm.id} />
          <Measures query={performance} />
          <Reliability arm={arm} />
          <Settings arm={arm} />
        </div>
      </div>
      <p className="note">All times UTC.</p>
    </>
  );
}

function Head({ arm }: { arm: Arm }) {
  return (
    <div className="pagehead">
      <h1 className="arm-title">
        <LineSample arm={arm} width={28} />
        {arm.replica > 0 ? `${arm.name} ${arm.replica}` : arm.name}
        {arm.variant !== null && (
          <span className="v" style={{ color: variantColor(arm.variant, "ink") }}>
            <Glyph variant={arm.variant} />
            {showsVariant(arm) && arm.variant}
          </span>
        )}
      </h1>
      <ArmStateTag state={arm.state} />
      <span className="faint small">
        {KINDS[arm.kind]} · policy {arm.policy}
        {arm.lastInvocationAt && (
          <>
            {" "}
            · last decision <At at={arm.lastInvocationAt} />
          </>
        )}
      </span>
      <span className="spacer" />
      <Link className="btn" href={`/compare?arm=${arm.id}`}>
        Compare
      </Link>
      <Link className="btn" href={`/models/${arm.id}/report`}>
        Report
      </Link>
    </div>
  );
}

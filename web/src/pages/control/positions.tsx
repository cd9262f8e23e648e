/** Positions, each to be closed by hand or given another exit plan. */

import { useState } from "react";

import { usePositions } from "../../api/queries";
import type { Position } from "../../api/types";
import { ArmLabel } from "../../arms/label";
import { armTitle } from "../../arms/look";
import { exact, signedMoney } from "../../figures/figures";
import { Card } from "../../parts/card";
import { Pnl } from "../../parts/figure";
import { SideMark } from "../../parts/side";
import { useCommanding } from "./commanding";
import { PlanForm } from "./plan";
import { Why } from "./why";

type Act = { position: Position; verb: "close" | "plan" };

export function OpenPositions() {
  const { allowed, busy } = useCommanding();
  const positions = usePositions().data?.items ?? [];
  const [asked, setAsked] = useState<Act | null>(null);
  if (positions.length === 0) return null;
  const button = (position: Position, verb: Act["verb"], words: string, title: string) => (
    <button
      type="button"
      className="btn quiet"
      disabled={!allowed || busy}
      aria-label={`${title} ${position.symbol} of ${armTitle(position.arm)}`}
      onClick={() => {
        setAsked({ position, verb });
      }}
    >
      {words}
    </button>
  );
  return (
    <Card className="o4" title="Positions" note="closed by hand: trigger MANUAL">
      <ul className="held" tabIndex={0} aria-label="Open positions">
        {positions.map((one) => (
          <li key={one.id}>
            <div className="r">
              <SideMark side={one.side} symbol={one.symbol} />
              <span className="small muted">
                {one.stop ? `stop ${exact(one.stop)}` : "no stop"}
                {one.target && ` · target ${exact(one.target)}`}
              </span>
              <span className="spacer" />
              <Pnl value={one.unrealizedPnl} />
            </div>
            <div className="r">
              <ArmLabel arm={one.arm} />
              <span className="spacer" />
              {button(one, "plan", "Exit plan…", "Exit plan of")}
              {button(one, "close", "Close…", "Close")}
            </div>
          </li>
        ))}
      </ul>
      {asked?.verb === "close" && <Closing position={asked.position} onClose={() => setAsked(null)} />}
      {asked?.verb === "plan" && <PlanForm position={asked.position} onClose={() => setAsked(null)} />}
    </Card>
  );
}

function Closing({ position, onClose }: { position: Position; onClose: () => void }) {
  const { command } = useCommanding();
  return (
    <Why
      title={`Close ${position.side} ${position.symbol} of ${armTitle(position.arm)}`}
      action="Close at the market"
      danger
      onReason={(reason) => command(`positions/${position.id}/close`, { reason })}
      onClose={onClose}
    >
      <p>
        About <b>{signedMoney(position.unrealizedPnl)}</b> at the last mark, before fees and spread.
      </p>
    </Why>
  );
}

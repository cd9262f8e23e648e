/** What the arm holds now, each with its exit plan. */

import { Link } from "wouter";

import type { Arm, Position } from "../../api/types";
import { ExitPlanBar } from "../../charts/exit-plan-bar";
import { exact, money, multiple, statistic } from "../../figures/figures";
import { millis, span } from "../../figures/time";
import { RMultiple } from "../../lists/positions";
import { Card } from "../../parts/card";
import { At, Pnl, Return } from "../../parts/figure";
import { Pairs } from "../../parts/pairs";
import { SideMark } from "../../parts/side";
import { Empty } from "../../parts/states";
import { useArenaNow } from "../../shell/clock";

export function OpenPosition({ positions, arm }: { positions: readonly Position[]; arm: Arm }) {
  const title = positions.length === 1 ? "Open position" : "Open positions";
  return (
    <Card className="pos o1" title={title} note={positions.length > 1 ? positions.length : null}>
      {positions.length === 0 && (
        <Empty title="No position is open.">
          {arm.trades > 0 ? "Its trades are below." : "It has not traded yet."}
        </Empty>
      )}
      {positions.map((position) => (
        <One key={position.id} position={position} />
      ))}
    </Card>
  );
}

function One({ position }: { position: Position }) {
  const now = useArenaNow();
  const from = millis(position.openedAt);
  return (
    <div className="body">
      <div className="line">
        <span>
          <SideMark side={position.side} symbol={position.symbol} /> {exact(position.quantity)}{" "}
          <span className="faint">{position.leverage && multiple(position.leverage)}</span>
        </span>
        <span className="spacer" />
        <span className="big">
          <Pnl value={position.unrealizedPnl} />
        </span>
        <span className="faint">
          <Return value={position.unrealizedReturn} />
        </span>
      </div>
      <ExitPlanBar position={position} />
      <Pairs
        pairs={[
          ["Entry", exact(position.entryPrice)],
          ["Mark", exact(position.mark?.price)],
          ["R multiple", <RMultiple key="r" position={position} />],
          ["At the stop", <Pnl key="stop" value={position.riskToStop} />],
          ["Notional", money(position.notional)],
          ["Liquidation", exact(position.liquidationPrice)],
          ["Invalidation", position.exitPlan?.invalidation ?? "none"],
          ["Confidence", statistic(position.confidence)],
          [
            "Held",
            <At key="held" at={position.openedAt}>
              {from === null || now === null ? null : span(now - from)}
            </At>,
          ],
        ]}
      />
      {position.invocationId && (
        <p>
          <Link className="link small" href={`/invocations/${position.invocationId}`}>
            Why it was opened →
          </Link>
        </p>
      )}
    </div>
  );
}

/** Open positions: a table where there is room, cards on a phone. */

import type { ReactNode } from "react";

import type { Position } from "../api/types";
import { ArmLabel } from "../arms/label";
import { ExitPlanLegend } from "../charts/exit-plan-bar";
import { total } from "../figures/decimal";
import { drawn, exact, money, multiple, placesOf, price, statistic, THIN } from "../figures/figures";
import { age, millis, span } from "../figures/time";
import { At, Pnl, Return } from "../parts/figure";
import { Mark, useMarksNow, useStaleFrom } from "../parts/mark";
import { SideMark } from "../parts/side";
import { Table, type Column } from "../parts/table";
import { useArenaNow } from "../shell/clock";
import { PlanButton } from "./exit-plan";

interface PositionsProps {
  positions: readonly Position[];
  /** Whose positions these are is clear from the page. */
  oneArm?: boolean;
}

export function Positions({ positions, oneArm = false }: PositionsProps) {
  const now = useArenaNow();
  const marksNow = useMarksNow(positions.map((one) => one.mark));
  const columns = positionColumns(now, marksNow).filter((column) => !oneArm || column.id !== "arm");
  return (
    <>
      <Table
        caption="Open positions"
        columns={columns}
        rows={positions}
        rowKey={(row) => row.id}
        card={(row) => <PositionCard position={row} now={now} marksNow={marksNow} />}
        footer={<Sum positions={positions} columns={columns.length} />}
      />
      <ExitPlanLegend staleWords={age(useStaleFrom())} />
    </>
  );
}

function positionColumns(now: number | null, marksNow: number | null): Column<Position>[] {
  return [
    {
      id: "arm",
      head: "Arm",
      cell: (row) => <ArmLabel arm={row.arm} />,
      by: (row) => row.arm.name + row.arm.variant,
    },
    {
      id: "position",
      head: "Position",
      className: "nowrap",
      by: (row) => row.symbol,
      cell: (row) => (
        <TwoLines
          first={<SideMark side={row.side} symbol={row.symbol} />}
          second={<Size position={row} />}
        />
      ),
    },
    {
      id: "prices",
      head: "Entry / mark",
      numeric: true,
      cell: (row) => <EntryAndMark position={row} now={marksNow} />,
    },
    {
      id: "unrealized",
      head: "Unrealized",
      numeric: true,
      by: (row) => drawn(row.unrealizedPnl),
      cell: (row) => (
        <TwoLines
          first={<Pnl value={row.unrealizedPnl} />}
          second={<Return value={row.unrealizedReturn} />}
          quiet
        />
      ),
    },
    {
      id: "risk",
      head: "Risk",
      numeric: true,
      className: "small",
      by: (row) => row.rMultiple,
      cell: (row) => <RMultiple position={row} />,
    },
    {
      id: "plan",
      head: "Exit plan (loss ← → gain)",
      className: "ep",
      cell: (row) => <PlanButton position={row} />,
    },
    {
      id: "held",
      head: "Held",
      numeric: true,
      className: "small muted",
      by: (row) => millis(row.openedAt),
      cell: (row) => <Held since={row.openedAt} now={now} />,
    },
  ];
}

function TwoLines(props: { first: ReactNode; second: ReactNode; quiet?: boolean }) {
  return (
    <>
      {props.first}
      <br />
      <span className={props.quiet ? "small quiet" : "small faint"}>{props.second}</span>
    </>
  );
}

function Size({ position }: { position: Position }) {
  return (
    <>
      {exact(position.quantity)}
      {position.leverage && ` · ${multiple(position.leverage)}`}
    </>
  );
}

function EntryAndMark({ position, now }: { position: Position; now: number | null }) {
  const places = pricePlaces(position);
  return (
    <>
      <span className="muted">{price(position.entryPrice, places)}</span>
      <br />
      <MarkPrice position={position} now={now} places={places} />
    </>
  );
}

/** Entry averages have many places; the mark and the stop tell how many are worth reading. */
function pricePlaces(position: Position): number {
  return Math.min(6, Math.max(1, placesOf([position.mark?.price, position.stop])));
}

interface MarkPriceProps {
  position: Position;
  now: number | null;
  places: number;
}

function MarkPrice({ position, now, places }: MarkPriceProps) {
  const { mark } = position;
  if (!mark) return <span className="faint">no mark</span>;
  const old = now === null ? null : now - (millis(mark.at) ?? now);
  return <Mark ageMs={old}>{price(mark.price, places)}</Mark>;
}

/** Gain or loss in units of what the first stop risked. */
export function RMultiple({ position }: { position: Position }) {
  const value = position.rMultiple;
  // Without its first stop on record there is no unit, though there may be a stop.
  if (value === null) return <span className="faint">{position.stop ? "–" : "no stop"}</span>;
  const sign = value > 0 ? "+" : "";
  return (
    <>
      {sign}
      {statistic(value)}
      {THIN}R
    </>
  );
}

function Held({ since, now }: { since: string; now: number | null }) {
  const from = millis(since);
  if (from === null || now === null) return <At at={since} />;
  return <At at={since}>{span(now - from)}</At>;
}

function Sum({ positions, columns }: { positions: readonly Position[]; columns: number }) {
  const notional = total(positions.map((one) => one.notional));
  const funding = total(positions.map((one) => one.funding));
  return (
    <tr>
      <td colSpan={Math.max(1, columns - 4)}>
        {positions.length} open · notional {money(notional)} · funding so far{" "}
        <Pnl value={funding} />
      </td>
      <td className="num">
        <Pnl value={total(positions.map((one) => one.unrealizedPnl))} />
      </td>
      <td colSpan={3} />
    </tr>
  );
}

interface PositionCardProps {
  position: Position;
  now: number | null;
  marksNow: number | null;
}

function PositionCard({ position, now, marksNow }: PositionCardProps) {
  const places = pricePlaces(position);
  return (
    <>
      <div className="r">
        <ArmLabel arm={position.arm} />
        <b className="end">
          <Pnl value={position.unrealizedPnl} />
        </b>
      </div>
      <div className="r">
        <SideMark side={position.side} symbol={position.symbol} />
        <span>
          <Size position={position} />
        </span>
        <span className="end faint">
          <Return value={position.unrealizedReturn} />
        </span>
      </div>
      <div className="r small muted">
        <span>
          {price(position.entryPrice, places)} →{" "}
          <MarkPrice position={position} now={marksNow} places={places} />
        </span>
        <span className="end faint">
          <Held since={position.openedAt} now={now} />
        </span>
      </div>
      <PlanButton position={position} />
    </>
  );
}

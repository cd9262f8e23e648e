/** The leaderboard: controls ranked like anyone, each return with its interval. */

import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useLocation } from "wouter";

import type { Leaderboard } from "../../api/types";
import { useLooks } from "../../arms/context";
import { ArmLabel, LineSample } from "../../arms/label";
import { intervalAxis, IntervalHead, IntervalMark, type IntervalAxis } from "../../charts/interval";
import { chance, count, wholeMoney } from "../../figures/figures";
import { Card } from "../../parts/card";
import { Return } from "../../parts/figure";
import { Tag } from "../../parts/tag";
import { useSome } from "../../shell/preferences";
import { useShortcuts } from "../../shell/shortcuts";
import type { Focus } from "./focus";
import { settled } from "./order";
import { folded, type BoardRow } from "./replicas";

const COLUMNS = [
  { id: "interval", label: "95 % interval" },
  { id: "p", label: "p against the first" },
  { id: "trades", label: "Trades" },
  { id: "nav", label: "NAV" },
] as const;
type ColumnId = (typeof COLUMNS)[number]["id"];
const COLUMN_IDS = COLUMNS.map(({ id }) => id);
const AT_FIRST: readonly ColumnId[] = ["interval", "nav"];

const INTERVAL_WIDTH = 108;
/** Rows that a phone shows before it is asked for all. */
const FIRST_ROWS = 12;

export function Board({ board, focus }: { board: Leaderboard; focus: Focus }) {
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const [all, setAll] = useState(false);
  const [columns, toggle] = useSome("board.columns", COLUMN_IDS, AT_FIRST);
  const { rows, moved } = settled(board.items, held);
  const shown = useMemo(() => folded(rows), [rows]);
  const competitors = board.items.filter((row) => row.arm.kind !== "CONTROL").length;
  const hold = () => setHeld((before) => before ?? board.items.map((row) => row.arm.id));
  const release = () => setHeld(null);
  const axis = useMemo(() => axisOf(board), [board]);
  return (
    <Card
      className="board"
      title="Leaderboard"
      note={`${competitors} competitors, ${board.items.length - competitors} controls`}
      actions={<Columns columns={columns} onToggle={toggle} />}
      footer={<Footer board={board} all={all} onAll={() => setAll(true)} />}
    >
      <div
        onPointerEnter={hold}
        onPointerLeave={release}
        onFocus={hold}
        onBlur={release}
        className={all ? "all-rows" : ""}
      >
        {moved && (
          <button type="button" className="more" onClick={release}>
            Order changed: show it
          </button>
        )}
        <Rows rows={shown} board={board} axis={axis} focus={focus} columns={columns} />
      </div>
    </Card>
  );
}

interface ColumnsProps {
  columns: readonly ColumnId[];
  onToggle: (id: ColumnId) => void;
}

function Columns({ columns, onToggle }: ColumnsProps) {
  return (
    <details className="menu-of wide">
      <summary className="btn quiet">Columns ▾</summary>
      <ul>
        {COLUMNS.map(({ id, label }) => (
          <li key={id}>
            <label>
              <input type="checkbox" checked={columns.includes(id)} onChange={() => onToggle(id)} />
              {label}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}

function axisOf(board: Leaderboard): IntervalAxis {
  const values = board.items.flatMap((row) => [
    row.return ?? 0,
    row.interval?.low ?? 0,
    row.interval?.high ?? 0,
  ]);
  return intervalAxis(values);
}

interface RowsProps {
  rows: readonly BoardRow[];
  board: Leaderboard;
  axis: IntervalAxis;
  focus: Focus;
  columns: readonly ColumnId[];
}

function Rows({ rows, board, axis, focus, columns }: RowsProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [, go] = useLocation();
  const at = () => [...(body.current?.rows ?? [])].findIndex((row) => row.contains(document.activeElement));
  const move = (by: number) => body.current?.rows[Math.max(0, at() + by)]?.focus();
  useShortcuts([
    { keys: "j", words: "Next row", run: () => move(1) },
    { keys: "k", words: "Previous row", run: () => move(-1) },
    {
      keys: "f",
      words: "Focus the arm of the row",
      run: () => {
        const row = rows[at()];
        if (row) focus.toggle(row.arm.id);
      },
    },
  ]);
  function press(event: KeyboardEvent, row: BoardRow) {
    if (event.key === "Enter" && event.target === event.currentTarget) go(`/models/${row.arm.id}`);
  }
  return (
    <table>
      <caption className="sr">
        Return with 95 % interval, sorted by return. An equals sign before the rank: not
        distinguishable from the first.
      </caption>
      <thead>
        <tr>
          <th scope="col" className="num">
            #
          </th>
          <th scope="col">Arm</th>
          <th scope="col" className="num" aria-sort="descending">
            Return ↓
          </th>
          {columns.includes("interval") && (
            <th scope="col">
              <span className="sr">95 % interval, in per cent</span>
              <IntervalHead axis={axis} width={INTERVAL_WIDTH} />
            </th>
          )}
          {columns.includes("p") && (
            <th scope="col" className="num nv" title="Probability of such a difference by chance">
              p
            </th>
          )}
          {columns.includes("trades") && (
            <th scope="col" className="num nv">
              Trades
            </th>
          )}
          {columns.includes("nav") && (
            <th scope="col" className="num nv">
              NAV
            </th>
          )}
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.map((row, place) => (
          <tr
            key={row.arm.id}
            tabIndex={-1}
            className={rowClass(row, place, rows.length, focus)}
            onPointerEnter={() => focus.lift(row.arm.id)}
            onPointerLeave={() => focus.lift(null)}
            onKeyDown={(event) => press(event, row)}
          >
            <Cells row={row} board={board} axis={axis} focus={focus} columns={columns} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function rowClass(row: BoardRow, place: number, rows: number, focus: Focus): string {
  return [
    row.arm.kind === "CONTROL" ? "ctl" : "",
    focus.ids.includes(row.arm.id) ? "foc" : "",
    focus.lifted === row.arm.id ? "lift" : "",
    place >= FIRST_ROWS && place < rows - 1 ? "m-hide" : "",
  ]
    .join(" ")
    .trim();
}

function Cells({ row, board, axis, focus, columns }: { row: BoardRow } & Omit<RowsProps, "rows">) {
  const look = useLooks().look(row.arm);
  const inFocus = focus.ids.includes(row.arm.id);
  return (
    <>
      <td className="rk">
        <button
          type="button"
          className="plain rank"
          aria-pressed={inFocus}
          title={inFocus ? "Take out of focus" : "Bring into focus"}
          onClick={() => focus.toggle(row.arm.id)}
        >
          {row.tied && row.rank > 1 && <span className="faint">=</span>}
          {row.rank}
        </button>
      </td>
      <td className="who">
        {row.replicas > 1 ? <Replicas row={row} /> : <ArmLabel arm={row.arm} />}
        {row.haltedReason && (
          <span title={row.haltedReason}>
            <Tag tone="warn">halted</Tag>
          </span>
        )}
        {row.missed > 0 && (
          <span title={`${row.missed} missed cycles`}>
            <Tag tone="warn">○ {row.missed}</Tag>
          </span>
        )}
      </td>
      <td className="num">
        <Return value={row.return} />
      </td>
      {columns.includes("interval") && (
        <td className="ci" title={row.tooLittle ?? undefined}>
          <IntervalMark
            axis={axis}
            width={INTERVAL_WIDTH}
            value={row.return}
            interval={row.interval}
            benchmark={board.sentence.holdReturn}
            color={look.color}
            hollow={look.control}
          />
        </td>
      )}
      {columns.includes("p") && <td className="num nv">{chance(row.pValueVsFirst)}</td>}
      {columns.includes("trades") && <td className="num nv">{count(row.trades)}</td>}
      {columns.includes("nav") && <td className="num nv">{wholeMoney(row.nav)}</td>}
    </>
  );
}

function Replicas({ row }: { row: BoardRow }) {
  return (
    <span className="arm" title={`The middle one of ${row.replicas}`}>
      <LineSample arm={row.arm} />
      <span className="muted">
        {row.arm.name} ×{row.replicas}
      </span>
    </span>
  );
}

function Footer({ board, all, onAll }: { board: Leaderboard; all: boolean; onAll: () => void }) {
  const { method, sentence } = board;
  return (
    <>
      {!all && board.items.length > FIRST_ROWS + 1 && (
        <button type="button" className="link narrow" onClick={onAll}>
          Show all {board.items.length} arms
        </button>
      )}
      {sentence.tooLittle ? (
        <>Intervals: {sentence.tooLittle}.</>
      ) : (
        <>
          “=” cannot be told apart from #1. Whisker: {Math.round(method.confidence * 100)} %
          interval, {method.meanBlockHours} h block bootstrap.
        </>
      )}{" "}
      Dashed: holding.
    </>
  );
}

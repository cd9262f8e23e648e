/** What every arm saw: the newest values of one symbol by timeframe, and the whole of it on demand. */

import { useState } from "react";

import { useObservation } from "../../api/queries";
import type { Invocation } from "../../api/types";
import { exact, percent } from "../../figures/figures";
import { At } from "../../parts/figure";
import { Loaded } from "../../parts/states";
import { Part } from "./part";

interface Timeframe {
  minutes: number;
  lines: Record<string, (string | null)[]>;
}

interface Observed {
  symbol: string;
  mark: string | null;
  isStale: boolean;
  change24h: string | null;
  spreadBps: string | null;
  funding: { rate: string } | null;
  timeframes: Timeframe[];
}

interface ObservationProps {
  cycle: NonNullable<Invocation["cycle"]>;
  /** Of the first call: what it is about is shown first. */
  symbol: string | null;
}

export function Observation({ cycle, symbol }: ObservationProps) {
  const query = useObservation(cycle.id, cycle.hasObservation);
  return (
    <Part id="saw" title="Observation" note="shared by all arms" after="+0.00 s">
      <div className="body">
        <p className="muted">
          What every arm saw in the cycle of <At at={cycle.scheduledAt} />. Nothing in it is newer.
        </p>
      </div>
      {cycle.hasObservation && (
        <Loaded query={query} what="The observation" rows={6}>
          {(data) => <Seen all={symbolsOf(data)} first={symbol} whole={data} />}
        </Loaded>
      )}
      {cycle.observationHash && (
        <footer>
          <code>sha256 {cycle.observationHash.slice(0, 16)}…</code>
        </footer>
      )}
    </Part>
  );
}

function symbolsOf(data: Record<string, unknown>): Observed[] {
  const symbols = data["symbols"];
  return Array.isArray(symbols) ? (symbols as Observed[]) : [];
}

interface SeenProps {
  all: Observed[];
  first: string | null;
  whole: Record<string, unknown>;
}

function Seen({ all, first, whole }: SeenProps) {
  const [chosen, choose] = useState(first);
  const [open, setOpen] = useState(false);
  const seen = all.find((one) => one.symbol === chosen) ?? all[0];
  return (
    <>
      {seen && (
        <>
          <div className="body seen-head">
            <select
              className="select"
              aria-label="Symbol"
              value={seen.symbol}
              onChange={(event) => choose(event.target.value)}
            >
              {all.map((one) => (
                <option key={one.symbol}>{one.symbol}</option>
              ))}
            </select>
            <span>
              Mark <b className="num">{exact(seen.mark)}</b>
            </span>
            <span>24 h {percent(seen.change24h)}</span>
            {seen.funding && <span>funding {percent(seen.funding.rate, 4)}</span>}
            {seen.spreadBps !== null && <span>spread {exact(seen.spreadBps)} bps</span>}
            {seen.isStale && <span className="warn">its mark was stale</span>}
          </div>
          <Lines seen={seen} />
        </>
      )}
      <details className="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Show the whole observation</summary>
        {open && (
          <div className="body">
            <pre className="prompt code" tabIndex={0}>
              {JSON.stringify(whole, null, 1)}
            </pre>
          </div>
        )}
      </details>
    </>
  );
}

/** Of each kind one: trend, strength, momentum, range, volume. */
const TELLING = ["ema20", "ema50", "adx14", "rsi14", "macd_histogram", "atr14", "relative_volume"];

/** The newest value of each indicator, by timeframe. */
function Lines({ seen }: { seen: Observed }) {
  const [all, showAll] = useState(false);
  const frames = seen.timeframes.toSorted((left, right) => left.minutes - right.minutes);
  const known = [...new Set(frames.flatMap((frame) => Object.keys(frame.lines)))].toSorted();
  const names = all ? known : TELLING.filter((name) => known.includes(name));
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={`Indicators of ${seen.symbol}`}>
      <table className="dense">
        <caption className="sr">Newest indicators of {seen.symbol} by timeframe</caption>
        <thead>
          <tr>
            <th scope="col">Indicator</th>
            {frames.map((frame) => (
              <th key={frame.minutes} scope="col" className="num">
                {lengthWords(frame.minutes)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{name.replaceAll("_", " ")}</th>
              {frames.map((frame) => (
                <td key={frame.minutes} className="num">
                  {exact(frame.lines[name]?.at(-1))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {!all && known.length > names.length && (
        <button type="button" className="btn quiet all" onClick={() => showAll(true)}>
          All {known.length} indicators
        </button>
      )}
    </div>
  );
}

function lengthWords(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

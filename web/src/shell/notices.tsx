/** Bars under the header, on every page: real money, and a stream that is down. */

import { usePositions, useRun } from "../api/queries";
import { useLive } from "../events/provider";
import { age, second } from "../figures/time";
import { useOurClock } from "./clock";

export function Notices() {
  const run = useRun().data;
  return (
    <>
      {run?.mode === "LIVE" && <LiveBar market={run.market} arms={run.arms} />}
      <Disconnected />
    </>
  );
}

function LiveBar({ market, arms }: { market: string | null; arms: number }) {
  const positions = usePositions().data?.items.length;
  return (
    <div className="livebar" role="status">
      <b>LIVE MONEY</b>
      {market && <span>{market}</span>}
      <span>{arms} accounts</span>
      {positions !== undefined && <strong>{positions} positions</strong>}
      <span className="lo">every order on this page is real</span>
    </div>
  );
}

function Disconnected() {
  const { connection, retry } = useLive();
  const now = useOurClock();
  if (connection.state !== "down") return null;
  const wait = Math.max(0, Math.ceil(((connection.nextTryAt ?? now) - now) / 1000));
  return (
    <p className="strip is-warn under-header" role="alert">
      <span>
        <b>
          ○ The stream is down since {second(connection.since)} ({age(now - connection.since)}).
        </b>{" "}
        Figures below are of that moment. Next try in {wait} s.
      </span>{" "}
      <button type="button" className="link" onClick={retry}>
        Try now
      </button>
    </p>
  );
}

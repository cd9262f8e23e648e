/** One decision: what was seen, asked, allowed and got, then the whole chain. */

import "../../lists/lists.css";
import "./invocation.css";

import { Link, useLocation } from "wouter";

import { useInvocation, usePositions, useTrade } from "../../api/queries";
import type { Invocation } from "../../api/types";
import { ArmLabel } from "../../arms/label";
import { armTitle } from "../../arms/look";
import { ExitPlanBar } from "../../charts/exit-plan-bar";
import { count, money, signedMoney as signed } from "../../figures/figures";
import { traded } from "../../lists/traded";
import { took } from "../../figures/time";
import { Card } from "../../parts/card";
import { At, Pnl, Return } from "../../parts/figure";
import { Pairs } from "../../parts/pairs";
import { triggerWords } from "../../parts/side";
import { Loaded } from "../../parts/states";
import { Tag } from "../../parts/tag";
import { address } from "../../api/client";
import { useShortcuts } from "../../shell/shortcuts";
import { useTitle } from "../../shell/title";
import { answers, heading } from "./chain";
import { TimeSpent } from "./time-spent";
import { Timeline } from "./timeline";

export default function InvocationPage({ id }: { id: string }) {
  const query = useInvocation(id);
  return (
    <Loaded query={query} what="The decision" rows={10}>
      {(invocation) => <Decision invocation={invocation} />}
    </Loaded>
  );
}

function Decision({ invocation }: { invocation: Invocation }) {
  const { arm, at, steps, durationMs } = invocation;
  useTitle(heading(invocation));
  return (
    <>
      <p className="crumb">
        <Link href={`/models/${arm.id}`}>{armTitle(arm)}</Link> / Decisions
      </p>
      <div className="pagehead">
        <h1>{heading(invocation)}</h1>
        <ArmLabel arm={arm} />
        <span className="faint small">
          <At at={at} /> UTC{durationMs !== null && ` · ${took(durationMs)}`}
          {steps !== null && ` · ${steps} steps`}
        </span>
        <span className="spacer" />
        <Neighbours invocation={invocation} />
      </div>
      <Summary invocation={invocation} />
      <div className="invocation-layout">
        <Timeline invocation={invocation} />
        <aside>
          <Outcome invocation={invocation} />
          <TimeSpent invocation={invocation} />
          {invocation.tokensIn !== null && <Cost invocation={invocation} />}
          <RecordCard invocation={invocation} />
        </aside>
      </div>
    </>
  );
}

function Neighbours({ invocation }: { invocation: Invocation }) {
  const { previousId, nextId } = invocation;
  const [, go] = useLocation();
  useShortcuts([
    { keys: "[", words: "Previous decision", run: () => previousId && go(`/invocations/${previousId}`) },
    { keys: "]", words: "Next decision", run: () => nextId && go(`/invocations/${nextId}`) },
  ]);
  if (!previousId && !nextId) return null;
  return (
    <nav aria-label="Decisions beside this one">
      {previousId && (
        <Link className="btn" href={`/invocations/${previousId}`}>
          ← Previous
        </Link>
      )}
      {nextId && (
        <Link className="btn" href={`/invocations/${nextId}`}>
          Next →
        </Link>
      )}
    </nav>
  );
}

function Summary({ invocation }: { invocation: Invocation }) {
  const { asked, allowed, rules, shrunk, got } = answers(invocation);
  return (
    <div className="card sum">
      <a href="#saw">
        <small>1 Saw</small>
        <b>{invocation.cycle ? "one observation" : "not on record"}</b>
        <span>{invocation.cycle ? "the same for every arm" : ""}</span>
      </a>
      <a href="#step-1">
        <small>2 Asked</small>
        <b>{asked}</b>
      </a>
      <a href="#calls">
        <small>3 Was allowed</small>
        <b className={shrunk ? "warn" : ""}>
          {shrunk && "◐ "}
          {allowed}
        </b>
        <span>{rules}</span>
      </a>
      <a href="#orders">
        <small>4 Got</small>
        <b>{got}</b>
      </a>
    </div>
  );
}

/** The order that the decision opened, or closed. */
function Outcome({ invocation }: { invocation: Invocation }) {
  const call = invocation.calls.find((one) => one.filled.length > 0);
  const orderId = call && traded(call.filled)?.orderId;
  const positions = usePositions({ model: invocation.arm.id });
  const position = positions.data?.items.find((one) => one.id === orderId);
  if (!orderId || !positions.data) return null;
  if (!position) return <Closed orderId={orderId} />;
  return (
    <Card title="What came of it" actions={<Tag tone="info">● still open</Tag>}>
      <div className="body">
        <p className="came">
          <Pnl value={position.unrealizedPnl} />{" "}
          <span className="faint small">
            <Return value={position.unrealizedReturn} />
            {position.rMultiple !== null && ` · ${signed(position.rMultiple)} R`}
          </span>
        </p>
        <ExitPlanBar position={position} />
        <Pairs
          pairs={[
            ["Funding so far", <Pnl key="funding" value={position.funding} />],
            ["Fees so far", money(position.fees)],
            ["Stop moved", position.stopMoves === null ? "not on record" : `${position.stopMoves} ×`],
          ]}
        />
      </div>
    </Card>
  );
}

function Closed({ orderId }: { orderId: string }) {
  const trade = useTrade(orderId).data;
  if (!trade) return null;
  return (
    <Card title="What came of it" actions={<Tag>closed</Tag>}>
      <div className="body">
        <p className="came">
          <Pnl value={trade.netPnl} />
        </p>
        <Pairs
          pairs={[
            ["Price P&L", <Pnl key="gross" value={trade.grossPnl} />],
            ["Funding", <Pnl key="funding" value={trade.funding} />],
            ["Fees", money(trade.fees)],
            ["Closed by", triggerWords(trade.closeTrigger)],
            ["Closed", <At key="at" at={trade.closedAt} />],
          ]}
        />
      </div>
    </Card>
  );
}

function Cost({ invocation }: { invocation: Invocation }) {
  return (
    <Card title="Cost">
      <div className="body">
        <Pairs
          pairs={[
            ["Tokens in", count(invocation.tokensIn)],
            ["Tokens out", count(invocation.tokensOut)],
            ["Cost", money(invocation.cost, 4)],
          ]}
        />
      </div>
    </Card>
  );
}

function RecordCard({ invocation }: { invocation: Invocation }) {
  const { servedBy, promptHash, finishReason, id } = invocation;
  const served = [servedBy?.provider, servedBy?.model].filter(Boolean).join(" · ");
  return (
    <Card title="Record">
      <div className="body">
        <Pairs
          pairs={[
            ["Served by", served || "not on record"],
            ["Ended", finishReason ?? "–"],
            ["Prompt", <code key="hash">{promptHash?.slice(0, 12) ?? "–"}</code>],
            [
              "Response",
              <a key="raw" className="link" href={address(`invocations/${id}/payload`)}>
                raw JSON
              </a>,
            ],
          ]}
        />
      </div>
    </Card>
  );
}

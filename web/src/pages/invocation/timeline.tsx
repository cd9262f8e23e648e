/** The chain as a timeline that anyone can follow. */

import { useState, type ReactNode } from "react";

import { useObservation, usePromptAsSent } from "../../api/queries";
import type { Call, Invocation } from "../../api/types";
import { count, exact, money } from "../../figures/figures";
import { millis, took } from "../../figures/time";
import { CallLine } from "../../lists/calls";
import { At } from "../../parts/figure";
import { Markdown } from "../../parts/markdown";
import { PromptText } from "../../parts/prompt-text";
import { Loaded } from "../../parts/states";
import { outcomeOf, Tag } from "../../parts/tag";
import { loose, steps, type StepWithCalls } from "./chain";
import { Comparison } from "./comparison";

type Tone = "" | "is-bad" | "is-warn" | "is-ok";

export function Timeline({ invocation }: { invocation: Invocation }) {
  const rest = loose(invocation);
  const parts: ReactNode[] = [
    invocation.cycle && <Observation key="saw" cycle={invocation.cycle} />,
    <PromptSent key="prompt" invocation={invocation} />,
    ...steps(invocation).map((one) => <Step key={one.step.number} part={one} />),
    rest.length > 0 && <Actions key="calls" calls={rest} />,
    invocation.intents.length > 0 && <Orders key="orders" invocation={invocation} />,
    <Answer key="answer" invocation={invocation} />,
  ];
  return (
    <ol className="tl" aria-label="Chain of the decision">
      {parts}
    </ol>
  );
}

interface PartProps {
  id: string;
  title: string;
  note?: ReactNode;
  /** Where it stands on the axis of time. */
  after?: string;
  tone?: Tone;
  children: ReactNode;
}

function Part({ id, title, note, after, tone = "", children }: PartProps) {
  return (
    <li className={`st ${tone}`} id={id}>
      <div className="t">
        <span>{after}</span>
      </div>
      <div className="card">
        <header>
          <h2>{title}</h2>
          <span className="spacer" />
          <span className="faint small">{note}</span>
        </header>
        {children}
      </div>
    </li>
  );
}

function Observation({ cycle }: { cycle: NonNullable<Invocation["cycle"]> }) {
  const [open, setOpen] = useState(false);
  const query = useObservation(cycle.id, open);
  return (
    <Part id="saw" title="Observation" note="shared by all arms" after="+0.00 s">
      <div className="body">
        <p className="muted">
          What every arm saw in the cycle of <At at={cycle.scheduledAt} />. Nothing in it is newer.
        </p>
        {cycle.observationHash && (
          <p className="small faint">
            <code>sha256 {cycle.observationHash.slice(0, 16)}…</code>
          </p>
        )}
      </div>
      {cycle.hasObservation && (
        <details className="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>Show the whole observation</summary>
          {open && (
            <Loaded query={query} what="The observation">
              {(data) => (
                <div className="body">
                  <pre className="prompt code" tabIndex={0}>
                    {JSON.stringify(data, null, 1)}
                  </pre>
                </div>
              )}
            </Loaded>
          )}
        </details>
      )}
    </Part>
  );
}

function PromptSent({ invocation }: { invocation: Invocation }) {
  const [open, setOpen] = useState(false);
  const query = usePromptAsSent(invocation.id, open);
  if (!invocation.promptHash) return null;
  const first = invocation.stepsDetail[0]?.tokensIn;
  return (
    <Part id="prompt" title="Prompt" note={<code>{invocation.promptHash.slice(0, 12)}</code>}>
      <div className="body">
        <p>
          The instructions with the observation above.{" "}
          {first != null && <span className="muted">{count(first)} tokens in the first call.</span>}
        </p>
      </div>
      <details className="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Show the prompt as sent</summary>
        {open && <PromptText query={query} />}
      </details>
    </Part>
  );
}

function Step({ part }: { part: StepWithCalls }) {
  const { step, calls, unrecorded, afterMs } = part;
  const tokens = step.tokensOut === null ? "" : ` · ${count(step.tokensOut)} tokens out`;
  return (
    <Part
      id={`step-${step.number}`}
      title={`Step ${step.number}: ${stepWords(calls, unrecorded)}`}
      note={took(step.durationMs) + tokens}
      after={`+${(afterMs / 1000).toFixed(2)} s`}
      tone={toneOf(calls)}
    >
      <div className="body">
        {step.text && (
          <blockquote>
            <Markdown text={step.text} />
          </blockquote>
        )}
        {unrecorded.map((name, place) => (
          <p className="call" key={place}>
            <Tag>read only</Tag> <code>{name}</code>
          </p>
        ))}
        <ol className="calls">
          {calls.map((call) => (
            <CallLine key={call.id} call={call} />
          ))}
        </ol>
      </div>
      {calls.filter(isOrder).map((call) => (
        <Comparison key={call.id} call={call} />
      ))}
    </Part>
  );
}

const isOrder = (call: Call) => call.type !== "HOLDING" && !call.denied && !call.unusable;

function toneOf(calls: readonly Call[]): Tone {
  const outcomes = calls.map(outcomeOf);
  if (outcomes.some((one) => ["denied", "unusable", "rejected"].includes(one))) return "is-bad";
  if (outcomes.includes("shrunk") || outcomes.includes("unknown")) return "is-warn";
  return outcomes.includes("filled") ? "is-ok" : "";
}

function stepWords(calls: readonly Call[], unrecorded: readonly string[]): string {
  const outcome = calls.map(outcomeOf)[0];
  if (outcome === "shrunk" || outcome === "filled") return "asked, allowed, filled";
  if (outcome) return outcome;
  return unrecorded.length > 0 ? "looks closer" : "thinks";
}

function Actions({ calls }: { calls: readonly Call[] }) {
  return (
    <Part id="calls" title="Actions" tone={toneOf(calls)}>
      <div className="body">
        <ol className="calls">
          {calls.map((call) => (
            <CallLine key={call.id} call={call} />
          ))}
        </ol>
      </div>
      {calls.filter(isOrder).map((call) => (
        <Comparison key={call.id} call={call} />
      ))}
    </Part>
  );
}

function Orders({ invocation }: { invocation: Invocation }) {
  const { intents, fills } = invocation;
  const filled = intents.some((intent) => intent.state === "FILLED");
  return (
    <Part id="orders" title="Orders" note={`${intents.length} sent`} tone={filled ? "is-ok" : ""}>
      <div className="scroll" tabIndex={0} role="region" aria-label="Orders">
        <table className="dense">
          <caption className="sr">Orders that this decision sent, and what filled</caption>
          <thead>
            <tr>
              <th scope="col">Purpose</th>
              <th scope="col">Order</th>
              <th scope="col" className="num">
                Quantity
              </th>
              <th scope="col">State</th>
              <th scope="col" className="num">
                Filled at
              </th>
              <th scope="col" className="num">
                Fee
              </th>
              <th scope="col">Client order index</th>
            </tr>
          </thead>
          <tbody>
            {intents.map((intent) => {
              const fill = fills.find((one) => one.intentId === intent.id);
              return (
                <tr key={intent.id}>
                  <td>{intent.purpose}</td>
                  <td>
                    {intent.side} <b>{intent.symbol}</b> {intent.orderType.toLowerCase()}
                  </td>
                  <td className="num">{exact(intent.quantity)}</td>
                  <td>
                    <Tag tone={intent.state === "UNKNOWN" ? "warn" : "plain"}>{intent.state}</Tag>{" "}
                    {intent.reason}
                  </td>
                  <td className="num">{fill ? exact(fill.price) : "–"}</td>
                  <td className="num">{fill ? money(fill.fee) : "–"}</td>
                  <td>
                    <code>{intent.clientOrderIndex}</code>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Part>
  );
}

function Answer({ invocation }: { invocation: Invocation }) {
  const { response, failure, finishedAt, at, warnings } = invocation;
  const length = (millis(finishedAt) ?? NaN) - (millis(at) ?? NaN);
  const after = Number.isFinite(length) ? { after: `+${(length / 1000).toFixed(2)} s` } : {};
  return (
    <Part id="answer" title={failure ? "What went wrong" : "Answer"} {...after}>
      <div className="body">
        {failure && (
          <p className="strip is-error">
            <b>{failure.kind}</b> {failure.words}
          </p>
        )}
        {response ? <Markdown text={response} /> : <p className="faint">No words.</p>}
        {warnings.map((warning) => (
          <p className="strip is-warn" key={warning}>
            {warning}
          </p>
        ))}
      </div>
      <footer>Its own words, shown as text.</footer>
    </Part>
  );
}

/** The chain as a timeline that anyone can follow. */

import { useState, type ReactNode } from "react";

import { usePromptAsSent } from "../../api/queries";
import type { Call, Invocation } from "../../api/types";
import { total } from "../../figures/decimal";
import { count, exact, money } from "../../figures/figures";
import { millis, took } from "../../figures/time";
import { argument, CallLine } from "../../lists/calls";
import { traded } from "../../lists/traded";
import { Markdown } from "../../parts/markdown";
import { PromptText } from "../../parts/prompt-text";
import { outcomeOf, Tag } from "../../parts/tag";
import { furthest, loose, steps, type StepWithCalls } from "./chain";
import { Comparison } from "./comparison";
import { Observation } from "./observation";
import { Part, type Tone } from "./part";

export function Timeline({ invocation }: { invocation: Invocation }) {
  const rest = loose(invocation);
  const symbol = argument(furthest(invocation)?.asked ?? null, "symbol");
  const parts: ReactNode[] = [
    invocation.cycle && <Observation key="saw" cycle={invocation.cycle} symbol={symbol} />,
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
              const parts = fills.filter((one) => one.intentId === intent.id);
              const fill = traded(parts);
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
                  <td className="num">{fill ? money(total(parts.map((one) => one.fee))) : "–"}</td>
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

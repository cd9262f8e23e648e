/** A tool call on one line: what was asked, what the policy left of it, what filled. */

import type { Call } from "../api/types";
import { exact, money, multiple } from "../figures/figures";
import { At } from "../parts/figure";
import { OutcomeTag, outcomeOf } from "../parts/tag";

export function Calls({ calls }: { calls: readonly Call[] }) {
  if (calls.length === 0) return null;
  return (
    <ol className="calls">
      {calls.map((call) => (
        <CallLine key={call.id} call={call} />
      ))}
    </ol>
  );
}

export function CallLine({ call }: { call: Call }) {
  const outcome = outcomeOf(call);
  return (
    <li>
      <OutcomeTag outcome={outcome} />
      <code>{call.action || call.type.toLowerCase()}</code>
      <Asked call={call} />
      {call.denied && (
        <span className="why">
          <code>{call.denied.rule}</code> {call.denied.reason}
        </span>
      )}
      {call.unusable && <span className="why">{call.unusable}</span>}
      {call.changes.length > 0 && (
        <span className="why">{call.changes.map((change) => change.rule).join(", ")}</span>
      )}
      {call.filled.map((fill) => (
        <span key={fill.orderId + fill.at} className="why">
          ✓ {fill.side} {exact(fill.quantity)} at {exact(fill.price)}, <At at={fill.at} />
        </span>
      ))}
      {call.late && <span className="why">answered after the minute it was asked in</span>}
    </li>
  );
}

/** Any value that an argument may have, as text. */
export function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return JSON.stringify(value);
}

/** The arguments of a call, those of its exit plan among them. */
export function flat(values: Record<string, unknown> | null): Record<string, unknown> | null {
  const plan = values?.["exitPlan"];
  return values && typeof plan === "object" ? { ...plan, ...values } : values;
}

/** The argument under any of `names`; APIs and agents write them in two ways. */
export function argument(values: Record<string, unknown> | null, ...names: string[]) {
  for (const name of names) {
    const found = asText(values?.[name]);
    if (found !== null) return found;
  }
  return null;
}

function Asked({ call }: { call: Call }) {
  const { allowed } = call;
  const asked = flat(call.asked);
  const quantity = argument(asked, "quantity");
  const leverage = argument(asked, "leverage");
  const stop = argument(asked, "stop", "stopLoss", "stop_loss");
  const reason = argument(asked, "reason");
  const notional = argument(asked, "notional");
  const symbol = argument(asked, "symbol");
  return (
    <span>
      {symbol} {argument(asked, "side")}{" "}
      {quantity && <Changed before={exact(quantity)} after={changedTo(allowed, "quantity", exact)} />}
      {leverage && (
        <>
          {" at "}
          <Changed before={multiple(leverage)} after={changedTo(allowed, "leverage", multiple)} />
        </>
      )}
      {stop && `, stop ${exact(stop)}`}
      {notional && !quantity && ` for ${money(notional)}`}
      {!quantity && reason && `${symbol ? ", " : ""}${reason}`}
    </span>
  );
}

function changedTo(
  allowed: Record<string, unknown> | null,
  name: string,
  write: (text: string) => string,
): string | null {
  const value = argument(allowed, name);
  return value === null ? null : write(value);
}

function Changed({ before, after }: { before: string; after: string | null }) {
  if (after === null || after === before) return <>{before}</>;
  return (
    <>
      <del>{before}</del> <ins>{after}</ins>
    </>
  );
}

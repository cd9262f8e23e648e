/** Asked, allowed and filled side by side: what the policy and the venue made of an order. */

import type { Call } from "../../api/types";
import { exact, money, multiple, signedMoney } from "../../figures/figures";
import { parse, plus, negated, text, times } from "../../figures/decimal";
import { argument, flat } from "../../lists/calls";
import { traded } from "../../lists/traded";

type Row = readonly [string, string | null, string | null, string | null];

function amount(values: Record<string, unknown> | null): string | null {
  const notional = argument(values, "notional");
  return notional === null ? null : money(notional);
}

/** What opened makes or loses if it ends at its stop; what the order closed has no stop any more. */
function resultAtStop(call: Call, stop: string | null): string | null {
  const last = call.filled.at(-1);
  const fill = traded(call.filled.filter((part) => part.orderId === last?.orderId));
  const [size, end, spent] = [fill?.quantity, stop, fill?.notional].map((one) => parse(one ?? ""));
  if (!fill || !size || !end || !spent) return null;
  const difference = plus(times(size, end), negated(spent));
  return text(fill.side === "BUY" ? difference : negated(difference));
}

export function Comparison({ call }: { call: Call }) {
  const fill = traded(call.filled);
  const asked = flat(call.asked);
  const allowed = call.denied || call.unusable ? null : { ...asked, ...flat(call.allowed) };
  const loss = call.type === "CREATE_POSITION" ? resultAtStop(call, argument(asked, "stop")) : null;
  const both = (name: string, write: (text: string) => string, ...names: string[]) => {
    const read = (values: Record<string, unknown> | null) => {
      const value = argument(values, ...names);
      return value === null ? null : write(value);
    };
    return [name, read(asked), read(allowed)] as const;
  };
  const rows: Row[] = [
    [...both("Side", String, "side"), fill?.side ?? null],
    [...both("Quantity", exact, "quantity"), fill ? exact(fill.quantity) : null],
    // What is left of a shrunk order is told by its quantity: the notional is as asked, or not said.
    ["Notional", amount(call.asked), amount(call.allowed), fill && money(fill.notional)],
    [...both("Leverage", multiple, "leverage"), null],
    [
      fill?.isAverage ? "Price, average" : "Price",
      "market",
      allowed ? "market" : null,
      fill && exact(fill.price),
    ],
    [...both("Stop", exact, "stop", "stopLoss", "stop_loss"), null],
    [...both("Target", exact, "target", "profitTarget", "profit_target"), null],
    ["At the stop, fees apart", null, null, loss && signedMoney(loss)],
  ];
  const shown = rows.filter((row) => row.slice(1).some((one) => one !== null));
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Asked, allowed, filled">
      <table className="diff">
        <caption className="sr">What was asked, what the policy allowed, what filled</caption>
        <thead>
          <tr>
            <td />
            <th scope="col" className="num">
              The model asked
            </th>
            <th scope="col" className="num">
              The policy allowed
            </th>
            <th scope="col" className="num">
              The venue filled
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(([name, before, after, filled]) => {
            const changed = allowed !== null && before !== null && after !== null && before !== after;
            return (
              <tr key={name} className={changed ? "ch" : ""}>
                <th scope="row">{name}</th>
                <td className="num">{changed ? <del>{before}</del> : (before ?? "–")}</td>
                <td className="num">{changed ? <ins>{after}</ins> : (after ?? "–")}</td>
                <td className="num">{filled ?? "–"}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

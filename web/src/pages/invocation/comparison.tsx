/** Asked, allowed and filled side by side: what the policy and the venue made of an order. */

import type { Call } from "../../api/types";
import { exact, money, multiple } from "../../figures/figures";
import { argument } from "../../lists/calls";

type Row = readonly [string, string | null, string | null, string | null];

function amount(values: Record<string, unknown> | null): string | null {
  const notional = argument(values, "notional");
  return notional === null ? null : money(notional);
}

export function Comparison({ call }: { call: Call }) {
  const fill = call.filled[0];
  const allowed = call.denied || call.unusable ? null : { ...call.asked, ...call.allowed };
  const both = (name: string, write: (text: string) => string, ...names: string[]) => {
    const read = (values: Record<string, unknown> | null) => {
      const value = argument(values, ...names);
      return value === null ? null : write(value);
    };
    return [name, read(call.asked), read(allowed)] as const;
  };
  const rows: Row[] = [
    [...both("Side", String, "side"), fill?.side ?? null],
    [...both("Quantity", exact, "quantity"), fill ? exact(fill.quantity) : null],
    // What is left of a shrunk order is told by its quantity: the notional is as asked, or not said.
    ["Notional", amount(call.asked), amount(call.allowed), null],
    [...both("Leverage", multiple, "leverage"), null],
    ["Price", "market", allowed ? "market" : null, fill ? exact(fill.price) : null],
    [...both("Stop", exact, "stop", "stopLoss", "stop_loss"), null],
    [...both("Target", exact, "target", "profitTarget", "profit_target"), null],
  ];
  const shown = rows.filter(([, asked, after]) => asked !== null || after !== null);
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
          {shown.map(([name, asked, after, filled]) => {
            const changed = allowed !== null && after !== null && asked !== after;
            return (
              <tr key={name} className={changed ? "ch" : ""}>
                <th scope="row">{name}</th>
                <td className="num">{changed ? <del>{asked}</del> : asked}</td>
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

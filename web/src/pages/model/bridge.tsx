/** How the NAV adds up: every part, and whether the audit agreed. */

import { useBridge } from "../../api/queries";
import type { NavBridge } from "../../api/types";
import { money, signOf } from "../../figures/figures";
import { Card } from "../../parts/card";
import { At, Pnl } from "../../parts/figure";
import { Loaded } from "../../parts/states";
import { Tag } from "../../parts/tag";

export function Bridge({ id }: { id: string }) {
  const query = useBridge(id);
  return (
    <Card
      className="o3"
      title="How the NAV adds up"
      actions={query.data && <Audited bridge={query.data} />}
    >
      <Loaded query={query} what="The NAV’s parts" rows={7}>
        {(bridge) => <BridgeTable bridge={bridge} />}
      </Loaded>
    </Card>
  );
}

function Audited({ bridge }: { bridge: NavBridge }) {
  const { difference, lastAudit } = bridge;
  if (difference === null) return <Tag>a mark is missing</Tag>;
  if (signOf(difference) !== "none") {
    return <Tag tone="loss">✕ off by {money(difference)}</Tag>;
  }
  if (!lastAudit) return <Tag>not audited yet</Tag>;
  return (
    <Tag tone={lastAudit.clean ? "gain" : "loss"}>
      {lastAudit.clean ? "✓ audited " : "✕ audit failed "}
      <At at={lastAudit.at} />
    </Tag>
  );
}

/** Parts that were zero all along are left out, except those that everybody looks for. */
const ALWAYS = new Set(["Price P&L of closed trades", "Fees", "Unrealized"]);

export function BridgeTable({ bridge }: { bridge: NavBridge }) {
  const parts: [string, string | null][] = [
    ["Price P&L of closed trades", bridge.grossPnlClosed],
    ["Fees", bridge.feesTotal],
    ["Liquidation fees", bridge.liquidationFees],
    ["Funding on closed trades", bridge.fundingClosed],
    ["Unrealized", bridge.unrealized],
    ["Funding on open positions", bridge.fundingOpen],
    ["Deposits and withdrawals", bridge.deposits],
    ["Shortfall", bridge.shortfall],
    ["As another client booked it", bridge.adopted],
  ];
  return (
    <table className="bridge">
      <caption className="sr">How the NAV adds up</caption>
      <tbody>
        <tr>
          <th scope="row">Starting capital</th>
          <td className="num">{money(bridge.startingCapital)}</td>
        </tr>
        {parts
          .filter(([name, amount]) => ALWAYS.has(name) || signOf(amount) !== "none")
          .map(([name, amount]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="num">
                <Pnl value={amount} />
              </td>
            </tr>
          ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">NAV</th>
          <td className="num">{money(bridge.nav)}</td>
        </tr>
        {signOf(bridge.inference) !== "none" && (
          <>
            <tr className="after">
              <th scope="row">Inference</th>
              <td className="num">{money(bridge.inference)}</td>
            </tr>
            <tr className="after">
              <th scope="row">NAV after inference</th>
              <td className="num">{money(bridge.navNet)}</td>
            </tr>
          </>
        )}
      </tfoot>
    </table>
  );
}

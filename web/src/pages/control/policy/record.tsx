/** What a change would have done to entries, and the versions that a policy has had. */

import { Link } from "wouter";

import type { ArmPolicy, PolicyPreview } from "../../../api/types";
import { ABSENT, exact } from "../../../figures/figures";
import { At } from "../../../parts/figure";
import { limitWords, ruleOf } from "./limits";

export function Examples({ preview }: { preview: PolicyPreview }) {
  if (preview.examples.length === 0) return null;
  return (
    <details className="small">
      <summary>Which ones</summary>
      <ul className="examples">
        {preview.examples.map((one) => (
          <li key={one.toolCallId}>
            <Link className="link" href={`/invocations/${one.invocationId}`}>
              <At at={one.at} />
            </Link>{" "}
            {one.side} <b>{one.symbol}</b>{" "}
            {one.outcome === "unknown" ? (
              <span className="faint">{one.reason}</span>
            ) : (
              <>
                <del>{one.allowed === null ? "denied" : exact(one.allowed)}</del>{" "}
                <ins>{one.would === null ? "denied" : exact(one.would)}</ins>{" "}
                {one.rule && <code>{one.rule}</code>}
              </>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

export function Versions({ policy }: { policy: ArmPolicy }) {
  if (policy.history.length < 2) return null;
  return (
    <details className="fold">
      <summary>Versions</summary>
      <ul className="body small examples">
        {policy.history.map((version, place) => (
          <li key={version.version}>
            <b>v{version.version}</b> <At at={version.at} />, {version.who}: {version.reason ?? ABSENT}{" "}
            <span className="faint">{difference(policy, place)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What a version changed of the one before it. */
function difference(policy: ArmPolicy, place: number): string {
  const [mine, before] = [policy.history[place], policy.history[place + 1]];
  if (!mine || !before) return "";
  return Object.keys(mine.limits)
    .filter((name) => mine.limits[name] !== before.limits[name])
    .map((name) => {
      const unit = policy.ranges[name]?.unit ?? "count";
      const words = [before, mine].map(({ limits }) => limitWords(limits[name], unit));
      return `${ruleOf(name)} ${words.join(" → ")}`;
    })
    .join(", ");
}

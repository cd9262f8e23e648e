/** The policy of one arm: each limit now and new, what a change would have done, and saving it. */

import { useEffect, useState } from "react";

import type { ApiError } from "../../../api/client";
import { useArmPolicy, useArms, usePolicyPreview } from "../../../api/queries";
import type { Arm, ArmPolicy } from "../../../api/types";
import { armTitle } from "../../../arms/look";
import { Card } from "../../../parts/card";
import { Empty, Loaded } from "../../../parts/states";
import { useCommanding } from "../commanding";
import { Why } from "../why";
import { Limits } from "./fields";
import { changedLimits, limitWords, previewWords, ruleOf } from "./limits";
import { Examples, Versions } from "./record";

/** Typing goes on for so long before limits are tried. */
const TRIED_AFTER_MS = 400;

export function PolicyCard() {
  const arms = useArms().data?.items ?? [];
  const [chosen, choose] = useState<string | null>(null);
  const first = arms.find((arm) => arm.kind !== "CONTROL") ?? arms[0];
  const arm = arms.find(({ id }) => id === chosen) ?? first;
  const query = useArmPolicy(arm?.id ?? "", arm !== undefined);
  if (!arm) return null;
  return (
    <Card
      className="policy o5"
      title="Policy"
      note={query.data && query.data.arm.id === arm.id ? query.data.title : null}
      actions={
        <select
          className="select"
          aria-label="Arm whose policy is shown"
          value={arm.id}
          onChange={(event) => choose(event.target.value)}
        >
          {arms.map((one) => (
            <option key={one.id} value={one.id}>
              {armTitle(one)}
            </option>
          ))}
        </select>
      }
    >
      <Loaded query={query} what="The policy" rows={6}>
        {(policy) =>
          policy.arm.id !== arm.id ? null : Object.keys(policy.ranges).length === 0 ? (
            <Empty title={`The policy ${policy.name} has no limit that can be changed.`} />
          ) : (
            <Editor key={arm.id} arm={arm} policy={policy} />
          )
        }
      </Loaded>
    </Card>
  );
}

function useSettled<Value>(value: Value, afterMs: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}

function Editor({ arm, policy }: { arm: Arm; policy: ArmPolicy }) {
  const { allowed, busy, command } = useCommanding();
  const [written, setWritten] = useState<Record<string, string>>({});
  const [asks, setAsks] = useState(false);
  const changed = changedLimits(policy, written);
  const names = Object.keys(changed);
  const tried = useSettled(JSON.stringify(changed), TRIED_AFTER_MS);
  const preview = usePolicyPreview(arm.id, tried, tried !== "{}");
  const isTried = tried === JSON.stringify(changed);
  const problem: ApiError | null = isTried ? preview.error : null;
  const next = policy.version + 1;
  async function save(reason: string) {
    const refused = await command(
      `arms/${arm.id}/policy`,
      { limits: changed, expectedVersion: policy.version, reason },
      "PUT",
    );
    if (!refused) setWritten({});
    return refused;
  }
  return (
    <>
      <div className="body pol">
        <Limits
          policy={policy}
          written={written}
          problem={problem}
          disabled={!allowed}
          onWrite={(name, text) => setWritten({ ...written, [name]: text })}
        />
        <p className="small muted" role="status">
          {names.length === 0
            ? "A change counts from the arm’s next decision on."
            : problem
              ? "These limits cannot be saved."
              : !isTried || !preview.data
                ? "Trying these limits on its last entries…"
                : previewWords(preview.data)}
        </p>
        {names.length > 0 && isTried && preview.data && <Examples preview={preview.data} />}
        <div className="end">
          <span className="faint small">
            {names.length > 0 && `v${policy.version} → v${next}, not saved`}
          </span>
          <span className="spacer" />
          <button
            type="button"
            className="btn quiet"
            disabled={names.length === 0}
            onClick={() => setWritten({})}
          >
            Discard
          </button>
          <button
            type="button"
            className="btn primary"
            disabled={!allowed || busy || names.length === 0 || problem !== null}
            onClick={() => setAsks(true)}
          >
            Save as v{next}…
          </button>
        </div>
      </div>
      <Versions policy={policy} />
      {asks && (
        <Why
          title={`Policy of ${armTitle(arm)}: v${policy.version} → v${next}`}
          action={`Save as v${next}`}
          onReason={save}
          onClose={() => setAsks(false)}
        >
          <ul className="small">
            {names.map((name) => (
              <li key={name}>
                <code>{ruleOf(name)}</code> <del>{words(policy, policy.limits[name], name)}</del>{" "}
                <ins>{words(policy, changed[name], name)}</ins>
              </li>
            ))}
          </ul>
          <p className="small muted">
            {isTried && preview.data && previewWords(preview.data)} It counts from the arm’s next
            decision on; what is open stays as it is.
          </p>
        </Why>
      )}
    </>
  );
}

function words(policy: ArmPolicy, limit: string | undefined, name: string): string {
  return limitWords(limit, policy.ranges[name]?.unit ?? "count");
}


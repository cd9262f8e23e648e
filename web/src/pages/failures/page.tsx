/** Everything that failed or was refused, by kind and by arm. */

import "../../lists/lists.css";
import "./failures.css";

import { useState } from "react";

import { useArms, useFailurePages, useFailures } from "../../api/queries";
import type { FailureKind } from "../../api/types";
import { armTitle } from "../../arms/look";
import { ABSENT, count } from "../../figures/figures";
import { FAILURE_KINDS, FailureTable } from "../../lists/failures";
import { Card } from "../../parts/card";
import { Export } from "../../parts/exporting";
import { Paged } from "../../parts/paged";
import { useTitle } from "../../shell/title";

const KINDS = Object.keys(FAILURE_KINDS) as FailureKind[];

export default function FailuresPage() {
  useTitle("Failures");
  const [kind, setKind] = useState<FailureKind | null>(null);
  const [model, setModel] = useState("");
  const arms = useArms().data?.items ?? [];
  const ofArm = model ? { model } : {};
  const filters = kind ? { ...ofArm, failure: kind } : ofArm;
  const counts = useFailures({ ...ofArm, limit: 1 }).data?.counts;
  const query = useFailurePages(filters);
  return (
    <>
      <div className="pagehead">
        <h1>Failures</h1>
        <span className="faint small">denied is ours, rejected is the venue’s</span>
      </div>
      <ul className="card tally" aria-label="How many of each kind; choose one to see it alone">
        {KINDS.map((id) => (
          <li key={id}>
            <button
              type="button"
              aria-pressed={kind === id}
              onClick={() => setKind(kind === id ? null : id)}
            >
              <span className="small">{FAILURE_KINDS[id][1]}</span>
              <b>{counts ? count(counts[id] ?? 0) : ABSENT}</b>
              <span className="small faint">{FAILURE_KINDS[id][2]}</span>
            </button>
          </li>
        ))}
      </ul>
      <Card
        title={kind ? FAILURE_KINDS[kind][1].slice(2).replace(/^./, upper) : "Failures and refusals"}
        note="newest first"
        actions={
          <>
            <select
              className="select"
              aria-label="Arm"
              value={model}
              onChange={(event) => setModel(event.target.value)}
            >
              <option value="">All arms</option>
              {arms.map((arm) => (
                <option key={arm.id} value={arm.id}>
                  {armTitle(arm)}
                </option>
              ))}
            </select>
            <Export path="failures" filters={filters} />
          </>
        }
      >
        <Paged
          query={query}
          what="The failures"
          empty={kind || model ? "Nothing of this kind." : "Nothing failed, nothing was refused."}
        >
          {(failures) => <FailureTable failures={failures} oneArm={model !== ""} />}
        </Paged>
      </Card>
    </>
  );
}

const upper = (letter: string) => letter.toUpperCase();

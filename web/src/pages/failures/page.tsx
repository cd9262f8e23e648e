/** Everything that failed or was refused, by kind. */

import { useState } from "react";

import { useFailures } from "../../api/queries";
import type { FailureKind } from "../../api/types";
import { count } from "../../figures/figures";
import { FAILURE_KINDS, FailureTable } from "../../lists/failures";
import { Card } from "../../parts/card";
import { Export } from "../../parts/exporting";
import { Segments } from "../../parts/segments";
import { Empty, Loaded } from "../../parts/states";
import { useTitle } from "../../shell/title";

type Choice = FailureKind | "ALL";
const KINDS = Object.keys(FAILURE_KINDS) as FailureKind[];

export default function FailuresPage() {
  useTitle("Failures");
  const [kind, setKind] = useState<Choice>("ALL");
  const query = useFailures();
  const counts = query.data?.counts ?? {};
  const choices = [
    { id: "ALL" as Choice, label: "All" },
    ...KINDS.map((id) => ({
      id: id as Choice,
      label: `${FAILURE_KINDS[id][1]} ${count(counts[id] ?? 0)}`,
    })),
  ];
  return (
    <>
      <div className="pagehead">
        <h1>Failures</h1>
        <span className="faint small">denied is ours, rejected is the venue’s</span>
      </div>
      <Card title="Failures and refusals" actions={<Export path="failures" />}>
        <div className="body scroll">
          <Segments label="Kind" choices={choices} chosen={kind} onChoose={setKind} />
        </div>
        <Loaded query={query} what="The failures" rows={10}>
          {({ items }) => {
            const shown = items.filter((item) => kind === "ALL" || item.kind === kind);
            return shown.length === 0 ? (
              <Empty title="Nothing of this kind." />
            ) : (
              <FailureTable failures={shown} />
            );
          }}
        </Loaded>
      </Card>
    </>
  );
}

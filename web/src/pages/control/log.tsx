/** The log of control: who did what, when and why, and what came of it. Only ever added to. */

import { useControlLog } from "../../api/queries";
import type { ControlEntry } from "../../api/types";
import { armTitle } from "../../arms/look";
import { Card } from "../../parts/card";
import { Export } from "../../parts/exporting";
import { At } from "../../parts/figure";
import { Paged } from "../../parts/paged";
import { Table, type Column } from "../../parts/table";

export function ControlLog() {
  const log = useControlLog();
  return (
    <Card
      className="o6"
      title="Log of control"
      note="append only"
      actions={<Export path="control/log" />}
    >
      <Paged query={log} what="The log" empty="Nobody has commanded anything yet.">
        {(entries) => (
          <Table
            caption="Entries of the log"
            className="dense"
            columns={COLUMNS}
            rows={entries}
            rowKey={(entry) => entry.id}
            card={(entry) => (
              <>
                <div className="r small muted">
                  <At at={entry.at} /> {subject(entry)}
                  <span className="end">{entry.who}</span>
                </div>
                <Change entry={entry} />
              </>
            )}
          />
        )}
      </Paged>
    </Card>
  );
}

const COLUMNS: Column<ControlEntry>[] = [
  {
    id: "at",
    head: "Time",
    className: "small muted nowrap",
    cell: (entry) => <At at={entry.at} />,
  },
  { id: "arm", head: "What", cell: (entry) => subject(entry) },
  {
    id: "change",
    head: "Change",
    cell: (entry) => <Change entry={entry} />,
  },
  { id: "by", head: "By", className: "small muted nowrap", cell: (entry) => entry.who },
];

function Change({ entry }: { entry: ControlEntry }) {
  return (
    <div>
      <code>{entry.what}</code> {entry.reason}
      {entry.outcome && <span className="faint"> {entry.outcome}</span>}
      {entry.commandId && !entry.doneAt && <span className="faint"> ◌ waiting</span>}
      <Difference entry={entry} />
    </div>
  );
}

function subject(entry: ControlEntry): string {
  if (entry.arm) return armTitle(entry.arm);
  if (entry.what.startsWith("token-")) return "tokens";
  const arms = entry.after?.["haltedReason"] ?? entry.after?.["enabled"];
  return arms && typeof arms === "object" ? `${Object.keys(arms).length} arms` : "arena";
}

/** Before and after, in full, on demand: most readers want the sentence alone. */
function Difference({ entry }: { entry: ControlEntry }) {
  if (!entry.before && !entry.after) return null;
  return (
    <details className="small">
      <summary>before, after</summary>
      <pre className="small">
        {JSON.stringify({ before: entry.before, after: entry.after }, null, 2)}
      </pre>
    </details>
  );
}

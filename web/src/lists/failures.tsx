/** Failures and refusals: ours (denied), the venue's (rejected), the model's, the world's. */

import { Link } from "wouter";

import type { Failure, FailureKind } from "../api/types";
import { ArmLabel } from "../arms/label";
import { At } from "../parts/figure";
import { Table, type Column } from "../parts/table";
import { Tag, type Tone } from "../parts/tag";

export const FAILURE_KINDS: Record<FailureKind, [Tone, string, string]> = {
  MISSED: ["warn", "○ missed", "the model was not asked, or did not answer in time"],
  FAILED: ["loss", "✕ failed", "the invocation did not complete"],
  DENIED: ["loss", "✕ denied", "our policy refused"],
  UNUSABLE: ["loss", "✕ unusable", "the arguments did not validate"],
  REJECTED: ["loss", "✕ rejected", "the venue refused"],
  HALTED: ["loss", "■ halted", "the arm was stopped"],
};

interface FailureTableProps {
  failures: readonly Failure[];
  oneArm?: boolean;
}

export function FailureTable({ failures, oneArm = false }: FailureTableProps) {
  const columns: Column<Failure>[] = [
    { id: "at", head: "Time", className: "small muted nowrap", cell: (row) => <At at={row.at} /> },
    { id: "arm", head: "Arm", cell: (row) => <ArmLabel arm={row.arm} /> },
    { id: "kind", head: "What", by: (row) => row.kind, cell: (row) => <KindTag kind={row.kind} /> },
    {
      id: "rule",
      head: "Rule",
      by: (row) => row.rule,
      cell: (row) => row.rule && <code>{row.rule}</code>,
    },
    {
      id: "words",
      head: "Why",
      cell: (row) => <Words failure={row} />,
    },
  ];
  return (
    <Table
      caption="Failures and refusals, newest first"
      className="dense"
      columns={columns.filter((column) => !oneArm || column.id !== "arm")}
      rows={failures}
      rowKey={(row) => row.id}
      card={(row) => (
        <>
          <div className="r">
            <ArmLabel arm={row.arm} />
            <span className="end">
              <KindTag kind={row.kind} />
            </span>
          </div>
          <p className="small muted">
            <At at={row.at} /> {row.rule && <code>{row.rule}</code>} <Words failure={row} />
          </p>
        </>
      )}
    />
  );
}

export function KindTag({ kind }: { kind: FailureKind }) {
  const [tone, words] = FAILURE_KINDS[kind];
  return <Tag tone={tone}>{words}</Tag>;
}

function Words({ failure }: { failure: Failure }) {
  if (!failure.invocationId) return <>{failure.words}</>;
  return <Link href={`/invocations/${failure.invocationId}`}>{failure.words}</Link>;
}

/** An arm as text: a sample of its line, its name, its variant. */

import { Link } from "wouter";

import type { ArmRef } from "../api/types";
import { useLooks } from "./context";
import { Glyph } from "./glyph";
import { armTitle, showsVariant } from "./look";

interface LabelProps {
  arm: ArmRef;
  /** A sample of the line in front, as the charts draw it. */
  sample?: boolean;
  /** Where it leads; the arm's own page unless said otherwise, nowhere when null. */
  to?: string | null;
}

export function ArmLabel({ arm, sample = true, to }: LabelProps) {
  const inside = (
    <>
      {sample && <LineSample arm={arm} />}
      {arm.kind === "CONTROL" ? (
        <span className="muted">{armTitle(arm)}</span>
      ) : (
        <>
          <b>{arm.replica > 0 ? `${arm.name} ${arm.replica}` : arm.name}</b>{" "}
          <Glyph variant={arm.variant} />
          {showsVariant(arm) && <span className="vn">{arm.variant}</span>}
        </>
      )}
    </>
  );
  const title = armTitle(arm);
  if (to === null) return <span className="arm">{inside}</span>;
  return (
    <Link className="arm" href={to ?? `/models/${arm.id}`} title={title}>
      {inside}
    </Link>
  );
}

export function LineSample({ arm, width = 20 }: { arm: ArmRef; width?: number }) {
  const { color, dash, control } = useLooks().look(arm);
  return (
    <svg className="key" width={width} height="10" aria-hidden="true">
      <line
        x1="1"
        y1="5"
        x2={width - 1}
        y2="5"
        stroke={color}
        strokeWidth={control ? 1.6 : 2.5}
        strokeDasharray={dash || undefined}
      />
    </svg>
  );
}

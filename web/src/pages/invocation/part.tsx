/** One station of the timeline. */

import type { ReactNode } from "react";

export type Tone = "" | "is-bad" | "is-warn" | "is-ok";

interface PartProps {
  id: string;
  title: string;
  note?: ReactNode;
  /** Where it stands on the axis of time. */
  after?: string;
  tone?: Tone;
  children: ReactNode;
}

export function Part({ id, title, note, after, tone = "", children }: PartProps) {
  return (
    <li className={`st ${tone}`} id={id}>
      <div className="t">
        <span>{after}</span>
      </div>
      <div className="card">
        <header>
          <h2>{title}</h2>
          <span className="spacer" />
          <span className="faint small">{note}</span>
        </header>
        {children}
      </div>
    </li>
  );
}

/** Decisions as a conversation: the model's own words, then what became of each call. */

import { Link } from "wouter";

import type { InvocationSummary } from "../api/types";
import { ArmLabel } from "../arms/label";
import { money } from "../figures/figures";
import { took } from "../figures/time";
import { At } from "../parts/figure";
import { Markdown } from "../parts/markdown";
import { InvocationTag } from "../parts/tag";
import { Calls } from "./calls";

/** A long answer is cut here; the whole of it is one link away. */
const MOST_TEXT = 1200;

export function Decision({ invocation }: { invocation: InvocationSummary }) {
  const { arm, at, state, response, failure, calls } = invocation;
  const text = response.length > MOST_TEXT ? `${response.slice(0, MOST_TEXT)}…` : response;
  return (
    <article className="dec">
      <header>
        <ArmLabel arm={arm} />
        <span className="faint small">
          <At at={at} />
          {invocation.durationMs !== null && ` · ${took(invocation.durationMs)}`}
          {invocation.cost !== null && ` · $${money(invocation.cost, 4)}`}
        </span>
        {state !== "COMPLETED" && <InvocationTag state={state} />}
        <span className="spacer" />
        <Link className="link small" href={`/invocations/${invocation.id}`}>
          Whole chain →
        </Link>
      </header>
      {text && <Markdown text={text} />}
      {failure && <p className="muted">{failure.words}</p>}
      <Calls calls={calls} />
    </article>
  );
}

/** The feed: what models say right now, then what became of their decisions. */

import { useState } from "react";
import { Link } from "wouter";

import { useInvocations, useTrades } from "../../api/queries";
import { useLooks } from "../../arms/context";
import { ArmLabel } from "../../arms/label";
import { useLive } from "../../events/provider";
import { present, type Thought } from "../../events/thinking";
import { Card } from "../../parts/card";
import { At } from "../../parts/figure";
import { Empty, Failed, Loading } from "../../parts/states";
import { Tag } from "../../parts/tag";
import { feedItems, unmarked, type FeedItem } from "./feed-items";

const MOST_THOUGHTS = 4;

export function Feed() {
  const invocations = useInvocations({ limit: 30 });
  const trades = useTrades({ limit: 30 });
  const thoughts = present(useLive().thoughts);
  const [paused, setPaused] = useState(false);
  const [reading, setReading] = useState(false);
  const [spoken, setSpoken] = useState(false);
  const now = feedItems(invocations.data ?? [], trades.data ?? []);
  const [frozen, setFrozen] = useState<FeedItem[]>([]);
  const still = paused || reading;
  const items = still ? frozen : now;
  const fresh = still ? now.filter((item) => !frozen.some((one) => one.key === item.key)).length : 0;

  function freeze() {
    if (!still) setFrozen(now);
  }

  return (
    <Card
      className="feed"
      title="Feed"
      note={fresh > 0 ? `${fresh} new` : undefined}
      actions={
        <>
          <button
            type="button"
            className="btn quiet"
            aria-pressed={spoken}
            title="Let a screen reader announce new entries"
            onClick={() => setSpoken(!spoken)}
          >
            {spoken ? "Announcing" : "Announce"}
          </button>
          <button
            type="button"
            className="btn quiet"
            aria-pressed={paused}
            onClick={() => {
              freeze();
              setPaused(!paused);
            }}
          >
            {paused ? "▶ Go on" : "❚❚ Pause"}
          </button>
        </>
      }
    >
      {invocations.isError && !invocations.data && (
        <Failed what="The feed" problem={invocations.error} onRetry={() => void invocations.refetch()} />
      )}
      {invocations.isLoading && <Loading words="Reading decisions…" />}
      {invocations.data && items.length === 0 && thoughts.length === 0 && (
        <Empty title="Nobody has decided yet.">The next cycle is in the header.</Empty>
      )}
      <div
        className="log"
        role="log"
        aria-live={spoken ? "polite" : "off"}
        aria-label="Feed"
        onPointerEnter={() => {
          freeze();
          setReading(true);
        }}
        onPointerLeave={() => setReading(false)}
        tabIndex={0}
      >
        <ul>
        {thoughts.slice(-MOST_THOUGHTS).map((thought) => (
          <Thinking key={thought.invocationId} thought={thought} />
        ))}
        {items.map((item) => (
          <li key={item.key}>
            <At at={item.at} />
            <div>
              <div className="fl">
                <ArmLabel arm={item.arm} sample={false} />
                <Link href={item.to}>
                  <Tag tone={item.tone}>{item.tag}</Tag>
                </Link>
              </div>
              <p>{item.text}</p>
            </div>
          </li>
        ))}
        </ul>
      </div>
    </Card>
  );
}

function Thinking({ thought }: { thought: Thought }) {
  const arm = useLooks().byId.get(thought.modelId ?? "");
  const calls = thought.calls > 0 ? ` · ${thought.calls} ${thought.calls === 1 ? "call" : "calls"}` : "";
  return (
    <li className="now">
      <span className="accent">now</span>
      <div>
        <div className="fl">
          {arm && <ArmLabel arm={arm} sample={false} to={`/invocations/${thought.invocationId}`} />}
          <Tag tone="info">
            <span className="pulse">●</span> thinking{calls}
          </Tag>
        </div>
        {thought.text && <p>“{unmarked(thought.text).slice(-220)}…”</p>}
      </div>
    </li>
  );
}

/** Runs the one stream for the whole page, and says how it is. */

import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from "react";

import { Aging } from "./aging";
import { patch } from "./patching";
import { EventStream, type Connection } from "./stream";
import { thinking, type Thoughts } from "./thinking";

/** A hidden tab gives its connection back: a browser opens six to one origin, over all tabs. */
const HIDDEN_MS = 60_000;

interface Live {
  connection: Connection;
  thoughts: Thoughts;
  retry: () => void;
}

const LiveContext = createContext<Live | null>(null);
const START: Connection = { state: "connecting", since: Date.now(), nextTryAt: null };

export function EventsProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [connection, setConnection] = useState(START);
  const [thoughts, setThoughts] = useState<Thoughts>(() => new Map());
  const stream = useRef<EventStream | null>(null);

  useEffect(() => {
    const aging = new Aging(queries);
    let wasDown = false;
    const running = new EventStream({
      event: (event) => {
        patch(queries, event);
        aging.take(event);
        setThoughts((before) => thinking(before, event));
      },
      resync: () => {
        setThoughts(new Map());
        void queries.invalidateQueries();
      },
      connection: (now) => {
        // Events since the cut are told again, but an hour's worth only: read what is shown.
        if (now.state === "open" && wasDown) void queries.invalidateQueries();
        wasDown = now.state === "down" || (wasDown && now.state === "connecting");
        setConnection((before) => (worthTelling(before, now) ? now : before));
      },
    });
    stream.current = running;
    running.start();
    const unwatch = pauseWhileHidden(running);
    return () => {
      unwatch();
      running.stop();
      aging.stop();
    };
  }, [queries]);

  const live = useMemo(
    () => ({ connection, thoughts, retry: () => stream.current?.start() }),
    [connection, thoughts],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** The age of an open stream is shown in seconds: more often than that tells nobody anything. */
function worthTelling(before: Connection, now: Connection): boolean {
  return before.state !== now.state || now.state === "down" || now.since - before.since >= 1000;
}

function pauseWhileHidden(stream: EventStream): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let paused = false;
  const changed = () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => {
        paused = true;
        stream.stop();
      }, HIDDEN_MS);
    } else if (paused) {
      paused = false;
      stream.start();
    }
  };
  document.addEventListener("visibilitychange", changed);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", changed);
  };
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive needs an EventsProvider above it");
  return live;
}

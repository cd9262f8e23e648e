/** What a part shows when it has no figures, or none to trust: words, a mark, and what to do. */

import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";

import type { ApiError } from "../api/client";
import { second } from "../figures/time";

const WORDS_AFTER_MS = 1000;

/** Blank rows as tall as what will come, so that nothing jumps; words after a second. */
export function Loading({ rows = 5, words = "Reading…" }: { rows?: number; words?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setLate(true);
    }, WORDS_AFTER_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div className="loading" aria-busy="true">
      <ul aria-hidden="true">
        {Array.from({ length: rows }, (_, row) => (
          <li key={row}>
            <i style={{ width: `${40 - ((row * 7) % 18)}%` }} />
            <i style={{ width: "14%" }} />
          </li>
        ))}
      </ul>
      <p className="small muted" role="status">
        {late ? words : "\u00a0"}
      </p>
    </div>
  );
}

export function Empty({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      <p>
        <b>{title}</b>
      </p>
      {children && <div className="muted">{children}</div>}
    </div>
  );
}

interface FailedProps {
  what: string;
  problem: ApiError;
  /** When the figures still shown were read, by this clock. */
  since?: number;
  onRetry: () => void;
}

/** What failed, what still holds, what to do, and the code to quote. */
export function Failed({ what, problem, since, onRetry }: FailedProps) {
  return (
    <div className="failed">
      <p className="strip is-error" role="alert">
        <b>✕ {what} could not be read.</b> {problem.message} {problem.remedy}{" "}
        {since ? `Below are the figures of ${second(since)}. ` : ""}
        <code>{problem.code}</code>
      </p>
      <button type="button" className="btn" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

interface LoadedProps<Shape> {
  query: UseQueryResult<Shape, ApiError>;
  /** Names the resource in an error: "The leaderboard". */
  what: string;
  rows?: number;
  children: (data: Shape) => ReactNode;
}

/** The one way from a query to the page: loading, failed, or figures (the last good ones, dated). */
export function Loaded<Shape>({ query, what, rows, children }: LoadedProps<Shape>) {
  const { data, error, refetch, dataUpdatedAt } = query;
  const retry = () => void refetch();
  if (data === undefined) {
    if (error) return <Failed what={what} problem={error} onRetry={retry} />;
    return <Loading {...(rows ? { rows } : {})} words={`Reading ${what.toLowerCase()}…`} />;
  }
  return (
    <>
      {error && <Failed what={what} problem={error} since={dataUpdatedAt} onRetry={retry} />}
      {children(data)}
    </>
  );
}

/** In a measure's place while the data do not suffice. */
export function TooLittle({ words }: { words: string }) {
  return <span className="faint missing">{words}</span>;
}

/** A figure older than its limit: dotted underline, age in words. */
export function Stale({ children, words }: { children: ReactNode; words: string }) {
  return (
    <span className="stale" title={words}>
      {children}
    </span>
  );
}

/** The header: which arena and whose money, the pages, how fresh everything is. */

import { useRef } from "react";
import { Link, useLocation } from "wouter";

import { chooseArena } from "../api/client";
import { useArenas, useRun } from "../api/queries";
import type { Mode } from "../api/types";
import { useLive } from "../events/provider";
import { count } from "../figures/figures";
import { age, clock, countdown, millis } from "../figures/time";
import { useArenaClock, useOurClock } from "./clock";
import { isAt, PAGES } from "./pages";
import { ThemeChoice } from "./theme";

const MODES: Record<Mode, string> = {
  PAPER: "Simulated money. No order leaves this machine.",
  REPLAY: "The past, played again with simulated money.",
  LIVE: "Real money.",
};

export function Header() {
  const run = useRun().data;
  return (
    <header className="top">
      <Link className="brand" href="/" aria-label="Autonome, the arena">
        <Logo />
        <span>Autonome</span>
      </Link>
      {run && (
        <span className={run.mode === "LIVE" ? "mode real" : "mode"} title={MODES[run.mode]}>
          {run.mode}
        </span>
      )}
      <ArenaChoice className="wide" />
      <Pages className="nav" />
      <span className="spacer wide" />
      <div className="meta">
        <StreamState />
        <CycleState />
        <ArenaClock />
        <ThemeChoice />
      </div>
      <Menu />
    </header>
  );
}

/** Which arena is shown, where the server knows more than one. */
function ArenaChoice({ className }: { className: string }) {
  const arenas = useArenas().data?.items ?? [];
  const shown = useRun().data?.arena;
  if (arenas.length < 2 || !shown) return null;
  return (
    <select
      className={`select arenas ${className}`}
      aria-label="Arena"
      value={shown}
      onChange={(event) => {
        const name = event.target.value;
        chooseArena(arenas.find((one) => one.name === name)?.isDefault ? null : name);
      }}
    >
      {arenas.map(({ name, mode, running }) => (
        <option key={name} value={name}>
          {name} ({mode.toLowerCase()}
          {running ? ", running" : ""})
        </option>
      ))}
    </select>
  );
}

function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <rect width="22" height="22" rx="5" fill="var(--ink)" />
      <path
        d="M4.5 16 9 8l3.2 4.8L17.5 5"
        fill="none"
        stroke="var(--surface)"
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

function Pages({ className, onGo }: { className: string; onGo?: () => void }) {
  const [location] = useLocation();
  return (
    <nav className={className} aria-label="Pages">
      {PAGES.map(({ path, name, low }) => (
        <Link
          key={path}
          href={path}
          className={low ? "low" : ""}
          aria-current={isAt(path, location) ? "page" : undefined}
          onClick={onGo}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

function StreamState() {
  const { connection } = useLive();
  const now = useOurClock();
  if (connection.state === "open") {
    return (
      <span title="Age of the last message of the event stream">
        <span className="dot" />
        Stream<span className="wide"> {age(now - connection.since)}</span>
      </span>
    );
  }
  return (
    <span>
      <span className="dot is-off" />
      {connection.state === "down" ? "Stream down" : "Connecting"}
    </span>
  );
}

function CycleState() {
  const run = useRun().data;
  const now = useArenaClock();
  if (!run?.lastCycle) return null;
  const next = millis(run.nextCycleAt);
  return (
    <span className="wide cycle">
      Cycle {count(run.lastCycle.number)}
      {run.running && next !== null && now !== null && next > now
        ? ` · next in ${countdown(next - now)}`
        : run.running
          ? ""
          : " · stopped"}
    </span>
  );
}

function ArenaClock() {
  const now = useArenaClock();
  const speed = useRun().data?.speed;
  if (now === null) return null;
  const fast = speed && Number(speed) !== 1 ? ` (${speed}×)` : "";
  return <span className="wide clock">{clock(now) + fast}</span>;
}

/** All pages and the theme, where the header has no room for them. */
function Menu() {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => dialog.current?.close();
  return (
    <>
      <button
        type="button"
        className="menu"
        aria-label="Menu"
        onClick={() => dialog.current?.showModal()}
      >
        <svg width="22" height="22" viewBox="0 0 22 22" stroke="currentColor" aria-hidden="true">
          <path d="M4 6.5h14M4 11h14M4 15.5h14" strokeWidth="1.8" strokeLinecap="round" />
        </svg>
      </button>
      <dialog ref={dialog} className="dialog menu-sheet" aria-label="Menu">
        <Pages className="all-pages" onGo={close} />
        <ArenaChoice className="" />
        <ThemeChoice />
        <button type="button" className="btn" onClick={close}>
          Close
        </button>
      </dialog>
    </>
  );
}

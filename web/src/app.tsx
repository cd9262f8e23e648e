/** The frame around every page: header, notices, keys, bottom bar. */

import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation } from "wouter";

import { makeQueryClient } from "./api/queries";
import { ArmsProvider } from "./arms/context";
import { EventsProvider } from "./events/provider";
import { Routes } from "./routes";
import { BottomBar } from "./shell/bottom";
import { Boundary } from "./shell/boundary";
import { ClockProvider } from "./shell/clock";
import { Header } from "./shell/header";
import { Help } from "./shell/help";
import { Notices } from "./shell/notices";
import { PAGES } from "./shell/pages";
import { useKeyboard, useShortcuts } from "./shell/shortcuts";
import { useTheme } from "./shell/theme";

const queries = makeQueryClient();

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <EventsProvider>
        <ClockProvider>
          <ArmsProvider>
            <Frame />
          </ArmsProvider>
        </ClockProvider>
      </EventsProvider>
    </QueryClientProvider>
  );
}

function Frame() {
  const [location, go] = useLocation();
  const { advance } = useTheme();
  useKeyboard();
  useShortcuts([
    ...PAGES.map(({ path, name, key }) => ({ keys: `g ${key}`, words: name, run: () => go(path) })),
    { keys: "t", words: "Next theme", run: advance },
  ]);
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [location]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Patterns />
      <Header />
      <Notices />
      <main id="main" className="wrap" tabIndex={-1}>
        <Boundary key={location}>
          <Routes />
        </Boundary>
      </main>
      <BottomBar />
      <Help />
    </>
  );
}

/** Hatchings that charts refer to by name: a loss, and a time without data. */
function Patterns() {
  return (
    <svg width="0" height="0" className="patterns" aria-hidden="true">
      <defs>
        <pattern
          id="hatch"
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="2" height="5" fill="var(--loss)" />
        </pattern>
        <pattern
          id="gap"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="1.2" height="6" fill="var(--control)" opacity=".45" />
        </pattern>
      </defs>
    </svg>
  );
}

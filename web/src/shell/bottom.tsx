/** The phone's bar under the thumb. */

import { Link, useLocation, useSearch } from "wouter";

import { isAt } from "./pages";

const ENTRIES = [
  { to: "/", name: "Arena", icon: "M3 17l5-7 4 4 7-9" },
  { to: "/?tab=positions", name: "Positions", icon: "M3 6h16M3 11h16M3 16h10" },
  { to: "/?tab=decisions", name: "Decisions", icon: "M3 4h16v11H9l-4 4v-4H3z" },
  { to: "/models", name: "Models", icon: "M4 19V9M11 19V3M18 19v-7" },
  { to: "/control", name: "Control", icon: "M11 3v8M6 6a7.5 7.5 0 1 0 10 0" },
];

/** The tabs are far below the race on a phone: whoever asks for one wants to see it. */
function showTabs() {
  requestAnimationFrame(() => document.getElementById("tabs")?.scrollIntoView());
}

export function BottomBar() {
  const [location] = useLocation();
  const search = useSearch();
  const here = location === "/" && search.startsWith("tab=") ? `/?${search}` : location;
  return (
    <nav className="bottom" aria-label="Main">
      {ENTRIES.map(({ to, name, icon }) => {
        const current = to === here || (to !== "/" && !to.includes("?") && isAt(to, location));
        return (
          <Link
            key={to}
            href={to}
            aria-current={current ? "page" : undefined}
            onClick={to.includes("tab=") ? showTabs : undefined}
          >
            <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
              <path
                d={icon}
                fill="none"
                stroke="currentColor"
                strokeWidth="1.8"
                strokeLinejoin="round"
                strokeLinecap="round"
              />
            </svg>
            {name}
          </Link>
        );
      })}
    </nav>
  );
}

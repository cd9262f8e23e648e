/** Light, dark, or as the system says. */

import { useEffect, useId } from "react";

import { useChoice } from "./preferences";

const THEMES = ["auto", "light", "dark"] as const;
const WORDS = { auto: "Auto", light: "Light", dark: "Dark" };

export function useTheme() {
  const [theme, choose] = useChoice("theme", THEMES);
  useEffect(() => {
    if (theme === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
  return { theme, choose, advance: () => choose(next) };
}

export function ThemeChoice() {
  const { theme, choose } = useTheme();
  // The header and the menu each have one: radio buttons of one name would share their state.
  const name = useId();
  return (
    <fieldset className="theme">
      <legend className="sr">Theme</legend>
      {THEMES.map((one) => (
        <label key={one}>
          <input
            className="sr"
            type="radio"
            name={name}
            checked={theme === one}
            onChange={() => {
              choose(one);
            }}
          />
          {WORDS[one]}
        </label>
      ))}
    </fieldset>
  );
}

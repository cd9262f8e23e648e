/** Tabs by the ARIA pattern: arrows move, the panel follows. */

import { useId, useRef, type KeyboardEvent, type ReactNode } from "react";

export interface Tab<Id extends string> {
  id: Id;
  label: string;
  count?: string | undefined;
  panel: () => ReactNode;
}

interface TabsProps<Id extends string> {
  label: string;
  tabs: readonly Tab<Id>[];
  chosen: Id;
  onChoose: (id: Id) => void;
  actions?: ReactNode;
  id?: string;
}

export function Tabs<Id extends string>(props: TabsProps<Id>) {
  const { label, tabs, chosen, onChoose, actions, id } = props;
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  const open = tabs.find((tab) => tab.id === chosen) ?? tabs[0];

  function move(event: KeyboardEvent) {
    const at = tabs.findIndex((tab) => tab.id === open?.id);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    if (!next) return;
    onChoose(next.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  }

  if (!open) return null;
  return (
    <section className="card tabs" id={id} aria-label={label}>
      <header>
        <div role="tablist" aria-label={label} ref={list} onKeyDown={move}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              className="tab"
              data-tab={tab.id}
              id={`${base}-${tab.id}`}
              aria-selected={tab.id === open.id}
              aria-controls={`${base}-panel`}
              tabIndex={tab.id === open.id ? 0 : -1}
              onClick={() => {
                onChoose(tab.id);
              }}
            >
              {tab.label} {tab.count && <span className="count">{tab.count}</span>}
            </button>
          ))}
        </div>
        {actions && <span className="spacer wide" />}
        {actions}
      </header>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${open.id}`}>
        {open.panel()}
      </div>
    </section>
  );
}

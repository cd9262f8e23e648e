/** Commands of this page: sent once, followed until somebody carried them out, told in words. */

import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";

import { ApiError, send } from "../../api/client";
import { useCommand, useSession } from "../../api/queries";
import type { Command } from "../../api/types";

type Method = "POST" | "PATCH" | "PUT";

interface Commanding {
  /** Whether this visitor may command at all. */
  allowed: boolean;
  /** Whether one is on its way. */
  busy: boolean;
  /** Answers what the API refused; null when the command is on record. */
  command: (path: string, body: object, method?: Method) => Promise<ApiError | null>;
}

const Context = createContext<Commanding>({
  allowed: false,
  busy: false,
  command: () => Promise.resolve(null),
});

export const useCommanding = () => useContext(Context);

/** What commands make old. */
const OLD = ["control", "arms", "positions", "health", "run", "policy"];

export function Commands({ children }: { children: ReactNode }) {
  const allowed = useSession().data?.scope === "admin";
  const queries = useQueryClient();
  const [sent, setSent] = useState<Command | null>(null);
  const [busy, setBusy] = useState(false);
  const followed = useCommand(sent && !sent.doneAt ? sent.commandId : null).data ?? sent;
  const doneAt = followed?.doneAt ?? null;
  useEffect(() => {
    if (doneAt) for (const old of OLD) void queries.invalidateQueries({ queryKey: [old] });
  }, [doneAt, queries]);

  async function command(path: string, body: object, method: Method = "POST") {
    setBusy(true);
    try {
      setSent(await send<Command>(method, path, body, crypto.randomUUID()));
      void queries.invalidateQueries({ queryKey: ["control"] });
      return null;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      if (failure.status === 401) void queries.invalidateQueries({ queryKey: ["session"] });
      return failure;
    } finally {
      setBusy(false);
    }
  }

  return (
    <Context value={{ allowed, busy, command }}>
      <p className="said" role="status">
        {followed && <Said command={followed} />}
      </p>
      {children}
    </Context>
  );
}

/** Outcomes that say why nothing was done. */
const REFUSED = /^(denied|failed|refused|rejected|nothing done)/;

function Said({ command }: { command: Command }) {
  const name = command.kind.toLowerCase().replaceAll("_", " ");
  if (command.doneAt) {
    const refused = REFUSED.test(command.outcome ?? "");
    return (
      <span className={refused ? "loss" : "gain"}>
        {refused ? "✕" : "✓"} <b>{name}</b>: {command.outcome}.
      </span>
    );
  }
  if (!command.isRun) {
    return (
      <>
        ◌ <b>{name}</b> is on record. Nobody runs the arena now; whoever does next carries it out.
      </>
    );
  }
  return (
    <>
      ◌ <b>{name}</b> is on record; whoever leads the arena carries it out within a second or two…
    </>
  );
}

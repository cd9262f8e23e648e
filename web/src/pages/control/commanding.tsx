/** Commands of this page: sent once, followed until somebody carried them out, told in words. */

import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";

import { ApiError, send } from "../../api/client";
import { useCommand, useSession } from "../../api/queries";
import type { Command } from "../../api/types";

type Method = "POST" | "PATCH";

interface Commanding {
  /** Whether this visitor may command at all. */
  allowed: boolean;
  /** Whether one is on its way. */
  busy: boolean;
  command: (path: string, body: object, method?: Method) => Promise<void>;
}

const Context = createContext<Commanding>({
  allowed: false,
  busy: false,
  command: () => Promise.resolve(),
});

export const useCommanding = () => useContext(Context);

/** What commands make old. */
const OLD = ["control", "arms", "positions", "health", "run"];

export function Commands({ children }: { children: ReactNode }) {
  const allowed = useSession().data?.scope === "admin";
  const queries = useQueryClient();
  const [sent, setSent] = useState<Command | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const followed = useCommand(sent && !sent.doneAt ? sent.commandId : null).data ?? sent;
  const doneAt = followed?.doneAt ?? null;
  useEffect(() => {
    if (doneAt) for (const old of OLD) void queries.invalidateQueries({ queryKey: [old] });
  }, [doneAt, queries]);

  async function command(path: string, body: object, method: Method = "POST") {
    setBusy(true);
    setProblem(null);
    try {
      setSent(await send<Command>(method, path, body, crypto.randomUUID()));
      void queries.invalidateQueries({ queryKey: ["control"] });
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setProblem(failure);
      if (failure.status === 401) void queries.invalidateQueries({ queryKey: ["session"] });
    } finally {
      setBusy(false);
    }
  }

  return (
    <Context value={{ allowed, busy, command }}>
      <p className="said" role="status">
        {problem ? (
          <span className="loss">
            ✕ {problem.message} {problem.remedy} <code>{problem.code}</code>
          </span>
        ) : (
          followed && <Said command={followed} />
        )}
      </p>
      {children}
    </Context>
  );
}

function Said({ command }: { command: Command }) {
  const name = command.kind.toLowerCase().replace("_", " ");
  if (command.doneAt) {
    return (
      <>
        ✓ <b>{name}</b>: {command.outcome}.
      </>
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

/** Who is signed in, and how: a token becomes a session that this page cannot read. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError, send } from "../../api/client";
import { useSession } from "../../api/queries";
import { clock, millis } from "../../figures/time";

/** Beside the title: by which token, until when. */
export function SignedIn() {
  const session = useSession().data;
  const queries = useQueryClient();
  if (!session) return null;
  if (session.name === null) return <span className="small muted">Read only</span>;
  const ends = millis(session.expiresAt);
  async function leave() {
    await send("DELETE", "session");
    await queries.invalidateQueries();
  }
  return (
    <span className="small muted">
      Signed in by token <b>{session.name}</b> ({session.scope})
      {ends !== null && <> until {clock(ends)}</>} ·{" "}
      <button type="button" className="link" onClick={() => void leave()}>
        sign out
      </button>
    </span>
  );
}

/** Asks for a token where none is shown that may command; says what is needed, and where from. */
export function SignIn() {
  const session = useSession().data;
  const queries = useQueryClient();
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<ApiError | null>(null);
  if (!session || session.scope === "admin") return null;
  if (session.public) {
    return (
      <p className="strip">
        This server is public and only shows. It is commanded from its own machine:{" "}
        <code>autonome halt</code>, <code>flatten</code>, <code>resume</code>.
      </p>
    );
  }
  async function enter() {
    setProblem(null);
    try {
      await send("POST", "session", { token: token.trim() });
      setToken("");
      await queries.invalidateQueries();
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setProblem(failure);
    }
  }
  return (
    <form
      className="sign"
      onSubmit={(event) => {
        event.preventDefault();
        void enter();
      }}
    >
      <p className="small muted">
        Everything below that acts needs an admin token:{" "}
        <code>autonome token create NAME --scope admin</code>. Meanwhile <code>autonome halt</code>,{" "}
        <code>flatten</code> and <code>resume</code> do the same.
        {problem && (
          <span className="loss" role="alert">
            <br />✕ {problem.message} {problem.remedy}
          </span>
        )}
      </p>
      <label className="in">
        Token
        <input
          className="txt code"
          type="password"
          autoComplete="current-password"
          value={token}
          onChange={(event) => {
            setToken(event.target.value);
          }}
        />
      </label>
      <button type="submit" className="btn primary" disabled={token.trim() === ""}>
        Sign in
      </button>
    </form>
  );
}

/** A dialog that asks what and why, before anything is asked of the arena. */

import { useEffect, useId, useRef, useState, type ReactNode } from "react";

import type { ApiError } from "../../api/client";

interface WhyProps {
  title: string;
  /** What the button says. */
  action: string;
  danger?: boolean;
  /** Room for fields side by side. */
  broad?: boolean;
  /** Whether what is asked for can be sent. */
  ready?: boolean;
  /** Fields of the body, whose errors they show themselves. */
  fields?: readonly string[];
  children?: ReactNode | ((problem: ApiError | null) => ReactNode);
  /** Answers what the API refused; null when it was taken, and the dialog closes. */
  onReason: (reason: string) => Promise<ApiError | null>;
  onClose: () => void;
}

const LONGEST_REASON = 500;

export function Why(props: WhyProps) {
  const { title, action, danger, broad, ready = true, fields = [], children, onReason } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const heading = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  async function send() {
    setBusy(true);
    setProblem(null);
    const refused = await onReason(reason.trim());
    setBusy(false);
    setProblem(refused);
    if (!refused) leave();
  }

  /** At once: the dialog's own "close" comes a moment later, when another may be open already. */
  function leave() {
    if (!dialog.current) return; // An answer came after it was left.
    dialog.current.close();
    props.onClose();
  }

  return (
    <dialog
      ref={dialog}
      className={broad ? "why broad" : "why"}
      aria-labelledby={heading}
      onCancel={leave}
      onClose={leave}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <h2 id={heading}>{title}</h2>
        {typeof children === "function" ? children(problem) : children}
        <label className="in">
          Reason, kept in the log
          <input
            className="txt"
            value={reason}
            maxLength={LONGEST_REASON}
            required
            autoFocus={fields.length === 0}
            onChange={(event) => {
              setReason(event.target.value);
            }}
          />
        </label>
        {problem && !fields.includes(problem.field ?? "") && <Refused problem={problem} />}
        <div className="end">
          <button type="button" className="btn quiet" onClick={leave}>
            Leave it
          </button>
          <button
            type="submit"
            className={danger ? "btn danger" : "btn primary"}
            disabled={reason.trim() === "" || !ready || busy}
          >
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** What the API refused, and what to do. */
export function Refused({ problem }: { problem: ApiError }) {
  return (
    <p className="loss small" role="alert">
      ✕ {problem.message} {problem.remedy} <code>{problem.code}</code>
    </p>
  );
}

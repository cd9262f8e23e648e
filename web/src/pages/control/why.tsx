/** A dialog that asks why, before anything is asked of the arena. */

import { useEffect, useId, useRef, useState, type ReactNode } from "react";

interface WhyProps {
  title: string;
  /** What the button says. */
  action: string;
  danger?: boolean;
  children?: ReactNode;
  onReason: (reason: string) => void;
  onClose: () => void;
}

const LONGEST_REASON = 500;

export function Why({ title, action, danger, children, onReason, onClose }: WhyProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState("");
  const heading = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className="why" aria-labelledby={heading} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onReason(reason.trim());
          dialog.current?.close();
        }}
      >
        <h2 id={heading}>{title}</h2>
        {children}
        <label className="in">
          Reason, kept in the log
          <input
            className="txt"
            value={reason}
            maxLength={LONGEST_REASON}
            required
            autoFocus
            onChange={(event) => {
              setReason(event.target.value);
            }}
          />
        </label>
        <div className="end">
          <button type="button" className="btn quiet" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button
            type="submit"
            className={danger ? "btn danger" : "btn primary"}
            disabled={reason.trim() === ""}
          >
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** The list of keys, opened by `?`. */

import { useEffect, useRef } from "react";

import { Segments } from "../parts/segments";
import { shortcuts, useSingleKeys } from "./shortcuts";

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [keys, setKeys] = useSingleKeys();
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="help-title" onClose={onClose}>
      <header>
        <h2 id="help-title">Keys</h2>
        <span className="spacer" />
        <Segments
          label="Single keys"
          choices={[
            { id: "on", label: "On" },
            { id: "off", label: "Off" },
          ]}
          chosen={keys}
          onChoose={setKeys}
        />
        <button type="button" className="btn quiet" onClick={onClose}>
          Close
        </button>
      </header>
      <dl className="keys">
        {open &&
          shortcuts().map(({ keys: pressed, words }) => (
            <div key={pressed}>
              <dt>
                {pressed.split(" ").map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{words}</dd>
            </div>
          ))}
      </dl>
    </dialog>
  );
}

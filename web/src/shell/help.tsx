/** The list of keys, opened by `?`. */

import { useRef, useState } from "react";

import { Segments } from "../parts/segments";
import { shortcuts, useShortcuts, useSingleKeys, type Shortcut } from "./shortcuts";

/**
 * Whether it is open is the dialog's own state alone: its "close" comes a moment after it is
 * closed, and a state that waits for it would swallow a `?` that is pressed in between.
 */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [keys, setKeys] = useSingleKeys();
  const [listed, setListed] = useState<readonly Shortcut[]>([]);
  const open = () => {
    setListed(shortcuts());
    dialog.current?.showModal();
  };
  useShortcuts([{ keys: "?", words: "This list", run: open }]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="help-title">
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
        <button type="button" className="btn quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      <dl className="keys">
        {listed.map(({ keys: pressed, words }) => (
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

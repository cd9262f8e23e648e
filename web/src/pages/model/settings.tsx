/** How the arm is run, and the prompt that it was last sent. */

import { useState } from "react";

import { useArmPrompt } from "../../api/queries";
import type { Arm } from "../../api/types";
import { money } from "../../figures/figures";
import { asText } from "../../lists/calls";
import { Card } from "../../parts/card";
import { At } from "../../parts/figure";
import { Pairs } from "../../parts/pairs";
import { PromptText } from "../../parts/prompt-text";

export function Settings({ arm }: { arm: Arm }) {
  const settings = Object.entries(arm.settings).map(
    ([name, value]) => [name, <code key={name}>{asText(value) ?? "none"}</code>] as const,
  );
  return (
    <Card className="o7" title="Settings and prompt">
      <div className="body">
        <Pairs
          pairs={[
            ["Model", arm.model || "none"],
            ["Policy", arm.policy],
            ["Starting capital", money(arm.startingCapital)],
            ["Joined", <At key="at" at={arm.createdAt} />],
            ...settings,
          ]}
        />
      </div>
      {arm.kind === "LLM" && <Prompt id={arm.id} />}
    </Card>
  );
}

function Prompt({ id }: { id: string }) {
  const [open, setOpen] = useState(false);
  const query = useArmPrompt(id, open);
  return (
    <details className="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Show the prompt</summary>
      {open && <PromptText query={query} />}
    </details>
  );
}

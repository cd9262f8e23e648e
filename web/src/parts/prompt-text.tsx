/** A prompt as it was sent: text, message by message. */

import type { UseQueryResult } from "@tanstack/react-query";

import type { ApiError } from "../api/client";
import type { Prompt } from "../api/types";
import { Empty, Loaded } from "./states";

export function PromptText({ query }: { query: UseQueryResult<Prompt, ApiError> }) {
  return (
    <Loaded query={query} what="The prompt">
      {({ messages }) =>
        messages.length === 0 ? (
          <Empty title="Nothing was sent yet." />
        ) : (
          <div className="body">
            {messages.map(({ role, text }, place) => (
              <div key={place}>
                <p className="small faint">{role}</p>
                <p className="prompt code" tabIndex={0}>
                  {text}
                </p>
              </div>
            ))}
          </div>
        )
      }
    </Loaded>
  );
}

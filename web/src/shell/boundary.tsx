/** What a page shows when it broke: words and a way on, while the rest of the frame stands. */

import { Component, type ReactNode } from "react";

interface State {
  problem: Error | null;
}

export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { problem: null };

  static getDerivedStateFromError(problem: Error): State {
    return { problem };
  }

  override render() {
    const { problem } = this.state;
    if (!problem) return this.props.children;
    return (
      <div className="card">
        <div className="body failed">
          <h1>This page broke</h1>
          <p className="strip is-error" role="alert">
            {problem.message}
          </p>
          <button
            type="button"
            className="btn"
            onClick={() => {
              location.reload();
            }}
          >
            Load the page again
          </button>
        </div>
      </div>
    );
  }
}

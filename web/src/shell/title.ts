/** The document's title follows the page. */

import { useEffect } from "react";

export function useTitle(words: string): void {
  useEffect(() => {
    document.title = `${words} · Autonome`;
  }, [words]);
}

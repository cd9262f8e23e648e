/** How wide an element is: charts are laid out anew per width, since text must not scale. */

import { useLayoutEffect, useRef, useState } from "react";

export function useWidth<Kind extends HTMLElement>(start = 900) {
  const element = useRef<Kind>(null);
  const [width, setWidth] = useState(start);
  // Measured before anything is painted: a chart must not be seen at a width that is not its own.
  useLayoutEffect(() => {
    const node = element.current;
    if (!node) return;
    if (node.clientWidth > 0) setWidth(node.clientWidth);
    const observer = new ResizeObserver(([entry]) => {
      const now = Math.floor(entry?.contentRect.width ?? 0);
      if (now > 0) setWidth(now);
    });
    observer.observe(node);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [element, width] as const;
}

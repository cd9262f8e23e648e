/** How wide an element is: charts are laid out anew per width, since text must not scale. */

import { useEffect, useRef, useState } from "react";

export function useWidth<Kind extends HTMLElement>(start = 900) {
  const element = useRef<Kind>(null);
  const [width, setWidth] = useState(start);
  useEffect(() => {
    const node = element.current;
    if (!node) return;
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

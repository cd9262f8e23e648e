/** A titled box: what each part of a page stands in. */

import { useId, type ReactNode } from "react";

interface CardProps {
  title: ReactNode;
  /** Faint words beside the title. */
  note?: ReactNode;
  /** Controls or a tag at the header's end. */
  actions?: ReactNode;
  footer?: ReactNode;
  className?: string;
  id?: string;
  children: ReactNode;
}

export function Card({ title, note, actions, footer, className = "", id, children }: CardProps) {
  const heading = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={heading} id={id}>
      <header>
        <h2 id={heading}>{title}</h2>
        {note && <span className="faint small">{note}</span>}
        {actions && <span className="spacer" />}
        {actions}
      </header>
      {children}
      {footer && <footer>{footer}</footer>}
    </section>
  );
}

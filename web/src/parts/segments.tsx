/** A segmented control: one of a few choices, all in sight. */

interface SegmentsProps<Choice extends string> {
  label: string;
  choices: readonly { id: Choice; label: string; keys?: string }[];
  chosen: Choice;
  onChoose: (choice: Choice) => void;
}

export function Segments<Choice extends string>(props: SegmentsProps<Choice>) {
  const { label, choices, chosen, onChoose } = props;
  return (
    <div className="seg" role="group" aria-label={label}>
      {choices.map(({ id, label: words, keys }) => (
        <button
          key={id}
          type="button"
          aria-pressed={id === chosen}
          aria-keyshortcuts={keys}
          onClick={() => {
            onChoose(id);
          }}
        >
          {words}
        </button>
      ))}
    </div>
  );
}

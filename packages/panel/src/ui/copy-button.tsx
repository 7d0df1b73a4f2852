import { useTell } from './toasts.js';

/** `what` says what lies in the clipboard afterwards. */
export function CopyButton({ text, label, what }: { text: string; label: string; what: string }) {
  const tell = useTell();
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        navigator.clipboard.writeText(text).then(
          () => { tell(`${what} copied.`); }, // prettier-ignore
          () => { tell(`The browser does not let a page copy here. ${text}`); }, // prettier-ignore
        );
      }}
    >
      {label}
    </button>
  );
}

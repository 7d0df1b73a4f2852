import { type ReactNode, useEffect, useId, useRef } from 'react';

interface SheetProps {
  title: string;
  /** In the middle of the screen instead of at its edge. */
  isDialog?: boolean;
  /** Whether something would be lost: then Escape and a click beside it ask first. */
  hasDraft?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A native dialog: the browser keeps the focus in it, and gives it back. */
export function Sheet({ title, isDialog = false, hasDraft = false, onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const leave = useRef(() => undefined as void);
  leave.current = () => {
    if (!hasDraft || window.confirm('Leave without saving?')) onClose();
  };
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={isDialog ? '' : 'sheet'}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        leave.current();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) leave.current();
      }}
    >
      <div className="stack">
        <div className="row">
          <h2 id={heading}>{title}</h2>
          <button
            type="button"
            className="button link"
            onClick={() => {
              leave.current();
            }}
          >
            {/* prettier-ignore */}
            Close
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

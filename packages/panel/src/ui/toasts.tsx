import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

type Tell = (text: string, action?: Toast['action']) => void;

const Toasts = createContext<Tell>(() => undefined);

/** Tells the person something that has happened. It stays until it is dismissed or followed by three others. */
export const useTell = (): Tell => useContext(Toasts);

const MOST = 3;
let last = 0;

export function ToastRegion({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const dismiss = useCallback((id: number) => {
    setToasts((before) => before.filter((toast) => toast.id !== id));
  }, []);
  const tell = useCallback<Tell>((text, action) => {
    setToasts((before) => [...before.slice(1 - MOST), { id: ++last, text, ...(action && { action }) }]);
  }, []);
  const list = useMemo(
    () =>
      toasts.map(({ id, text, action }) => (
        <div className="toast" key={id}>
          <span>{text}</span>
          {action && (
            <button
              type="button"
              onClick={() => {
                dismiss(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <button
            type="button"
            aria-label="Dismiss"
            onClick={() => {
              dismiss(id);
            }}
          >
            {/* prettier-ignore */}×
          </button>
        </div>
      )),
    [toasts, dismiss],
  );
  return (
    <Toasts value={tell}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {list}
      </div>
    </Toasts>
  );
}

import { messageOf } from '../app/api.js';

export function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div role="alert" className="stack">
      <p className="error">{messageOf(error)}</p>
      <div>
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      </div>
    </div>
  );
}

export const Loading = () => <p className="muted">Loading …</p>;

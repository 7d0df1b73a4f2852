import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, messageOf } from '../app/api.js';
import { shown } from '../app/words.js';

/** What a context gets in one environment, and why: the server's own answer. */
export function Playground({ flagKey, environment }: { flagKey: string; environment: string }) {
  const [text, setText] = useState('{\n  "targetingKey": "user-1"\n}');
  const explain = useMutation({
    mutationFn: (context: Record<string, unknown>) => api.flags.explain(flagKey, { environment, context }),
  });
  const [complaint, setComplaint] = useState<string | null>(null);
  const ask = () => {
    try {
      setComplaint(null);
      explain.mutate(JSON.parse(text) as Record<string, unknown>);
    } catch (error) {
      setComplaint(`The context is no JSON: ${(error as Error).message}`);
    }
  };
  const { value, variant, reason, errorCode } = (explain.data?.evaluation ?? {}) as Record<string, unknown>;
  return (
    <div className="card stack">
      <h3>What somebody gets in {environment}</h3>
      <div className="field">
        <label htmlFor="context">Context, as JSON</label>
        <textarea
          id="context"
          rows={4}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </div>
      <div>
        <button type="button" className="button" onClick={ask}>
          Ask the server
        </button>
      </div>
      {(complaint ?? explain.error) && (
        <p role="alert" className="error">
          {complaint ?? messageOf(explain.error)}
        </p>
      )}
      {explain.data && (
        <div role="status">
          <p>
            <b>{errorCode === undefined ? shown(value) : shown(errorCode)}</b> {variant !== undefined && `(${shown(variant)})`}{' '}
            <span className="muted">
              {shown(reason)} in {explain.data.chain.join(' ← ')}
            </span>
          </p>
          <details>
            <summary>Steps</summary>
            <ol>
              {explain.data.steps.map((step, at) => (
                <li key={at} className="mono">
                  {JSON.stringify(step)}
                </li>
              ))}
            </ol>
          </details>
        </div>
      )}
    </div>
  );
}

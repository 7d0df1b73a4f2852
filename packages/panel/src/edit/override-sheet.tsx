import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Flag, MatrixEnvironment } from '@flagtree/api';
import { messageOf, root } from '../app/api.js';
import { CopyButton } from '../ui/copy-button.js';
import { Sheet } from '../ui/sheet.js';
import { Failure, Loading } from '../ui/states.js';
import { curlOf, type Draft, isEmpty } from './draft.js';
import { EffectList } from './effect-list.js';
import { FieldEditor } from './field-editor.js';
import { flagQuery, useEffectOf, useSave } from './use-override.js';

interface OverrideSheetProps {
  flagKey: string;
  environment: MatrixEnvironment;
  /** What the person has begun with, such as a turned switch. */
  begun?: Draft;
  onClose: () => void;
}

/** One flag in one environment: where each value comes from, what a change will touch, and the change. */
export function OverrideSheet({ flagKey, environment, begun = {}, onClose }: OverrideSheetProps) {
  const { slug } = environment;
  const query = useQuery(flagQuery(flagKey, slug));
  // What was shown when the edit began: a change of others must not be overwritten by it.
  const [seen, setSeen] = useState<Flag>();
  const [draft, setDraft] = useState<Draft>(begun);
  const [reason, setReason] = useState('');
  const effect = useEffectOf(flagKey, slug, draft);
  const save = useSave(flagKey, slug);
  const flag = isEmpty(draft) ? query.data : (seen ?? query.data);
  const mayWrite = environment.may === 'write';
  const edit = (next: Draft) => {
    setSeen(isEmpty(next) ? undefined : flag);
    setDraft(next);
  };
  const hasMoved = seen !== undefined && query.data !== undefined && seen.revision !== query.data.revision;
  return (
    <Sheet title={`${flagKey} in ${slug}`} hasDraft={!isEmpty(draft)} onClose={onClose}>
      <p className="row">
        {environment.protected && <span className="warn">Protected</span>}
        <Link to="/flags/$key" params={{ key: flagKey }} search={{ env: slug }}>
          All of this flag
        </Link>
      </p>
      {query.error && <Failure error={query.error} retry={() => void query.refetch()} />}
      {!flag && !query.error && <Loading />}
      {flag && (
        <>
          {flag.description !== null && <p className="muted">{flag.description}</p>}
          <FieldEditor flag={flag} environment={slug} draft={draft} mayWrite={mayWrite} onDraft={edit} />
          {!mayWrite && <p className="muted">You may look at {slug}, not change it.</p>}
          {hasMoved && (
            <p role="alert" className="warn">
              Somebody has changed this flag while you were editing.{' '}
              <Restart
                onRestart={() => {
                  edit({});
                }}
              />
            </p>
          )}
          {!isEmpty(draft) && (
            <>
              <EffectList effect={effect} />
              <div className="field">
                <label htmlFor="reason">Reason, for the history</label>
                <input
                  id="reason"
                  value={reason}
                  maxLength={2000}
                  onChange={(event) => {
                    setReason(event.target.value);
                  }}
                />
              </div>
              {save.error && (
                <p role="alert" className="error">
                  {messageOf(save.error)}
                </p>
              )}
              <div className="row">
                <button
                  type="button"
                  className="button main"
                  aria-disabled={save.isPending}
                  onClick={() => {
                    if (!save.isPending) save.mutate({ draft, before: seen ?? flag, reason }, { onSuccess: onClose });
                  }}
                >
                  {save.isPending ? 'Saving …' : `Save to ${slug}`}
                </button>
                <button
                  type="button"
                  className="button"
                  onClick={() => {
                    edit({});
                  }}
                >
                  Discard
                </button>
                <CopyButton text={curlOf(root.href, flagKey, slug, draft, reason)} label="Copy as curl" what="The command" />
              </div>
            </>
          )}
        </>
      )}
    </Sheet>
  );
}

const Restart = ({ onRestart }: { onRestart: () => void }) => (
  <button type="button" className="button link" onClick={onRestart}>
    Show what is there now
  </button>
);

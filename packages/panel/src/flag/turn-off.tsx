import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { MatrixEnvironment } from '@flagtree/api';
import { messageOf } from '../app/api.js';
import { EffectList } from '../edit/effect-list.js';
import { flagQuery, useEffectOf, useSave } from '../edit/use-override.js';
import { Sheet } from '../ui/sheet.js';
import { Loading } from '../ui/states.js';

const OFF = { enabled: false };

/** For the moment when something burns: the root environment is chosen, and one click does it. */
export function TurnOff({
  flagKey,
  environments,
  onClose,
}: {
  flagKey: string;
  environments: MatrixEnvironment[];
  onClose: () => void;
}) {
  const writable = environments.filter(({ may }) => may === 'write');
  const [slug, setSlug] = useState(writable[0]?.slug ?? '');
  const [reason, setReason] = useState('');
  const flag = useQuery({ ...flagQuery(flagKey, slug), enabled: slug !== '' });
  const effect = useEffectOf(flagKey, slug, OFF);
  const save = useSave(flagKey, slug);
  if (slug === '')
    return (
      <Sheet title={`Turn off ${flagKey}`} isDialog onClose={onClose}>
        <p>You may change it in no environment: ask a promoter or an admin.</p>
      </Sheet>
    );
  return (
    <Sheet title={`Turn off ${flagKey}`} isDialog onClose={onClose}>
      <label className="row">
        In{' '}
        <select
          value={slug}
          onChange={(event) => {
            setSlug(event.target.value);
          }}
        >
          {writable.map((environment) => (
            <option key={environment.slug}>{environment.slug}</option>
          ))}
        </select>
      </label>
      {flag.data ? <EffectList effect={effect} /> : <Loading />}
      <div className="field">
        <label htmlFor="off-reason">Reason</label>
        <input
          id="off-reason"
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
      <div>
        <button
          type="button"
          className="button main danger"
          autoFocus
          aria-disabled={save.isPending || !flag.data}
          onClick={() => {
            if (flag.data && !save.isPending) save.mutate({ draft: OFF, before: flag.data, reason }, { onSuccess: onClose });
          }}
        >
          {save.isPending ? 'Turning off …' : `Turn off in ${slug}`}
        </button>
      </div>
    </Sheet>
  );
}

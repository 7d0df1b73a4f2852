import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { detailsOf, type Flag } from '@flagtree/api';
import { api } from '../app/api.js';
import { useTell } from '../ui/toasts.js';
import { type Draft, inverseOf, isEmpty } from './draft.js';

export const flagQuery = (key: string, environment: string) => ({
  queryKey: ['flag', key, environment],
  queryFn: () => api.flags.get(key, { env: environment }),
});

/** What a write would touch, asked a moment after the last edit. */
export function useEffectOf(key: string, environment: string, draft: Draft) {
  const settled = useSettled(JSON.stringify(draft), 300);
  return useQuery({
    queryKey: ['flag', key, environment, 'effect', settled],
    enabled: settled !== '{}',
    queryFn: () => foresee(key, environment, JSON.parse(settled) as Draft),
    retry: false,
    gcTime: 0,
  });
}

export const foresee = (key: string, environment: string, draft: Draft) =>
  api.flags.update(key, { environment, ...draft }, { dryRun: true });

/** Writes an override of what was read, and offers to take it back. */
export function useSave(key: string, environment: string) {
  const client = useQueryClient();
  const tell = useTell();
  const save = useMutation({
    mutationFn: ({ draft, before, reason }: { draft: Draft; before: Flag; reason: string }) =>
      api.flags.update(
        key,
        { environment, ...draft, ...(reason === '' ? {} : { reason }) },
        { ifMatch: detailsOf(before)?.etag ?? undefined },
      ),
    onSuccess: (after, { draft, before }) => {
      void client.invalidateQueries({ queryKey: ['flag', key] });
      void client.invalidateQueries({ queryKey: ['matrix'] });
      tell(`${key} in ${environment}: saved.`, {
        label: 'Undo',
        run: () => { save.mutate({ draft: inverseOf(draft, before), before: after, reason: 'undone in the panel' }); }, // prettier-ignore
      });
    },
  });
  return save;
}

export const useDraft = () => {
  const [draft, setDraft] = useState<Draft>({});
  return { draft, setDraft, isEmpty: isEmpty(draft) };
};

function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => { setSettled(value); }, ms); // prettier-ignore
    return () => { clearTimeout(timer); }; // prettier-ignore
  }, [value, ms]);
  return settled;
}

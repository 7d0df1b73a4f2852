import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Face, Matrix, MatrixEnvironment, MatrixRow } from '@flagtree/api';
import { api } from '../app/api.js';

/** What is asked of the matrix; the address of the page holds it. */
export interface MatrixSearch {
  q?: string | undefined;
  is?: 'differs' | 'set' | 'same' | 'broken' | undefined;
  env?: string | undefined;
  tag?: string | undefined;
  owner?: string | undefined;
}

export interface LoadedMatrix {
  revision: number;
  total: number;
  counts: Matrix['counts'];
  environments: readonly MatrixEnvironment[];
  rows: readonly LoadedRow[];
}

export interface LoadedRow extends Omit<MatrixRow, 'cells'> {
  /** Null: the environment inherits from itself. */
  faces: readonly (Face | null)[];
}

const PAGE = 1_000;
const FIRST_PAGE = 100;

/** The first flags at once, all others behind them. */
export function useMatrix({ q, is, env, tag, owner }: MatrixSearch) {
  const query = useInfiniteQuery({
    queryKey: ['matrix', { q, is, env, tag, owner }],
    initialPageParam: '',
    queryFn: ({ pageParam: cursor, signal }) =>
      api.matrix
        .get({
          ...(q && { search: q }),
          ...(is && { is }),
          ...(env && { envs: env }),
          ...(tag && { tag }),
          ...(owner && { owner }),
          ...(cursor && { cursor }),
          limit: cursor === '' ? FIRST_PAGE : PAGE,
          signal,
        })
        .page(),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: (before) => before,
  });
  const { hasNextPage, isFetching, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const pages = query.data?.pages;
  const matrix = useMemo(() => (pages ? joined(pages) : null), [pages]);
  return { ...query, matrix };
}

function joined(pages: readonly Matrix[]): LoadedMatrix | null {
  const [first] = pages;
  if (!first) return null;
  const { revision, total, counts, environments } = first;
  const rows = pages.flatMap(({ faces, items }) =>
    items.map(({ cells, ...row }) => ({ ...row, faces: cells.map((index) => faces[index] ?? null) })),
  );
  return { revision, total, counts, environments, rows };
}

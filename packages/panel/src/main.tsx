import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isSignedOut } from './app/api.js';
import { router } from './app/router.js';
import { ToastRegion } from './ui/toasts.js';
import './app/tokens.css';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && !isSignedOut(error),
      refetchOnWindowFocus: false,
      staleTime: 30_000,
    },
  },
});

// whose session has ended signs in again, wherever that is found out
client.getQueryCache().subscribe(({ query, type }) => {
  if (type === 'updated' && query.queryKey[0] !== 'me' && isSignedOut(query.state.error))
    void client.invalidateQueries({ queryKey: ['me'] });
});

const element = document.getElementById('panel');
if (element)
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <ToastRegion>
          <RouterProvider router={router} />
        </ToastRegion>
      </QueryClientProvider>
    </StrictMode>,
  );

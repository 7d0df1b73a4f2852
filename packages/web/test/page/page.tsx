import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createWebClient } from '@flagtree/web';
import { FlagtreeProvider, useFlag, useFlagState } from '@flagtree/web/react';

const told = document.getElementById('settings')?.textContent ?? '{}';
const flags = createWebClient({ ...(JSON.parse(told) as { url: string; token: string }), context: { targetingKey: 'ann' } });

function Page() {
  return (
    <p id="page" data-state={useFlagState()}>
      {useFlag('title', 'nothing yet')}
    </p>
  );
}

Object.assign(globalThis, { flags });
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <FlagtreeProvider client={flags}>
      <Page />
    </FlagtreeProvider>
  </StrictMode>,
);

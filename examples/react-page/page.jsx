import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createWebClient } from '@flagtree/web';
import { FlagtreeProvider, useFlag } from '@flagtree/web/react';

// written into the page by serve.mjs: a browser token is no secret
const { url, token } = JSON.parse(document.getElementById('flagtree').textContent);
const flags = createWebClient({ url, token, context: { targetingKey: 'ann' } });

function Greeting() {
  const isDark = useFlag('page.dark', false);
  const title = useFlag('page.title', 'Hello');
  return (
    <main data-theme={isDark ? 'dark' : 'light'}>
      <h1>{title}</h1>
    </main>
  );
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <FlagtreeProvider client={flags}>
      <Greeting />
    </FlagtreeProvider>
  </StrictMode>,
);

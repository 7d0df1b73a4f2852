/** Tells what becomes of the page; returns what ends that. */
export function watchPage(
  hidden: () => unknown,
  /** Seen again, or on the network again. */
  shown: () => void,
  /** It has been hidden for as long as it may be, or goes into the back/forward cache. */
  left: () => void,
  idleMs: () => number,
): () => void {
  const watching = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const when = (target: EventTarget, event: string, listener: (event: Event) => void): void => {
    target.addEventListener(event, listener, watching);
  };
  when(document, 'visibilitychange', () => {
    clearTimeout(timer);
    if (!document.hidden) {
      shown();
      return;
    }
    hidden();
    timer = setTimeout(left, idleMs());
  });
  when(window, 'online', shown);
  when(window, 'pagehide', left);
  when(window, 'pageshow', (event) => { if ((event as PageTransitionEvent).persisted) shown(); }); // prettier-ignore
  return () => {
    clearTimeout(timer);
    watching.abort();
  };
}

const PATIENCE_MS = 15_000;
const POLL_MS = 10;

/** Waits until it holds. @throws with `what` when the time is over. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string = String(holds),
  withinMs = PATIENCE_MS,
): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
    if (await holds()) return;
  }
  throw new Error(`This did not come about within ${String(withinMs / 1_000)} s: ${what}`);
}

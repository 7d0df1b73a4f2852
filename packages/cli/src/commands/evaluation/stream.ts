import { FlagtreeProblem, FlagtreeUnreachable, type StreamEvent } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { inline } from '../../output/diff.js';

const PAUSE_MS = 2_000;

/** Until Ctrl-C: where the stream ends it is opened anew, behind the last event that was heard. */
export async function run({
  options: { env, once },
  session,
  terminal,
}: Invocation<unknown, { env: string; once: boolean }>): Promise<Result> {
  const api = await session.api();
  let lastEventId: string | undefined;
  let isOpen = false;
  for (;;) {
    try {
      for await (const event of api.evaluation.stream({ env, lastEventId })) {
        isOpen = true;
        lastEventId = event.id || lastEventId;
        const said = documentOf(event);
        terminal.line(said, () => `${new Date().toISOString()} ${said.event} ${inline(said.data)}`);
        if (once) return {};
      }
    } catch (error) {
      const isFinal = error instanceof FlagtreeProblem && error.status < 500;
      if (isFinal || !isOpen || !(error instanceof FlagtreeProblem || error instanceof FlagtreeUnreachable)) throw error;
      terminal.say(`${error.message} Trying again.`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function documentOf({ event, id, data }: StreamEvent): { event: string; id: string | null; data: unknown } {
  return { event: event || 'message', id: id || null, data: parsed(data) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

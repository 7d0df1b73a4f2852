import { spawnSync } from 'node:child_process';

/** What specs use of playwright-core. */
export interface Page {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  textContent(selector: string): Promise<string | null>;
  getAttribute(selector: string, name: string): Promise<string | null>;
  evaluate<T>(expression: string): Promise<T>;
  on(event: 'request', listener: (request: { url(): string; resourceType(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  close(): Promise<void>;
}
export interface BrowserContext {
  newPage(): Promise<Page>;
  setOffline(offline: boolean): Promise<void>;
  close(): Promise<void>;
}
export interface Browser {
  newContext(): Promise<BrowserContext>;
  close(): Promise<void>;
}
interface Playwright {
  chromium: { launch(options: { executablePath: string; args: string[] }): Promise<Browser> };
}

/** Not in `import …`: an installation without it has no such specs to run, and its types are still checked. */
const PACKAGE: string = 'playwright-core';

const executable = ['chromium', 'chromium-browser', 'google-chrome'].find((name) => spawnSync(name, ['--version']).status === 0);

/** The browser of the distribution; why not, where there is none. */
export const noChromium: string | null = executable === undefined ? 'there is no chromium' : null;

export async function launchChromium(): Promise<Browser> {
  const { stdout } = spawnSync('which', [executable ?? ''], { encoding: 'utf8' });
  const { chromium } = (await import(PACKAGE)) as Playwright;
  // its sandbox does not let root in, as in containers
  return chromium.launch({ executablePath: stdout.trim(), args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

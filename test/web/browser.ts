/** Debian's chromium, driven by playwright-core: a page on the daemon's dashboard, with a profile of its own that goes at the end. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import axe from 'axe-core';
import { chromium, type Page } from 'playwright-core';

export const chromiumNeeds = { command: 'chromium', apt: 'chromium' } as const;

export interface Opened {
  readonly page: Page;
  /** What the browser asked for of any other host, and what it complained of. */
  readonly complaints: readonly string[];
}

export async function openBrowser(
  t: TestContext,
  url: string,
  options: { readonly javaScriptEnabled?: boolean } = {},
): Promise<Opened> {
  const profile = mkdtempSync(join(tmpdir(), 'hupd-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1280, height: 900 },
    ...options,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  t.after(async () => {
    await context.close();
    // Its last processes may still write.
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked for ${request.url()}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}

/** Kept as an artefact of the test. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync('artifacts', { recursive: true });
  await page.screenshot({ path: join('artifacts', `${name}.png`), fullPage: true });
}

/** axe-core finds nothing against the page as it is now, whatever the weight. */
export async function assertAccessible(page: Page): Promise<void> {
  const { violations } = (await page.evaluate(`${axe.source}; axe.run()`)) as axe.AxeResults;
  const found = violations.map(({ id, impact, help, nodes }) => `${impact} ${id}: ${help}: ${nodes[0]?.html}`);
  assert.deepEqual(found, []);
}

/** Nothing has to be scrolled sideways. */
export async function assertFits(page: Page): Promise<void> {
  const [wanted, has] = await page
    .evaluate('[document.documentElement.scrollWidth, innerWidth]')
    .then((sizes) => sizes as [number, number]);
  assert.ok(wanted <= has, `the page wants ${wanted} of ${has} pixels`);
}

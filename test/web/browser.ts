/** Debian's chromium, driven by playwright-core: a page on the daemon's dashboard, with a profile of its own that goes at the end. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import { tempDir } from '../support/temp-dir.ts';

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
  const context = await chromium.launchPersistentContext(tempDir(t), {
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
  t.after(() => context.close());
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

/** Nothing has to be scrolled sideways. */
export async function assertFits(page: Page): Promise<void> {
  const [wanted, has] = await page
    .evaluate('[document.documentElement.scrollWidth, innerWidth]')
    .then((sizes) => sizes as [number, number]);
  assert.ok(wanted <= has, `the page wants ${wanted} of ${has} pixels`);
}

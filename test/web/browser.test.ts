import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { appText, freePort, gunicornNeeds, gunicornSite, ship } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { type Rig, rigFor } from '../support/rig.ts';
import { assertAccessible, assertFits, chromiumNeeds, openBrowser, shoot } from './browser.ts';

async function dashboardRig(t: TestContext): Promise<{ rig: Rig; url: string }> {
  const { section } = await gunicornSite({ bind: 'tcp', program: 'reload_timeout=15' });
  const port = await freePort();
  const rig = await rigFor(t, {
    programs: `[inet_http_server]
port=127.0.0.1:${port}
${section}
[program:talk]
command=/bin/sh -c 'echo hello from talk; exec sleep 1000'
stdout_logfile=DIR/talk.log
[program:broken]
command=/bin/sh -c 'exit 3'
startretries=0
[program:lazy]
command=/bin/sleep 1000
autostart=false
`,
    files: { 'app.py': appText('v1', 0) },
  });
  return { rig, url: `http://127.0.0.1:${port}/` };
}

const row = (name: string) => `.row[data-process="${name}"]`;
const badge = (name: string, state: string) => `${row(name)} .badge:text-is("${state}")`;
const button = (name: string, label: string) => `${row(name)} .acts button:text-is("${label}")`;

test('every button does what it says, the log follows, and the page asks no other host', async (t) => {
  if (!needs(t, chromiumNeeds, gunicornNeeds)) return;
  const { rig, url } = await dashboardRig(t);
  const { page, complaints } = await openBrowser(t, url);
  await page.waitForSelector(badge('web', 'running'));
  await page.waitForSelector(badge('broken', 'fatal'));
  assert.equal(await page.locator('progress:visible').count(), 0);

  await page.click(button('lazy', 'Start'));
  await page.waitForSelector(badge('lazy', 'running'));
  await page.click(button('lazy', 'Stop'));
  await page.waitForSelector(badge('lazy', 'stopped'));
  await page.waitForSelector('.toast:has-text("lazy stopped")');
  const before = await page.textContent(`${row('talk')} small`);
  await page.click(button('talk', 'Restart'));
  await page.waitForSelector('.toast:has-text("talk restarted")');
  assert.notEqual(await page.textContent(`${row('talk')} small`), before);
  await page.click(button('broken', 'Start'));
  await page.waitForSelector('.toast.error');

  await page.click(`${row('talk')} .name`);
  await page.waitForSelector(`${row('talk')} .log:has-text("hello from talk")`);
  appendFileSync(join(rig.dir, 'talk.log'), 'one more line\n');
  await page.waitForSelector(`${row('talk')} .log:has-text("one more line")`);
  await page.click(`${row('talk')} button:text-is("Clear")`);
  await page.waitForSelector('.toast:has-text("logs of talk cleared")');
  await page.waitForFunction(`document.querySelector('.log').textContent === ''`);
  appendFileSync(join(rig.dir, 'talk.log'), 'after the clearing\n');
  await page.waitForSelector(`${row('talk')} .log:has-text("after the clearing")`);
  await page.click(`${row('talk')} button:text-is("Pause")`);
  await page.click(`${row('talk')} button:text-is("Follow")`);
  await page.click(`${row('talk')} button:text-is("stderr")`);
  await page.waitForSelector(`${row('talk')} .list li:has-text("RUNNING")`);

  await page.keyboard.press('/');
  await page.keyboard.type('web');
  assert.equal(await page.locator('.row:visible').count(), 1);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.row:visible').count(), 4);
  await page.focus(`${row('broken')} .name`);
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate('document.activeElement.closest(".row").dataset.process'), 'lazy');

  page.on('dialog', (dialog) => void dialog.accept());
  await page.click('button:text-is("Stop all")');
  await page.waitForSelector(badge('web', 'stopped'));
  await page.click('button:text-is("Start all")');
  await page.waitForSelector(badge('web', 'running'));
  await page.waitForSelector('button:text-is("Restart all"):enabled');
  await page.click('button:text-is("Restart all")');
  await page.waitForSelector('.toast:has-text("all restarted")');
  assert.deepEqual(complaints, []);
});

test('a reload is drawn as it happens: one that succeeds, one that is rolled back', async (t) => {
  if (!needs(t, chromiumNeeds, gunicornNeeds)) return;
  const { rig, url } = await dashboardRig(t);
  const { page, complaints } = await openBrowser(t, url);
  await page.waitForSelector(badge('web', 'running'));
  await page.click(`${row('web')} .name`);
  await page.waitForSelector('.gen.current .worker');

  ship(rig, appText('v2', 4));
  await page.click(button('web', 'Reload'));
  await page.waitForSelector('.gen.successor.unready');
  await page.waitForSelector(`${row('web')} progress:visible`);
  await page.waitForSelector('.gen.successor .worker');
  await assertAccessible(page);
  await shoot(page, 'dashboard-reload');
  await page.waitForSelector(`${row('web')} [aria-label=Reload] .badge:text-is("done")`);
  await page.waitForSelector('.gen.current:has-text("generation 2")');

  ship(rig, 'raise SystemExit("no app today")\n');
  await page.click(button('web', 'Reload'));
  await page.waitForSelector(`${row('web')} [aria-label=Reload] .badge:text-is("rolled back")`);
  await page.waitForSelector(`${row('web')} .text:has-text("last reload failed")`);
  await assertAccessible(page);
  await shoot(page, 'dashboard-rolled-back');
  assert.deepEqual(complaints, []);
});

test('the page fits a desktop and a phone, dark and light, and the choice is remembered', async (t) => {
  if (!needs(t, chromiumNeeds, gunicornNeeds)) return;
  const { url } = await dashboardRig(t);
  const { page } = await openBrowser(t, url);
  const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.reload();
    await page.waitForSelector(badge('web', 'running'));
    await page.waitForSelector(badge('broken', 'fatal'));
    assert.equal(await page.locator('progress:visible').count(), 0);
    await page.waitForSelector(`${row('web')} .load.cpu span:has-text("%")`);
    await assertFits(page);
    await assertAccessible(page);
    await shoot(page, `dashboard-desktop-${scheme}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.click(`${row('web')} .name`);
    await page.waitForSelector(`${row('web')} .log:has-text("Booting worker")`);
    await assertFits(page);
    await assertAccessible(page);
    await shoot(page, `dashboard-phone-${scheme}`);
  }
  const dark = await background();
  await page.click('button:text-is("Light")');
  assert.notEqual(await background(), dark);
  await page.reload();
  await page.waitForSelector('button:text-is("Dark")');
  assert.notEqual(await background(), dark);
});

test('a daemon that goes is told of, what was known is dimmed, and once it is back the open log goes on', async (t) => {
  if (!needs(t, chromiumNeeds, gunicornNeeds)) return;
  const { rig, url } = await dashboardRig(t);
  const { page } = await openBrowser(t, url);
  await page.click(`${row('talk')} .name`);
  await page.waitForSelector(`${row('talk')} .log:has-text("hello from talk")`);
  // Seen however short it is.
  const seen = page.waitForSelector('.link.lost:text("connection lost")');
  const dimmed = page.waitForSelector('.rows.stale');
  await rig.killAndStart();
  await Promise.all([seen, dimmed]);
  await page.waitForSelector('.link:text-is("live")');
  await page.waitForSelector('.rows:not(.stale)');
  appendFileSync(join(rig.dir, 'talk.log'), 'after the crash\n');
  await page.waitForSelector(`${row('talk')} .log:has-text("after the crash")`);
  assert.doesNotMatch((await page.textContent(`${row('talk')} .log`)) ?? '', /connection was lost/);
});

test('without its script the page is the plain one, fits a phone, and has no fault that axe-core knows of', async (t) => {
  if (!needs(t, chromiumNeeds, gunicornNeeds)) return;
  const { url } = await dashboardRig(t);
  const { page } = await openBrowser(t, url);
  await page.route('**/dashboard.js', (route) => route.abort());
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const path of ['', 'tail.html?processname=web']) {
      await page.goto(url + path);
      await page.setViewportSize({ width: 390, height: 844 });
      await assertFits(page);
      await assertAccessible(page);
    }
    await page.goto(url);
    await shoot(page, `plain-phone-${colorScheme}`);
    await page.setViewportSize({ width: 1280, height: 900 });
    await assertAccessible(page);
    await shoot(page, `plain-desktop-${colorScheme}`);
  }
});

test('without JavaScript the page is the plain one', async (t) => {
  if (!needs(t, chromiumNeeds, gunicornNeeds)) return;
  const { url } = await dashboardRig(t);
  const { page } = await openBrowser(t, url, { javaScriptEnabled: false });
  await page.click('tr:has-text("lazy") a:text-is("Start")');
  await page.waitForSelector('#statusmessage:text-is("Process lazy started")');
  assert.equal(await page.locator('.rows').count(), 0);
  await shoot(page, 'plain-page');
});

/** The systemd unit: systemd finds nothing in it, and its command lines are such as hupd and hupctl take. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseDaemonFlags } from '../../src/config/daemon-flags.ts';
import { supervisorCommands } from '../../src/ctl/command-names.ts';
import { needs } from '../support/needs.ts';
import { run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';

const unit = readFileSync('packaging/hupd.service', 'utf8');
const line = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

test('systemd-analyze has nothing to say about the unit', async (t) => {
  if (!needs(t, { command: 'systemd-analyze', apt: 'systemd' })) return;
  const file = join(tempDir(t), 'hupd.service');
  // The programs and pages where they are in a checkout; only what is said of this unit counts.
  writeFileSync(file, unit.replaceAll('/usr/bin/hup', resolve('bin/hup')).replace(/^Documentation=.*\n/m, ''));
  const { stdout, stderr } = await run('systemd-analyze', ['verify', file]);
  assert.deepEqual(
    `${stdout}${stderr}`.split('\n').filter((said) => said.includes('hupd.service')),
    [],
  );
});

test('its command lines are ones that hupd and hupctl take', () => {
  const [program = '', ...words] = line('ExecStart').split(' ');
  const parsed = parseDaemonFlags(words, program);
  assert.equal(parsed.kind, 'run');
  assert.ok(parsed.kind === 'run' && parsed.flags.nodaemon, 'a notify service stays in the foreground');
  assert.equal(line('Type'), 'notify');
  const command = line('ExecReload').split(' ').at(-1) ?? '';
  assert.ok((supervisorCommands as readonly string[]).includes(command), command);
});

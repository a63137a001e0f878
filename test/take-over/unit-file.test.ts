/** What systemd's unit files say about the end of a main process. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readUnit, serviceOf } from '../../src/take-over/unit-file.ts';
import { needs } from '../support/needs.ts';

const unitFile = '/lib/systemd/system/supervisor.service';

test('the service of a process is the last part of its control group, unified or of systemd', () => {
  assert.equal(serviceOf('0::/system.slice/supervisor.service\n'), 'supervisor.service');
  assert.equal(serviceOf('12:pids:/x.service\n1:name=systemd:/system.slice/old.service\n'), 'old.service');
  assert.equal(serviceOf('0::/user.slice/user-0.slice/session-1.scope\n'), null);
  assert.equal(serviceOf('0::/docker/4711\n'), null);
});

test('what a unit does not set is what systemd takes for it', () => {
  assert.deepEqual(readUnit('a.service', ['[Service]\nExecStart=/bin/true\n'], false), {
    name: 'a.service',
    killMode: 'control-group',
    restart: 'no',
    isMasked: false,
  });
});

test('the last file that sets something wins, and an empty value takes it back', () => {
  const main = '[Service]\nKillMode = process\nRestart=always\n';
  assert.equal(readUnit('a.service', [main, '[Service]\nRestart=no'], false).restart, 'no');
  assert.equal(readUnit('a.service', [main, '[Service]\nKillMode=\n'], false).killMode, 'control-group');
  assert.equal(readUnit('a.service', ['[Service]\n#KillMode=none\n'], false).killMode, 'control-group');
});

test("Debian's unit leaves the programs alone, and starts supervisord again", (t) => {
  if (!needs(t, { command: unitFile, apt: 'supervisor' })) return;
  const unit = readUnit('supervisor.service', [readFileSync(unitFile, 'utf8')], false);
  assert.deepEqual([unit.killMode, unit.restart], ['process', 'on-failure']);
});

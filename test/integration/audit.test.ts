/** The lines that say who asked for what, of a real daemon: the kernel tells who is at the other end of its socket. */
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { test } from 'node:test';
import { call, post, RawClient } from '../support/raw-http.ts';
import { rigFor } from '../support/rig.ts';

test('an action over the unix socket is told with the uid and the pid of who asked, and a signal with its name', async (t) => {
  const rig = await rigFor(t, { programs: '[program:web]\ncommand=/bin/cat\nstartsecs=0' });
  await rig.logged(/success: web/);
  const client = new RawClient(rig.socket).send(post('/RPC2', call('supervisor.stopProcess', 'web')));
  assert.equal((await client.answer()).status, 200);
  client.close();
  const { uid, username } = userInfo();
  const [, found] = await rig.logged(/INFO audit: (.*)\n/);
  assert.equal(found, `uid ${uid} (${username}) pid ${process.pid}: supervisor.stopProcess('web')`);
  assert.equal((await rig.ctl('status')).status, 3);
  const from = rig.log.length;
  assert.equal((await rig.ctl('start', 'web')).status, 0);
  const [, pid] = await rig.logged(
    /INFO audit: uid \d+ \(\w+\) pid (\d+): supervisor\.startProcess\('web', True\)\n/,
    from,
  );
  assert.notEqual(pid, `${process.pid}`);
  process.kill(rig.pid, 'SIGUSR2');
  await rig.logged(/INFO received SIGUSR2 indicating log reopen request/, from);
  assert.equal(rig.log.match(/audit: /g)?.length, 2, 'a status leaves no line');
});

/** `reload_test`: what it runs with, what its failure leaves untouched, who can end it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { childrenOf, type Rig, rigFor } from '../support/rig.ts';

/** A program that stays, with a reload test of its own. */
async function tested(t: TestContext, script: string, lines = ''): Promise<{ rig: Rig; pid: number }> {
  const rig = await rigFor(t, {
    programs: `[program:web]
command=/bin/sleep 1000
directory=DIR
environment=COLOUR="green"
startsecs=0
reload_test=/bin/sh DIR/test.sh
${lines}`,
    files: { 'test.sh': script },
  });
  await rig.logged(/success: web/);
  return { rig, pid: Number((await rig.ctl('pid', 'web')).stdout) };
}

/** Said only of processes that nobody knows. */
const strangers = ({ log }: Rig) => log.match(/reaped unknown pid/g) ?? [];

test('a reload test runs with the environment and in the directory of its program, and knows its pid', async (t) => {
  const { rig, pid } = await tested(
    t,
    'echo "$COLOUR $SUPERVISOR_PROCESS_NAME $MAINPID" >seen; pwd >>seen; cat >>seen',
  );
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 0, stdout);
  assert.match(stdout, /web: testing first: \/bin\/sh .*test\.sh\n/);
  assert.equal(rig.read('seen'), `green web ${pid}\n${rig.dir}\n`);
  assert.notEqual(Number((await rig.ctl('pid', 'web')).stdout), pid);
  assert.deepEqual(strangers(rig), []);
});

test('a reload test that fails leaves everything as it was and tells its last lines', async (t) => {
  const { rig, pid } = await tested(t, 'seq 100; echo "unknown directive serverr" >&2; exit 3');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 1);
  assert.match(stdout, /reload failed: the reload test failed \(exit status 3\)/);
  assert.match(stdout, /100\n.*unknown directive serverr/);
  assert.doesNotMatch(stdout, /\b80\n/, 'the last lines, not all of them');
  assert.equal(Number((await rig.ctl('pid', 'web')).stdout), pid);
  assert.equal(childrenOf(rig.pid).length, 1);
  assert.deepEqual(strangers(rig), []);
});

test('a reload test that can not be started is one that fails', async (t) => {
  const { rig, pid } = await tested(t, '', 'reload_test=/no/such/command');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 1);
  assert.match(stdout, /the reload test could not be started: can't find command '\/no\/such\/command'/);
  assert.equal(Number((await rig.ctl('pid', 'web')).stdout), pid);
});

test('a reload test that takes longer than reload_timeout is killed with all that it started', async (t) => {
  const { rig, pid } = await tested(t, 'sleep 1000 & echo waiting; wait', 'reload_timeout=0.3');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 1);
  assert.match(stdout, /the reload test did not end within 0\.3 s/);
  assert.match(stdout, /waiting/);
  await rig.until(() => childrenOf(rig.pid).length === 1, 'the test has gone');
  assert.equal(Number((await rig.ctl('pid', 'web')).stdout), pid);
});

test('a stop during a reload test ends the test, and so does a shutdown', async (t) => {
  const { rig } = await tested(t, 'echo on >on; exec sleep 1000');
  const reload = rig.ctl('reload', 'web');
  await rig.until(() => rig.read('on') !== '', 'the test runs');
  assert.equal((await rig.ctl('stop', 'web')).stdout, 'web: stopped\n');
  assert.match((await reload).stdout, /reload failed: a stop was asked for/);
  await rig.until(() => childrenOf(rig.pid).length === 0, 'both have gone');

  const again = rig.ctl('reload', 'web');
  await rig.until(() => childrenOf(rig.pid).length === 1, 'a test of a stopped process runs too');
  assert.equal(await rig.stop(), 0);
  assert.equal((await again).status, 1);
  assert.deepEqual(strangers(rig), []);
});

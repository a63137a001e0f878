/** What `reload --plan` says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeDaemon, program } from '../support/fake-daemon.ts';

const TERM = 15;
const KILL = 9;

function plan(daemon: FakeDaemon, ...names: ReadonlyArray<readonly [group: string, name: string]>): readonly string[] {
  const told = daemon.supervisor.planReload(names.map(([group, name]) => ({ group, name })));
  return told.map(({ name, text }) => `${name}: ${text}`);
}

describe('the plan of a reload', () => {
  it('goes program by program as the reload would, and says how the processes of one go round', async () => {
    const daemon = await new FakeDaemon(
      [
        program('late', 'priority=9'),
        program(
          'many',
          'priority=1\nnumprocs=3\nprocess_name=m%(process_num)d\nreload_order=stop_first\nreload_parallelism=2\nreload_delay=4',
        ),
        '[group:g]\nprograms=late,many\n',
      ].join('\n'),
    ).up();
    const told = plan(daemon, ['g', 'late'], ['g', 'm0'], ['g', 'm1'], ['g', 'm2']);
    assert.deepEqual(
      told.filter((line) => !/strategy|ready/.test(line)),
      [
        'many: 3 processes, 2 at a time, 4 s between; a failure ends the reload',
        ...['m0', 'm1', 'm2'].map(
          (name) => `g:${name}: SIGTERM to pid ${daemon.view(`g:${name}`).pid}, then a new start`,
        ),
        `g:late: SIGTERM to pid ${daemon.view('g:late').pid}, then a new start`,
      ],
    );
  });

  it('names the check that gates it, whatever the strategy', async () => {
    const check = 'ready_check=exec:true\nready_timeout=7';
    const daemon = await new FakeDaemon(
      [
        program('hup', `reload_strategy=hup\n${check}`),
        program('again', check),
        program('simple', 'startsecs=3'),
        program('quick', 'reload_strategy=hup'),
      ].join('\n'),
    ).up(0);
    const gates = (name: string) => plan(daemon, [name, name]).filter((line) => /ready|stay up/.test(line));
    assert.match(gates('hup')[0] ?? '', / which must stay up for 1 s and be ready \(exec:true\) within 60 s$/);
    assert.deepEqual(gates('again'), ['again: ready by: exec:true, within 7 s']);
    assert.deepEqual(gates('simple'), ['simple: ready by: startsecs (3 s)']);
    assert.match(gates('quick')[0] ?? '', / which must stay up for 1 s$/);
  });

  it('says that a ready check on a descriptor that a socket will have would fail', async () => {
    const daemon = await new FakeDaemon(program('web', 'reload_strategy=rolling\nready_check=fd:3')).up(0);
    daemon.child('web').listening = [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }];
    assert.ok(
      plan(daemon, ['web', 'web']).includes(
        "web: it would fail: ready_check=fd:3: that descriptor is a socket's which is handed over; take one from 4 up",
      ),
    );
  });

  it('says that it would be refused, and why, where it would be', async () => {
    const daemon = await new FakeDaemon(program('web', 'reload_strategy=rolling\nstopwaitsecs=60')).up();
    daemon.begunReload('web');
    const refused = () => plan(daemon, ['web', 'web']).filter((line) => line.includes('refused'));
    assert.deepEqual(refused(), ['web: now it would be refused: a reload is under way already']);
    daemon.child('web').ignores(TERM);
    daemon.child('web').ignores(KILL);
    void daemon.stop('web', false);
    await daemon.elapse(0);
    assert.deepEqual(plan(daemon, ['web', 'web']), [
      'web: strategy: rolling',
      'web: now it would be refused: it is being stopped',
    ]);
  });
});

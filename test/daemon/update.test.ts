/** What counts as changed for reread, and what update, add and remove do (compat 7.3). */
import assert from 'node:assert/strict';
import { onBoth, onHupd, type Trial, trials } from './trial.ts';

const base = {
  daemon: 'environment=GLOBAL="1"',
  web: `[program:web]
command=/bin/sleep 1000
stopsignal=15
stdout_logfile=DIR/web.log
stdout_logfile_maxbytes=50MB
stopwaitsecs=10
exitcodes=0,2
environment=A="1",B="2"`,
  other: '[program:other]\ncommand=/bin/sleep 1000',
  one: '[program:one]\ncommand=/bin/sleep 1000',
  two: '[program:two]\ncommand=/bin/sleep 1000',
  pair: '[group:pair]\nprograms=one,two',
  listener: '[eventlistener:ear]\ncommand=/bin/sleep 1000\nevents=TICK_5,PROCESS_STATE\nbuffer_size=10',
  fcgi: '[fcgi-program:php]\ncommand=/bin/sleep 1000\nsocket=unix://DIR/php.sock\nsocket_mode=0700',
};
type Parts = Partial<Record<keyof typeof base, string>>;

function write(trial: Trial, changes: Parts = {}): void {
  const { daemon, ...programs } = { ...base, ...changes };
  trial.config({ daemon, programs: Object.values(programs).join('\n') });
}

const nothing = 'No config updates to processes\n';

/** What is changed, and what reread says of it; two answers where hupd is wanted to differ. */
const rereads: ReadonlyArray<
  readonly [what: string, changes: Parts, says: string, differs?: readonly [string, string]]
> = [
  ['nothing', {}, nothing],
  ['the command', { web: base.web.replace('1000', '1001') }, 'web: changed\n'],
  ['blanks, comments and the case of a value', { web: `; x\n${base.web.replace('=15', ' = 15 ; x')}` }, nothing],
  ['a signal by its name', { web: base.web.replace('=15', '=TERM') }, nothing],
  ['a size in another unit', { web: base.web.replace('50MB', '51200KB') }, nothing],
  ['a size', { web: base.web.replace('50MB', '51MB') }, 'web: changed\n'],
  ['stopwaitsecs', { web: base.web.replace('stopwaitsecs=10', 'stopwaitsecs=11') }, 'web: changed\n'],
  ['the order of exit codes', { web: base.web.replace('0,2', '2,0') }, 'web: changed\n'],
  ['the order of variables', { web: base.web.replace('A="1",B="2"', 'B="2",A="1"') }, nothing],
  ['a variable', { web: base.web.replace('A="1"', 'A="3"') }, 'web: changed\n'],
  [
    'the global environment',
    { daemon: 'environment=GLOBAL="2"' },
    'ear: changed\nother: changed\npair: changed\nphp: changed\nweb: changed\n',
  ],
  ['an unknown option', { web: `${base.web}\nnonsense=1` }, nothing],
  ['autostart', { web: `${base.web}\nautostart=false` }, 'web: changed\n'],
  ['priority', { web: `${base.web}\npriority=5` }, 'web: changed\n'],
  ['numprocs', { web: `${base.web}\nnumprocs=2\nprocess_name=%(process_num)d` }, 'web: changed\n'],
  ['a log from a path to AUTO', { web: base.web.replace('DIR/web.log', 'AUTO') }, '', [nothing, 'web: changed\n']],
  ['a log from a path to NONE', { web: base.web.replace('DIR/web.log', 'NONE') }, 'web: changed\n'],
  ['a program that is new', { other: `${base.other}\n[program:new]\ncommand=/bin/true` }, 'new: available\n'],
  ['a program that is gone', { other: '' }, 'other: disappeared\n'],
  [
    'a program under another name',
    { other: base.other.replace(':other', ':renamed') },
    'other: disappeared\nrenamed: available\n',
  ],
  ['the order of the programs of a group', { pair: base.pair.replace('one,two', 'two,one') }, 'pair: changed\n'],
  ['a program that leaves a group', { pair: base.pair.replace(',two', '') }, 'pair: changed\ntwo: available\n'],
  ['a program that goes into a group', { pair: `${base.pair},other` }, 'other: disappeared\npair: changed\n'],
  ['a group that is gone', { pair: '' }, 'one: available\npair: disappeared\ntwo: available\n'],
  ['the priority of a group', { pair: `${base.pair}\npriority=3` }, 'pair: changed\n'],
  ['the order of events', { listener: base.listener.replace('TICK_5,PROCESS_STATE', 'PROCESS_STATE,TICK_5') }, nothing],
  ['events', { listener: base.listener.replace('TICK_5', 'TICK_60') }, 'ear: changed\n'],
  ['the buffer of a listener', { listener: base.listener.replace('=10', '=11') }, 'ear: changed\n'],
  ['the socket of an fcgi-program', { fcgi: base.fcgi.replace('php.sock', 'p.sock') }, 'php: changed\n'],
  ['the mode of that socket', { fcgi: base.fcgi.replace('0700', '0770') }, nothing],
  [
    'a program that becomes an fcgi-program',
    { other: base.fcgi.replace('php.sock', 'o.sock').replace(':php', ':other') },
    'other: changed\n',
  ],
  ['options that only hupd has', { web: `${base.web}\nreload_strategy=rolling\nreload_timeout=5` }, nothing],
  ['a setting of the daemon', { daemon: `${base.daemon}\nloglevel=debug\nidentifier=new` }, nothing],
];

trials('reread and update', () => {
  onBoth('reread says what counts as changed', async (trial) => {
    write(trial);
    // The order of supervisord's sets is chance otherwise, and with it whether it finds the order of events changed.
    await trial.foreground(undefined, { env: { ...process.env, PYTHONHASHSEED: '0' } });
    await trial.logged(/success: web/);
    for (const [what, changes, says, differs] of rereads) {
      write(trial, changes);
      const { stdout, status } = await trial.ctl('reread');
      const wanted = differs === undefined ? says : trial.differs('config-path-to-auto', ...differs);
      assert.deepEqual([stdout, status], [wanted, 0], what);
    }
    // Nothing of it was applied.
    assert.equal(trial.log.match(/spawned/g)?.length, 6);
  });

  onBoth('reread of a broken file is refused, and everything goes on', async (trial) => {
    write(trial);
    await trial.foreground();
    await trial.logged(/success: web/);
    write(trial, { web: base.web.replace('=15', '=NOPE') });
    const { stdout, status } = await trial.ctl('reread');
    assert.match(stdout, /^ERROR: CANT_REREAD: value 'NOPE' is not a valid signal name in section 'program:web'/);
    assert.equal(status, 1);
    assert.match((await trial.ctl('status', 'web')).stdout, /RUNNING/);
  });

  onBoth('reread changes nothing of the daemon', async (trial) => {
    write(trial, { daemon: 'identifier=old' });
    await trial.foreground();
    write(trial, { daemon: 'identifier=new' });
    await trial.ctl('reread');
    const answer = await trial.call('supervisor.getIdentification');
    assert.equal(/<string>(.*)<\/string>/.exec(answer)?.[1], trial.differs('reread-applies', 'new', 'old'));
  });

  onBoth(
    'update stops and starts what changed, starts what is new, removes what is gone, and leaves the rest alone',
    async (trial) => {
      write(trial);
      await trial.foreground();
      await trial.logged(/success: web/);
      const before = await pids(trial);
      write(trial, {
        web: base.web.replace('1000', '1001'),
        other: '[program:new]\ncommand=/bin/sleep 1000',
      });
      const { stdout, status } = await trial.ctl('update');
      assert.deepEqual(
        [stdout, status],
        [
          'other: stopped\nother: removed process group\nweb: stopped\nweb: updated process group\nnew: added process group\n',
          0,
        ],
      );
      await trial.logged(/success: new/);
      const after = await pids(trial);
      assert.deepEqual([...after.keys()].sort(), ['ear', 'new', 'pair:one', 'pair:two', 'php', 'web']);
      assert.notEqual(after.get('web'), before.get('web'));
      for (const name of ['ear', 'pair:one', 'pair:two', 'php']) assert.equal(after.get(name), before.get(name), name);
      assert.equal((await trial.ctl('reread')).stdout, nothing);
    },
  );

  onBoth('update of named groups leaves the others for later', async (trial) => {
    write(trial);
    await trial.foreground();
    await trial.logged(/success: web/);
    write(trial, { web: base.web.replace('1000', '1001'), other: base.other.replace('1000', '1001') });
    assert.equal((await trial.ctl('update', 'other')).stdout, 'other: stopped\nother: updated process group\n');
    assert.equal((await trial.ctl('reread')).stdout, 'web: changed\n');
    const { stdout, status } = await trial.ctl('update', 'nobody');
    assert.deepEqual([stdout, status], ['ERROR: no such group: nobody\n', 1]);
  });

  onBoth('a program that was stopped by hand is started by an update, as autostart says', async (trial) => {
    write(trial);
    await trial.foreground();
    await trial.logged(/success: web/);
    await trial.ctl('stop', 'web', 'other');
    write(trial, {
      web: base.web.replace('1000', '1001'),
      other: `${base.other}\nautostart=false`,
    });
    await trial.ctl('update');
    await trial.until('web', async () => /web +RUNNING/.test((await trial.ctl('status')).stdout));
    assert.match((await trial.ctl('status')).stdout, /other +STOPPED +Not started/);
  });

  onBoth('add and remove', async (trial) => {
    write(trial);
    await trial.foreground();
    await trial.logged(/success: web/);
    const say = async (...words: string[]) => {
      const { stdout, status } = await trial.ctl(...words);
      return `${stdout.trim()} ${status}`;
    };
    assert.equal(await say('remove', 'web'), 'ERROR: process/group still running: web 1');
    assert.equal(await say('remove', 'nobody'), 'ERROR: no such process/group: nobody 1');
    assert.equal(await say('add', 'web'), 'ERROR: process group already active 0');
    assert.equal(await say('add', 'nobody'), 'ERROR: no such process/group: nobody 1');
    await trial.ctl('stop', 'web');
    assert.equal(await say('remove', 'web'), 'web: removed process group 0');
    assert.equal(await say('status', 'web'), 'web: ERROR (no such process) 4');
    assert.match((await trial.ctl('avail')).stdout, /^web +avail +auto +999:999$/m);
    assert.equal(await say('add', 'web'), 'web: added process group 0');
    await trial.until('web', async () => /web +RUNNING/.test((await trial.ctl('status')).stdout));
    // What was read last counts, not what is in the file now.
    write(trial, { other: `${base.other}\n[program:new]\ncommand=/bin/sleep 1000` });
    assert.equal(await say('add', 'new'), 'ERROR: no such process/group: new 1');
    await trial.ctl('reread');
    assert.equal(await say('add', 'new'), 'new: added process group 0');
  });

  onHupd(
    'with update_strategy=reload the update of real supervisorctl is a reload',
    async (trial) => {
      const server = (version: number) => `[program:web]
command=/bin/sh -c "echo up ${version} >> DIR/told; trap 'echo down ${version} >> DIR/told; exit 0' TERM; while :; do sleep 0.05; done"
reload_strategy=rolling
ready_check=startsecs
reload_overlap=0.2
update_strategy=reload
numprocs=2
process_name=%(process_num)d`;
      write(trial, { web: server(1) });
      await trial.foreground();
      await trial.logged(/success: 1/);
      const before = await pids(trial);
      write(trial, { web: server(2).replace('numprocs=2', 'numprocs=3'), other: '' });
      const reread = await trial.ctl('reread');
      assert.equal(reread.stdout, 'other: disappeared\nweb: available\n');
      const { stdout, status } = await trial.ctl('update');
      assert.deepEqual(
        [stdout, status],
        ['other: stopped\nother: removed process group\nweb: added process group\n', 0],
      );
      const after = await pids(trial);
      assert.notEqual(after.get('web:0'), before.get('web:0'));
      assert.deepEqual([...after.keys()].sort(), ['ear', 'pair:one', 'pair:two', 'php', 'web:0', 'web:1', 'web:2']);
      // Each predecessor goes only when its successor is there.
      const told = trial.read('told').trim().split('\n').slice(2);
      assert.equal(told.filter((line) => line === 'down 1').length, 2);
      let serving = 2;
      for (const line of told) {
        serving += line.startsWith('up') ? 1 : -1;
        assert.ok(serving >= 2, told.join(', '));
      }
      assert.equal((await trial.ctl('reread')).stdout, nothing);
      // One that fails is told to the client, and the old one serves on.
      write(trial, {
        web: server(3).replace('echo up', 'exit 1; echo up').replace('numprocs=2', 'numprocs=3'),
        other: '',
      });
      const failed = await trial.ctl('update');
      assert.match(
        failed.stdout,
        /web: 0: |FAILED: web: web:0: the successor ended before it was ready \(exit status 1\)/,
      );
      assert.equal(failed.status, 1);
      assert.deepEqual(await pids(trial), after);
    },
    { supervisorctl: true },
  );

  onBoth('a group is added with AUTO logs of its own, and its log of before stays', async (trial) => {
    write(trial);
    await trial.foreground();
    await trial.logged(/success: other/);
    const logs = () => trial.list().filter((name) => name.startsWith('other-stdout'));
    const before = logs();
    write(trial, { other: base.other.replace('1000', '1001') });
    await trial.ctl('update');
    assert.equal(logs().length, 2);
    assert.ok(logs().includes(before[0] ?? ''));
  });
});

async function pids(trial: Trial): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await trial.ctl('status');
  return new Map([...stdout.matchAll(/^(\S+) +\w+ +pid (\d+)/gm)].map(([, name = '', pid = '']) => [name, pid]));
}

/** What a killed daemon has left, and the next one makes of it. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Carried } from '../../src/core/carried.ts';
import { readCarried } from '../../src/core/carried-lines.ts';
import { findLegacy, forgoLegacy } from '../../src/daemon/legacy.ts';
import { FakeDaemon, program } from '../support/fake-daemon.ts';
import { FakeOs } from '../support/fake-os.ts';
import { KeptState, killedDaemon } from '../support/kept-state.ts';
import { tempDir } from '../support/temp-dir.ts';

function leftIn(state: string): Carried {
  const read = readCarried(state);
  assert.ok(read.ok, read.ok ? '' : read.why);
  return read.carried;
}

describe('a state that is wrong deep inside', () => {
  it('is refused as a whole, with the place; the log says who runs on and how to stop it', async (t) => {
    const { os, state } = await killedDaemon();
    const dir = tempDir(t);
    const wrong = state.replaceAll('"stopWaitSecs":60', '"stopWaitSecs":"60"');
    writeFileSync(`${dir}/state`, wrong);
    const { legacy, file, messages } = findLegacy(os, dir);
    assert.equal(legacy, null);
    assert.equal(file?.path, `${dir}/state`);
    const [why, ...left] = messages.map(({ text }) => text);
    assert.match(
      why ?? '',
      /state says is of no use: line \d+: "group"\.spec\.processes\[\d\]\.stopWaitSecs is no number$/,
    );
    assert.ok(left.some((text) => /^pair:slow: pid 1003,/.test(text)));
    assert.deepEqual(
      left.map((text) => Number(/^\S+: pid (\d+), which .* stop it with kill \1$/.exec(text)?.[1])).sort(),
      os.living.map(({ pid }) => pid).sort(),
    );
  });

  for (const [what, from, to] of [
    ['a pid that means everybody', /"pid":1002\b/g, '"pid":-1'],
    ['a child that is not there', /"startTime":10030,"generation":1\b/g, '"startTime":10030,"generation":7'],
    ['a process of another group', /"group":"web","command"/g, '"group":"bew","command"'],
  ] as const) {
    it(`is refused: ${what}`, async () => {
      const { state } = await killedDaemon();
      const changed = state.replace(from, to);
      if (changed !== state) assert.equal(readCarried(changed).ok, false);
      else assert.fail(`there is no ${from}`);
    });
  }
});

it('a daemon that adopts nobody says who runs on by itself, and leaves the state to nobody', async (t) => {
  const { os, state } = await killedDaemon();
  const dir = tempDir(t);
  writeFileSync(`${dir}/state`, state);
  const { legacy, file, messages } = forgoLegacy(os, dir);
  assert.deepEqual([legacy, file, existsSync(`${dir}/state`)], [null, null, false]);
  assert.deepEqual(
    messages.map(({ text }) => Number(/ runs on by itself: stop it with kill (\d+)$/.exec(text)?.[1])).sort(),
    os.living.map(({ pid }) => pid).sort(),
  );
});

describe('event listeners of a daemon that was killed', () => {
  const ear =
    '[eventlistener:ear]\ncommand=/bin/sh\nevents=REMOTE_COMMUNICATION\nstartsecs=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n';

  /** One event is being worked at, another one waits. */
  async function killedListener(): Promise<{ os: FakeOs; file: KeptState; pid: number }> {
    const os = new FakeOs();
    const file = new KeptState();
    const daemon = new FakeDaemon(`${program('web')}${ear}`, { os, file });
    await daemon.up();
    daemon.child('ear').write(1, 'READY\n');
    await daemon.elapse(0);
    for (const data of ['first', 'second']) daemon.supervisor.remoteCommEvent('x', data);
    await daemon.elapse(0);
    assert.match(daemon.child('ear').stdin.take(), /first$/);
    return { os, file, pid: daemon.view('ear').pid };
  }

  it('the event of one that died before the next daemon came goes to the one that is started again', async () => {
    const { os, file, pid } = await killedListener();
    const daemon = new FakeDaemon(`${program('web')}${ear}`, { os, left: leftIn(file.text) });
    os.exit(pid, 1);
    await daemon.up();
    const again = daemon.child('ear');
    again.write(1, 'READY\n');
    await daemon.elapse(0);
    assert.match(again.stdin.take(), /first$/);
    again.write(1, 'RESULT 2\nOKREADY\n');
    await daemon.elapse(0);
    assert.match(again.stdin.take(), /second$/);
  });

  it('a group that is taken out and added again afterwards hears nothing of what its namesake had before', async () => {
    const { os, file } = await killedListener();
    const next = new KeptState();
    const daemon = new FakeDaemon(`${program('web')}${ear}`, { os, file: next, left: leftIn(file.text) });
    await daemon.up();
    await addedAgain(daemon);
    assert.equal(daemon.child('ear').stdin.take(), '');
    const third = new FakeDaemon(`${program('web')}${ear}`, { os, left: leftIn(next.text) });
    await third.up();
    third.supervisor.remoteCommEvent('x', 'third');
    await third.elapse(0);
    const input = os.stdinPipes.findLast(({ path }) => path?.includes('/ear-')); // as the third daemon has it open
    assert.match(input?.take() ?? '', /serial:2 .*third$/s);
  });

  async function addedAgain(daemon: FakeDaemon): Promise<void> {
    await daemon.stop('ear', false);
    await daemon.elapse(0);
    assert.ok(daemon.supervisor.removeGroup('ear').ok);
    await daemon.supervisor.addGroup('ear');
    await daemon.elapse(1000);
    daemon.child('ear').write(1, 'READY\n');
    await daemon.elapse(0);
  }
});

describe('a program whose log can not be opened when the next daemon comes', () => {
  it('is read all the same, so that it does not come to stand still; its log goes on when it can be written', async (t) => {
    const log = `${tempDir(t)}/a.log`;
    const os = new FakeOs();
    const file = new KeptState();
    const text = `[program:a]\ncommand=/bin/sh\nstdout_logfile=${log}\nstderr_logfile=NONE\n`;
    await new FakeDaemon(text, { os, file }).up();
    rmSync(log);
    mkdirSync(log);
    const next = await new FakeDaemon(text, { os, left: leftIn(file.text) }).up();
    assert.equal(
      next.lines.filter((line) => line.startsWith('ERRO cannot write log')).length,
      1,
      next.lines.join('\n'),
    );
    const pipe = os.logPipes.findLast(({ path }) => path.includes('/a-a-stdout')); // as the next daemon has it open
    pipe?.write('lost\n');
    await next.elapse(0);
    rmdirSync(log);
    pipe?.write('kept\n');
    await next.elapse(0);
    assert.equal(readFileSync(log, 'utf8'), 'kept\n');
  });
});

describe('a daemon that was killed when all was quiet', () => {
  it('leaves word of those that run, and of none that had ended before: the next one has nothing to warn of', async () => {
    const os = new FakeOs();
    const file = new KeptState();
    const text = `${program('web', 'reload_strategy=rolling')}${program('off')}${program('failed', 'startretries=0')}`;
    const daemon = new FakeDaemon(text, { os, file });
    daemon.begin();
    os.exit(daemon.view('failed').pid, 3);
    await daemon.elapse(1000);
    const before = daemon.view('web').pid;
    daemon.begunReload('web');
    void daemon.stop('off', false);
    await daemon.elapse(5000);
    assert.notEqual(daemon.view('web').pid, before);
    const left = leftIn(file.text);
    const children = [...left.processes.values()].flatMap((process) => process.children.map(({ pid }) => pid));
    assert.deepEqual(children, [daemon.view('web').pid]);
    const next = await new FakeDaemon(text, { os, left }).up();
    assert.deepEqual(
      next.lines.filter((line) => !line.startsWith('INFO')),
      [],
    );
  });
});

/**
 * What the daemon costs, in counts that a busy machine does not change: system calls of its main thread by start and by megabyte of log, how often it
 * wakes at rest, bytes of heap by call. Times are the benches' business. A bound is half as much again as was counted.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { needs } from '../support/needs.ts';
import { call, post, RawClient } from '../support/raw-http.ts';
import { configText, rigFor } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const strace = { command: 'strace', apt: 'strace' };

/** System calls of a daemon's main thread, from its start until `done`, then `meanwhile`, and its end. */
async function systemCalls(
  dir: string,
  programs: string,
  done: (log: string) => boolean,
  meanwhile: (socket: string) => Promise<void> = async () => {},
): Promise<number> {
  const config = join(dir, 'c.conf');
  writeFileSync(config, configText(dir, { programs }));
  const counts = join(dir, 'counts');
  const args = ['-c', '-o', counts, process.execPath, 'bin/hupd', '-n', '-c', config];
  const tracer = spawn('strace', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(tracer, 'exit');
  let log = '';
  tracer.stdout.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  await until(
    'the programs',
    () => done(log),
    () => log,
  );
  await meanwhile(join(dir, 'hupd.sock'));
  process.kill(Number(readFileSync(join(dir, 'hupd.pid'), 'utf8')), 'SIGTERM');
  await ended;
  return totalOf(counts);
}

/** System calls of a program's main thread. */
function systemCallsOf(dir: string, ...words: readonly string[]): number {
  const counts = join(dir, 'counts');
  execFileSync('strace', ['-c', '-o', counts, process.execPath, ...words]);
  return totalOf(counts);
}

const totalOf = (counts: string) => Number(/^\S+ +\S+ +\S* +(\d+) .*total$/m.exec(readFileSync(counts, 'latin1'))?.[1]);

const sleepers = (count: number) =>
  `[program:s]\ncommand=/bin/sleep 1000\nnumprocs=${count}\nprocess_name=s%(process_num)02d\nstartsecs=0\n`;
const running = (count: number) => (log: string) => log.split('entered RUNNING').length > count;

test('a start and a stop cost few system calls, however many programs there are', async (t) => {
  if (!needs(t, strace)) return;
  const [few, more, many] = [
    await systemCalls(tempDir(t), sleepers(1), running(1)),
    await systemCalls(tempDir(t), sleepers(21), running(21)),
    await systemCalls(tempDir(t), sleepers(61), running(61)),
  ];
  const first = (more - few) / 20;
  const later = (many - more) / 40;
  t.diagnostic(`${first} calls a program at first, ${later} later; ${few} with one`);
  assert.ok(first < maxCallsPerProgram, `${first} calls a program`);
  assert.ok(later < 1.3 * first, `${later} calls a program after ${first}`);
});
const maxCallsPerProgram = 112;

test('hupctl status costs few system calls more than a node that does nothing, however many programs there are', async (t) => {
  if (!needs(t, strace)) return;
  const rig = await rigFor(t, { programs: sleepers(60) });
  await rig.until(() => running(60)(rig.log), 'all run');
  const bare = systemCallsOf(rig.dir, '-e', '0');
  const status = systemCallsOf(rig.dir, 'bin/hupctl', '-c', rig.configFile, 'status');
  t.diagnostic(`${status - bare} calls for a status, after ${bare}`);
  assert.ok(status - bare < maxCallsPerStatus, `${status - bare} calls for a status`);
});
const maxCallsPerStatus = 95;

test('a megabyte of log costs few system calls', async (t) => {
  if (!needs(t, strace)) return;
  const megabytes = 8;
  const writer = (count: number) =>
    `[program:w]\ncommand=/bin/dd if=/dev/zero bs=64k count=${16 * count}\nautorestart=false\nstartsecs=0\nstdout_logfile=NONE\n`;
  const exited = (log: string) => log.includes('exited: w');
  const none = await systemCalls(tempDir(t), writer(0), exited);
  const all = await systemCalls(tempDir(t), writer(megabytes).replace('NONE', 'DIR/w.log'), exited);
  const each = (all - none) / megabytes;
  t.diagnostic(`${each} calls a megabyte`);
  assert.ok(each < maxCallsPerMegabyte, `${each} calls a megabyte`);
});
/** A dozen for each 64 KiB, a pipe full, when the writer is so slow that each is dealt with by itself; a tenth of that where it is not. */
const maxCallsPerMegabyte = 200;

test('a call on a kept connection costs a wait, a read and a write', async (t) => {
  if (!needs(t, strace)) return;
  const calls = 300;
  const info = post('/RPC2', call('supervisor.getProcessInfo', 's:s00'));
  const ask = (count: number) => async (socket: string) => {
    const client = new RawClient(socket);
    for (let i = 0; i < count; i++) assert.equal((await client.send(info).answer()).status, 200);
    client.close();
  };
  const few = await systemCalls(tempDir(t), sleepers(1), running(1), ask(1));
  const many = await systemCalls(tempDir(t), sleepers(1), running(1), ask(1 + calls));
  const each = (many - few) / calls;
  t.diagnostic(`${each} system calls a call`);
  assert.ok(each < maxSystemCallsPerCall, `${each} system calls a call`);
});
const maxSystemCallsPerCall = 4.5;

test('at rest the daemon sleeps', async (t) => {
  const rig = await rigFor(t, { programs: sleepers(20) });
  await rig.until(() => running(20)(rig.log), 'all run');
  const wakes = () =>
    Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${rig.pid}/status`, 'latin1'))?.[1]);
  // The watchers of V8 and of the start have settled when a second brings nothing.
  await rig.until(async () => {
    const before = wakes();
    await sleep(1000);
    return wakes() === before;
  }, 'a second without a wake-up');
  const before = wakes();
  await sleep(3000);
  assert.ok(wakes() - before <= 1, `${wakes() - before} wake-ups in 3 s`);
});

test('a call of the everyday kind leaves little garbage', () => {
  const script = `
    const { readPlainCall } = await import('./build/src/rpc/plain-call.js');
    const { encodeResponse } = await import('./build/src/rpc/encode-response.js');
    const call = "<?xml version='1.0'?><methodCall><methodName>supervisor.getProcessInfo</methodName><params><param><value><string>web:web</string></value></param></params></methodCall>";
    const info = { name: 'web', group: 'web', start: 1, stop: 2, now: 3, state: 20, statename: 'RUNNING', spawnerr: '', exitstatus: 0, logfile: '/l', stdout_logfile: '/l', stderr_logfile: '', pid: 5, description: 'pid 5, uptime 0:00:01' };
    const once = () => readPlainCall(call).method.length + encodeResponse(info).length;
    for (let i = 0; i < 5000; i++) once();
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1000; i++) once();
    console.log((process.memoryUsage().heapUsed - before) / 1000);`;
  // A nursery that takes it all: nothing is collected in between.
  const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64', '--input-type=module'];
  const bytes = Number(execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' }));
  assert.ok(bytes > 500 && bytes < maxBytesPerCall, `${bytes} bytes a call`);
});
const maxBytesPerCall = 6000;

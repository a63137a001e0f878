import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ChannelSpec } from '../../src/core/spec.ts';
import { ChildLog, type ChildOutput } from '../../src/log/child-log.ts';
import { RotatingFile } from '../../src/log/rotating-file.ts';
import { Syslog } from '../../src/log/syslog.ts';
import { FakeMovable } from '../support/movable.ts';
import { tempDir } from '../support/temp-dir.ts';

const begin = '<!--XSUPERVISOR:BEGIN-->';
const end = '<!--XSUPERVISOR:END-->';

interface Rig {
  readonly dir: string;
  readonly log: ChildLog;
  readonly said: string[];
  /** What is in the log file. */
  text(): string;
  open(): ChildOutput;
}

interface RigOptions {
  readonly channel?: Partial<ChannelSpec>;
  readonly stripAnsi?: boolean;
  readonly isProtocol?: boolean;
  readonly debug?: boolean;
  readonly path?: string;
}

function rig(t: TestContext, options: RigOptions = {}): Rig {
  const dir = tempDir(t);
  const path = options.path ?? join(dir, 'log');
  const said: string[] = [];
  const channel: ChannelSpec = {
    log: { kind: 'file', path },
    maxBytes: 0,
    backups: 0,
    captureMaxBytes: 0,
    eventsEnabled: false,
    syslog: false,
    ...options.channel,
  };
  const file = new RotatingFile({ ...channel, path, report: ({ text }) => said.push(text) });
  t.after(() => file.close());
  const sink = { send: (datagram: Buffer) => said.push(`syslog ${datagram}`), close: () => {} };
  const log = new ChildLog({
    processName: 'web',
    channel,
    file: channel.log.kind === 'none' ? null : file,
    syslog: channel.syslog ? new Syslog(sink, 'supervisord', () => new Date(2026, 10, 2, 14, 5, 9).getTime()) : null,
    stripAnsi: options.stripAnsi ?? false,
    onProtocolRead: null,
    onProtocol: options.isProtocol === true ? (pid, data) => said.push(`said ${pid} ${data}`) : null,
    onOutput: options.debug === true ? (data) => said.push(`debug ${data}`) : null,
    onLogEvent: channel.eventsEnabled ? (pid, data) => said.push(`log ${pid} ${data}`) : null,
    onCommunication: (pid, data) => said.push(`comm ${pid} ${data}`),
  });
  const open = () => {
    const opened = log.open();
    assert.ok(opened.ok);
    opened.output.attach(7);
    return opened.output;
  };
  return { dir, log, said, open, text: () => readFileSync(path, 'utf8') };
}

test('output goes to the log as it is', (t) => {
  const { open, text, said } = rig(t);
  const output = open();
  output.write(Buffer.from('one\ntw'));
  output.write(Buffer.from('o\n\x1b[1m'));
  assert.equal(text(), 'one\ntwo\n\x1b[1m');
  assert.deepEqual(said, []);
});

test('output that only the log has to have is moved, not read, and its last lines are known', (t) => {
  const { open, text, said } = rig(t);
  const output = open();
  const chunk = new FakeMovable('one\ntwo\n');
  output.take(chunk);
  assert.equal(text(), 'one\ntwo\n');
  assert.deepEqual([chunk.wasRead, output.lastLines(9)], [false, ['one', 'two']]);
  const heard: string[] = [];
  output.listen((data) => heard.push(`${data}`));
  output.take(new FakeMovable('three\n'));
  assert.deepEqual([heard, output.lastLines(1)], [['three\n'], ['three']]);
  assert.equal(text(), 'one\ntwo\nthree\n');
  output.end();
  output.take(new FakeMovable('too late\n'));
  assert.deepEqual([output.isBulk, text(), said], [true, 'one\ntwo\nthree\n', []]);
});

test('output that others have to have as well is read for them, and none of it waits', (t) => {
  for (const options of [{ channel: { eventsEnabled: true } }, { isProtocol: true }, { debug: true }]) {
    const { open, text, said } = rig(t, options);
    const output = open();
    output.take(new FakeMovable('one\n'));
    assert.deepEqual([output.isBulk, text(), said.length], [false, 'one\n', 1]);
  }
});

test('without a log file output is taken and dropped, and its last lines are still known', (t) => {
  const { open, log } = rig(t, { channel: { log: { kind: 'none' } } });
  const output = open();
  output.write(Buffer.from('one\ntwo\n'));
  assert.deepEqual(output.lastLines(1), ['two']);
  assert.equal(log.clear(), null);
});

test('each chunk is one event, one debug record, and its lines for the system log', (t) => {
  const { open, said } = rig(t, { channel: { eventsEnabled: true, syslog: true }, debug: true });
  open().write(Buffer.from('one\ntwo\n'));
  assert.deepEqual(said, [
    'syslog <14>Nov  2 14:05:09 supervisord: web one',
    'syslog <14>Nov  2 14:05:09 supervisord: web two',
    'debug one\ntwo\n',
    'log 7 one\ntwo\n',
  ]);
});

test('captured text makes its event and, as under supervisord, log events, but is not logged', (t) => {
  const { open, text, said } = rig(t, { channel: { captureMaxBytes: 100, eventsEnabled: true } });
  const output = open();
  output.write(Buffer.from(`a${begin}b`));
  output.write(Buffer.from(`${end}c`));
  output.end();
  assert.equal(text(), 'ac');
  assert.deepEqual(said, ['log 7 a', 'log 7 b', 'comm 7 b', 'log 7 c']);
});

test('what was held back because it might be a token is logged at the end', (t) => {
  const { open, text } = rig(t, { channel: { captureMaxBytes: 100 } });
  const output = open();
  output.write(Buffer.from('a<!--XSUP'));
  assert.equal(text(), 'a');
  output.end();
  output.end();
  output.write(Buffer.from('too late'));
  assert.equal(text(), 'a<!--XSUP');
});

test('strip_ansi works on the log, the events and what is captured, with sequences cut anywhere', (t) => {
  const { open, text, said } = rig(t, { stripAnsi: true, channel: { captureMaxBytes: 100, eventsEnabled: true } });
  const output = open();
  for (const byte of Buffer.from(`\x1b[31ma${begin}\x1b[1mb\x1b${end}c\x1b`)) output.write(Buffer.from([byte]));
  output.end();
  assert.equal(text(), 'ac\x1b');
  assert.deepEqual(said, ['log 7 a', 'log 7 b', 'comm 7 b\x1b', 'log 7 c', 'log 7 \x1b']);
});

test("an event listener's protocol is logged and shown raw, and makes no events", (t) => {
  const { open, text, said } = rig(t, {
    isProtocol: true,
    debug: true,
    stripAnsi: true,
    channel: { captureMaxBytes: 100, eventsEnabled: true },
  });
  const output = open();
  output.write(Buffer.from(`READY\n\x1b[1m${begin}x`));
  output.end();
  assert.equal(text(), `READY\n${begin}x`);
  const raw = `READY\n\x1b[1m${begin}x`;
  assert.deepEqual(said, [`debug ${raw}`, `said 7 ${raw}`]);
});

test('two generations write into one log and do not mix up what is half read of either', (t) => {
  const { open, text, said } = rig(t, { channel: { captureMaxBytes: 100 } });
  const [old, young] = [open(), open()];
  young.attach(8);
  old.write(Buffer.from('old <!--XSUP'));
  young.write(Buffer.from(`young ${begin}secret`));
  old.write(Buffer.from('er\n'));
  young.write(Buffer.from(end));
  old.end();
  young.write(Buffer.from('on'));
  assert.equal(text(), 'old young <!--XSUPer\non');
  assert.deepEqual(said, ['comm 8 secret']);
  assert.deepEqual(old.lastLines(5), ['old <!--XSUPer']);
});

test('a restart opens the path anew, so that a moved log is not written on', (t) => {
  const { dir, open, text } = rig(t);
  const first = open();
  first.write(Buffer.from('one'));
  renameSync(join(dir, 'log'), join(dir, 'moved'));
  first.write(Buffer.from('two'));
  first.end();
  open().write(Buffer.from('three'));
  assert.equal(text(), 'three');
  assert.equal(readFileSync(join(dir, 'moved'), 'utf8'), 'onetwo');
});

test('a start whose log cannot be opened is refused with the errno', (t) => {
  const { log } = rig(t, { path: '/nonexistent-directory/log' });
  const opened = log.open();
  assert.equal(opened.ok ? '' : opened.trouble.errno, 'ENOENT');
});

test('the last lines are those of the last 8 KiB, whatever the sizes of the chunks', (t) => {
  for (const size of [1, 100, 8191, 8192, 8193, 100_000]) {
    const output = rig(t, { channel: { log: { kind: 'none' } } }).open();
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}`);
    const bytes = Buffer.from(`${lines.join('\r\n')}\r\n`);
    for (let at = 0; at < bytes.length; at += size) output.write(bytes.subarray(at, at + size));
    assert.deepEqual(output.lastLines(3), ['line 4997', 'line 4998', 'line 4999'], `chunks of ${size}`);
    assert.ok(output.lastLines(10_000).join('\r\n').length <= 8192);
    assert.ok(output.lastLines(10_000).length > 700);
    assert.deepEqual(output.lastLines(0), []);
  }
});

test('output of 1 GiB without a newline is written at the speed of the disk and keeps no memory', (t) => {
  const { open, log } = rig(t, { path: '/dev/null', channel: { captureMaxBytes: 100 } });
  const output = open();
  const chunk = Buffer.alloc(1 << 20, 120);
  for (let i = 0; i < 1024; i++) output.write(chunk);
  assert.equal(output.lastLines(1)[0]?.length, 8192);
  assert.equal(log.path, '/dev/null');
});

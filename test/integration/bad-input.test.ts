/** Bad input gets a clear error; the daemon and the other programs go on. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { configText, rigFor, run } from '../support/rig.ts';

const refused: ReadonlyArray<readonly [string, string, RegExp]> = [
  [
    'an unknown stopsignal',
    '[program:x]\ncommand=/bin/cat\nstopsignal=TREM',
    /^Error: value 'TREM' is not a valid signal name in section 'program:x' \(file: '.*'\)\n/,
  ],
  [
    'a reload_strategy that does not exist',
    '[program:x]\ncommand=/bin/cat\nreload_strategy=roling',
    /^Error: .*roling.*'program:x'/,
  ],
  ['no command', '[program:x]', /^Error: program section program:x does not specify a command/],
  [
    'a group of unknown programs',
    '[group:g]\nprograms=x',
    /^Error: \[group:g\] names unknown program or fcgi-program x/,
  ],
];

for (const [name, programs, error] of refused) {
  test(`${name} stops the start with an error that names file and section`, async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'hupd-bad-'));
    t.after(() => rmSync(dir, { recursive: true }));
    writeFileSync(join(dir, 's.conf'), configText(dir, { programs }));
    const { status, stderr } = await run('bin/hupd', ['-n', '-c', join(dir, 's.conf')]);
    assert.equal(status, 2);
    assert.match(stderr, error);
    assert.match(stderr, /\nFor help, use .*hupd -h\n$/);
  });
}

test('a configuration file that is not there is said so', async () => {
  const { status, stderr } = await run('bin/hupd', ['-n', '-c', '/nonexistent/x.conf']);
  assert.equal(status, 2);
  assert.match(stderr, /^Error: could not find config file \/nonexistent\/x.conf\n/);
});

test('a command that does not exist is a fault for the client, and the others run on', async (t) => {
  const rig = await rigFor(t, {
    programs: '[program:good]\ncommand=/bin/cat\n[program:bad]\ncommand=/nonexistent/program\nautostart=false',
  });
  await rig.logged(/success: good/);
  const { status, stdout } = await rig.ctl('start', 'bad');
  assert.equal(stdout, 'bad: ERROR (no such file)\n');
  assert.equal(status, 1);
  assert.match((await rig.ctl('status', 'good')).stdout, /RUNNING/);
});

test('garbage, and 64 MiB of it, on the control socket disturbs nobody', async (t) => {
  const rig = await rigFor(t, { programs: '[program:good]\ncommand=/bin/cat' });
  await rig.logged(/success: good/);
  for (const start of [
    '\x00\x01\x02 garbage\r\n\r\n',
    'POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 67108864\r\n\r\n',
  ]) {
    await pour(rig.socket, start, 64 << 20);
    assert.match((await rig.ctl('status', 'good')).stdout, /RUNNING/);
  }
});

/** Writes until everything is out or the other side has had enough. */
function pour(path: string, start: string, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    const chunk = Buffer.alloc(1 << 16, 0x61);
    const socket = connect(path);
    let left = bytes;
    const more = () => {
      while (left > 0 && !socket.destroyed) {
        left -= chunk.length;
        if (!socket.write(chunk)) return;
      }
      socket.end();
    };
    socket.on('drain', more);
    socket.on('error', () => {}); // EPIPE and ECONNRESET are the answer that is hoped for
    socket.on('close', () => resolve());
    socket.resume();
    socket.write(start, more);
  });
}

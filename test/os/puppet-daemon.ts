/**
 * A daemon to be killed: starts `sh -c ARGV[3]` in the directory ARGV[2] with its output in a log pipe, and moves what it reads into ARGV[2]/log: at
 * the pace of ARGV[4]; if that is prompt, it tells.
 */
import { openSync, writeSync } from 'node:fs';
import { openLinuxOs } from '../../src/os/linux-os.ts';
import type { Chunk } from '../../src/os/os.ts';

const [, , directory = '', script = '', pace] = process.argv;
const opened = openLinuxOs({ runtimeDirectory: `${directory}/run`, originalFileLimit: null });
if (!opened.ok) throw new Error(opened.problem);
const { os } = opened;
const pipe = os.createLogPipe('puppet', null);
const outcome = os.spawn({
  file: '/bin/sh',
  args: ['sh', '-c', script],
  env: [Buffer.from('PATH=/usr/bin:/bin')],
  directory,
  umask: null,
  uid: null,
  fds: new Map([
    [0, openSync('/dev/null', 'r')],
    [1, pipe.childFd],
    [2, pipe.childFd],
  ]),
  listenPid: false,
});
if (!outcome.ok) throw new Error(outcome.reason);
pipe.closeChildEnd();
writeSync(1, `fifo ${pipe.path} of ${outcome.pid}\n`);
const log = openSync(`${directory}/log`, 'a');
const move = (chunk: Chunk) => chunk.moveTo(log, chunk.size);
const tell = (chunk: Chunk) => writeSync(1, `moved ${move(chunk)} bytes: ${chunk.bytes()}`);
if (pace === 'gathered') pipe.read(move, () => {}, pace);
else pipe.read(tell, () => {});

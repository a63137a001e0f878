import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExitStatus } from '../../src/core/exit-status.ts';
import { childFailureTexts, daemonTexts, eventTexts, type LogText, processTexts } from '../../src/core/log-texts.ts';
import { signalName, signalNumbers } from '../../src/core/signals.ts';

const exit = (code: number): ExitStatus => ({ kind: 'exit', code });
const died = (signal: number, coreDumped = false): ExitStatus => ({ kind: 'signal', signal, coreDumped });

// supervisord 4.2.5 prints these.
const rows: ReadonlyArray<readonly [LogText, string]> = [
  [processTexts.spawned('web', 7), "INFO spawned: 'web' with pid 7"],
  [processTexts.spawnError("can't find command '/x'"), "INFO spawnerr: can't find command '/x'"],
  [
    processTexts.success('web', 1),
    'INFO success: web entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
  ],
  [processTexts.exited('web', exit(0), true), 'INFO exited: web (exit status 0; expected)'],
  [processTexts.exited('web', exit(0), false), 'WARN exited: web (exit status 0; not expected)'],
  [
    processTexts.exited('web', died(11, true), false),
    'WARN exited: web (terminated by SIGSEGV (core dumped); not expected)',
  ],
  [processTexts.exited('web', died(40), false), 'WARN exited: web (terminated by signal 40; not expected)'],
  [processTexts.stopped('web', exit(0), [0]), 'INFO stopped: web (exit status 0)'],
  [processTexts.stopped('web', exit(2), [0]), 'WARN stopped: web (exit status 2)'],
  [processTexts.stopped('web', died(15), [0]), 'WARN stopped: web (terminated by SIGTERM)'],
  [processTexts.gaveUp('web'), 'INFO gave up: web entered FATAL state, too many start retries too quickly'],
  [processTexts.killingWithSigkill('web', 7), "WARN killing 'web' (7) with SIGKILL"],
  [processTexts.killing('web', 7, 15, false), 'DEBG killing web (pid 7) with signal SIGTERM'],
  [processTexts.killing('web', 7, 9, true), 'DEBG killing web (pid 7) process group with signal SIGKILL'],
  [processTexts.signalling('web', 7, 1), 'DEBG sending web (pid 7) sig SIGHUP'],
  [
    processTexts.killJustExited('web', 7),
    'DEBG unable to signal web (pid 7), it probably just exited on its own: [Errno 3] No such process',
  ],
  [processTexts.waitingToStop('web'), 'INFO waiting for web to stop'],
  [processTexts.output('web', 'stdout', Buffer.from('x\n')), "DEBG 'web' stdout output:\nx\n"],
  [processTexts.output('web', 'stderr', Buffer.from([0x88])), "DEBG 'web' stderr output:\nUndecodable: b'\\x88'"],
  [processTexts.protocolOutput('l', Buffer.from('READY\n')), "DEBG 'l' stdout output:\nb'READY\\n'"],
  [daemonTexts.started(7), 'INFO supervisord started with pid 7'],
  [daemonTexts.exitRequest(15), 'WARN received SIGTERM indicating exit request'],
  [daemonTexts.restartRequest(1), 'WARN received SIGHUP indicating restart request'],
  [daemonTexts.restartIgnored(1), 'WARN ignored SIGHUP indicating restart request (shutdown in progress)'],
  [daemonTexts.reopenRequest(12), 'INFO received SIGUSR2 indicating log reopen request'],
  [daemonTexts.childQuit(17), 'DEBG received SIGCHLD indicating a child quit'],
  [daemonTexts.waitingToDie(['a', 'b']), 'INFO waiting for a, b to die'],
  [daemonTexts.reapedUnknown(4, exit(3)), 'INFO reaped unknown pid 4 (exit status 3)'],
  [eventTexts.listenerState('l', 'BUSY', 'ACKNOWLEDGED'), 'DEBG l: BUSY -> ACKNOWLEDGED'],
  [eventTexts.overflow('pool', 3), 'ERRO pool pool event buffer overflowed, discarding event 3'],
  [eventTexts.rebuffering(3, 'pool', 9, 10), 'DEBG rebuffering event 3 for pool pool (buf size=9, max=10)'],
];
for (const [{ level, text }, expected] of rows) {
  test(`the main log says: ${expected.replace(/\n/g, '⏎')}`, () => {
    assert.equal(`${level} ${text}`, expected);
  });
}

test('a child that could not become its program leaves two lines', () => {
  assert.equal(
    childFailureTexts.exec('./run', 'ENOEXEC'),
    "supervisor: couldn't exec ./run: ENOEXEC\nsupervisor: child process was not spawned\n",
  );
});

test('a signal has the name that supervisord prints, and is found under its other names too', () => {
  assert.deepEqual([6, 17, 29, 34, 35, 64].map(signalName), [
    'SIGABRT',
    'SIGCHLD',
    'SIGPOLL',
    'SIGRTMIN',
    'signal 35',
    'SIGRTMAX',
  ]);
  assert.equal(signalNumbers.get('SIGCLD'), 17);
  assert.equal(signalNumbers.get('SIGIO'), 29);
  assert.equal(signalNumbers.get('TERM'), undefined);
});

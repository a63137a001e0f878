/** Where koffi has no build for the machine: hupd says in one line what is off, and does the rest. */
import assert from 'node:assert/strict';
import { onHupd, trials } from './trial.ts';

/** Loaded before hupd. */
const hook = `const Module = require('node:module');
const load = Module._load;
Module._load = (name, ...rest) => {
  if (name.includes('koffi')) throw new Error("Cannot find module 'koffi'"); // its library goes by the platform's name
  return load(name, ...rest);
};
`;

trials('a machine without koffi', () => {
  onHupd('hupd runs programs, says once what is off, and ends in order', async (trial) => {
    trial.write('hook.cjs', hook);
    trial.config({
      programs: `[program:cat]\ncommand=/bin/sh -c 'echo hello; exec cat'\nstartsecs=0\nstdout_logfile=DIR/cat.log
[program:kept]\ncommand=/bin/cat\nautostart=false\nsocket=unix://DIR/kept.sock\n`,
    });
    const daemon = trial.launch(['--require', trial.path('hook.cjs'), trial.command, '-n', '-c', trial.file], {
      command: process.execPath,
      env: { ...process.env, NOTIFY_SOCKET: trial.path('notify') },
    });
    await trial.started();
    const off = [...trial.log.matchAll(/WARN (.*)\n/g)].map(([, text]) => text);
    assert.equal(off.filter((text) => text?.includes('koffi')).length, 1);
    assert.match(off.join('\n'), /the C library can not be called: .*; so sockets are neither kept nor handed over/);

    assert.match(off.join('\n'), /systemd will wait for READY=1 in vain; use Type=simple in the unit/);

    await trial.logged(/success: cat/);
    assert.match((await trial.ctl('status', 'cat')).stdout, /RUNNING/);
    await trial.until('its output', () => trial.read('cat.log') === 'hello\n');
    assert.match((await trial.ctl('restart', 'cat')).stdout, /cat: stopped\ncat: started/);
    await trial.until('its output', () => trial.read('cat.log') === 'hello\nhello\n');
    assert.match((await trial.ctl('tail', 'cat')).stdout, /^hello\nhello\n/);
    assert.match((await trial.ctl('start', 'kept')).stdout, /kept: ERROR \(spawn error\)/);
    assert.match(trial.log, /stopped: cat \(terminated by SIGTERM\)/);

    await trial.ctl('shutdown');
    assert.deepEqual(await trial.ended(daemon), { status: 0, signal: null });
  });
});

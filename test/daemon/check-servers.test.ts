/** `hupd --check` says what is known of the programs' servers; it starts nothing and is no failure. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';

const rows: ReadonlyArray<readonly [string, string, RegExp | null]> = [
  ["puma's HUP, which stops it", 'command=puma config.ru\nreload_strategy=hup', /SIGHUP of puma: stops it, unless/],
  ["uWSGI's TERM, which restarts it", 'command=uwsgi --master', /SIGTERM of uWSGI: kills its workers.*stopsignal=INT/i],
  ["uvicorn's HUP, which ends it", 'command=uvicorn app:app\nreload_strategy=hup', /SIGHUP of uvicorn: ends a uvicorn/],
  [
    'a signal by which nobody makes a successor',
    'command=gunicorn app:app\nreload_strategy=rolling\nreload_handover=signal',
    /use reload_signal=USR2/,
  ],
  [
    'a successor that would not find its sockets',
    'command=gunicorn app:app\nreload_strategy=rolling\nreload_handover=signal\nreload_signal=USR2\nsocket=tcp://127.0.0.1:7',
    /does not find sockets that it was given itself; use reload_handover=sockets/,
  ],
  [
    'nginx in the foreground, which ignores USR2',
    'command=nginx -c /dev/null -g "daemon off;"\nreload_strategy=rolling\nreload_handover=signal\nreload_signal=USR2',
    /SIGUSR2 of nginx is ignored in the foreground; let it be a daemon, which hupd follows/,
  ],
  [
    'nothing of a server that is used as it should be',
    'command=gunicorn app:app\nreload_strategy=rolling\nreload_handover=signal\nreload_signal=USR2',
    null,
  ],
];

for (const [what, lines, expected] of rows) {
  test(`it says ${what}`, async (t) => {
    const file = join(tempDir(t), 'supervisord.conf');
    writeFileSync(file, `[supervisord]\n[program:web]\n${lines}\n`);
    const { status, stdout } = await run(join('bin', 'hupd'), ['--check', '-c', file]);
    assert.equal(status, 0);
    const said = stdout.split('\n').filter((line) => line.startsWith(`${file}: warning: [program:web]: `));
    if (expected === null) assert.deepEqual(said, []);
    else assert.match(said.join('\n'), expected);
  });
}

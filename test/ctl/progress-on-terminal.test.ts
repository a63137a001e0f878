import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../support/needs.ts';
import { rigFor } from '../support/rig.ts';
import { Tmux, tmuxNeeds } from '../support/tmux.ts';

/** They take a second to start, and those with a number take as many to stop. */
const programs = `[program:w]
command=/bin/sh -c 'trap "sleep %(process_num)d; exit 0" TERM; while :; do sleep 0.1; done'
process_name=%(program_name)s_%(process_num)d
numprocs=3
startsecs=1
autostart=false
stopwaitsecs=20
ready_check=startsecs
reload_strategy=rolling
`;

test('on a terminal a bar is drawn with counts and the slowest name, and is gone at the end; the lines stay', async (t) => {
  if (!needs(t, tmuxNeeds)) return;
  const rig = await rigFor(t, { programs });
  const tmux = await Tmux.startFor(t, { width: 80, height: 24, command: 'echo begin' });
  await tmux.shows(/^begin$/m);
  const told = async (line: string, moving: RegExp): Promise<string> => {
    await tmux.type('clear', 'Enter');
    await tmux.shows(/^[$#]$/m);
    await tmux.type(`bin/hupctl -c ${rig.configFile} ${line}; echo "end $?"`, 'Enter');
    await tmux.shows(moving);
    const lines = (await tmux.shows(/^end \d+$/m)).split('\n').map((it) => it.trim());
    const from = lines.findIndex((it) => it.endsWith('echo "end $?"'));
    return lines.slice(from + 1, lines.indexOf('end 0')).join(', ');
  };
  const each = (what: string) => [0, 1, 2].map((number) => `w:w_${number}: ${what}`).join(', ');

  const started = await told('start all', /\[[#-]+\] \d of 3 started, waiting for w:w_\d \(STARTING \d s\)/);
  assert.equal(started, each('started'));
  const reloaded = await told('reload w:*', /\[[#-]+\] \d of 3 reloaded, waiting for w:w_\d \(startsecs, /);
  assert.match(reloaded, /w:w_2: reloaded in [\d.]+ s$/);
  const stopped = await told('stop w:*', /\[#+-+\] [12] of 3 stopped, waiting for w:w_\d \(STOPPING \d s\)/);
  assert.equal(stopped, each('stopped'));
});

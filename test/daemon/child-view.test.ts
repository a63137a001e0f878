/** What a child finds when it looks around, and what the daemon says it is configured to do: the same under supervisord and under hupd. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { type ServerName, Trial, trials } from './trial.ts';

/** Notes all that a program can see of itself: taken from the kernel before the shell has changed anything that is noted. */
const look = `#!/bin/sh
cd_of_child=$(readlink /proc/$$/cwd)
{
  echo "cwd $cd_of_child"
  echo "umask $(umask)"
  grep -E '^(Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs|SigBlk|SigIgn):' /proc/self/status
  cat /proc/self/limits | grep -E 'open files|processes|core'
  cat /proc/$$/oom_score_adj
  set -- $(cat /proc/$$/stat)
  [ "$5" = "$1" ] && echo 'leads its group' || echo 'in the group of another'
  [ "$6" = "$1" ] && echo 'leads its session' || echo 'in the session of another'
  for fd in /proc/$$/fd/*; do
    # 10 and up is the script itself
    [ "\${fd##*/}" -lt 10 ] && echo "fd \${fd##*/} $(stat -Lc %F "$fd")"
  done
  tr '\\0' '\\n' < /proc/$$/environ | sort
} > "$LOOK_OUT" 2>&1
exec sleep 1000
`;

interface Program {
  readonly name: string;
  readonly lines: string;
  readonly section?: string;
}

const programs = (port: number): readonly Program[] => [
  { name: 'plain', lines: '' },
  { name: 'tuned', lines: 'umask=027\ndirectory=/usr/share\nredirect_stderr=true' },
  { name: 'other', lines: 'user=www-data' },
  { name: 'other_masked', lines: 'user=nobody\numask=0077\ndirectory=/tmp\nstopasgroup=true' },
  {
    name: 'named',
    lines:
      'environment=SUPERVISOR_GROUP_NAME="mine",A="b c",B=\'%(ENV_ALL)s\',PATH="/usr/bin:/bin"\nserverurl=http://elsewhere:1',
  },
  { name: 'silent', lines: 'stdout_logfile=NONE\nstderr_logfile=NONE' },
  { name: 'many', lines: 'numprocs=2\nprocess_name=%(program_name)s_%(process_num)02d' },
  { name: 'gateway', section: 'fcgi-program', lines: `socket=tcp://127.0.0.1:${port}` },
  { name: 'listener', section: 'eventlistener', lines: 'events=TICK_3600' },
];

function sections(port: number): string {
  return programs(port)
    .map(({ name, section = 'program', lines }) => {
      const environment = `LOOK_OUT="DIR/seen/%(program_name)s-%(process_num)s"`;
      const own = /environment=/.test(lines)
        ? lines.replace('environment=', `environment=${environment},`)
        : `environment=${environment}\n${lines}`;
      return `[${section}:${name}]\ncommand=/bin/sh DIR/look.sh\n${own}`;
    })
    .join('\n')
    .concat('\n[group:pair]\nprograms=plain,tuned');
}

/** What each child has seen, by its file. */
async function seen(
  t: TestContext,
  name: ServerName,
  port: number,
  leaves: boolean,
  starter: string,
): Promise<unknown> {
  const trial = new Trial(t, name);
  try {
    trial.mkdir('seen');
    chmodSync(trial.path('seen'), 0o777);
    trial.write('look.sh', look);
    trial.config({ daemon: 'environment=ALL="of all"\numask=026\nminfds=900', programs: sections(port) });
    const args = [...(leaves ? [] : ['-n']), '-c', trial.file];
    const line = `${starter}; "$0" "$@"; exit $?`;
    trial.launch(['-c', line, trial.command, ...args], { command: '/bin/sh' });
    await trial.started();
    const files = () => trial.list('seen').map((file) => [file, trial.read(`seen/${file}`)] as const);
    await trial.until('all children', () => {
      const all = files();
      return all.length === 10 && all.every(([, text]) => /^SUPERVISOR_PROCESS_NAME=/m.test(text));
    });
    return Object.fromEntries(
      files().map(([file, text]) => [file, text.replaceAll(trial.dir, 'DIR').replace(/\n+$/, '').split('\n')]),
    );
  } finally {
    await trial.end();
  }
}

/** hupd's children have every signal at its default. */
function withoutSignals(seen: unknown): unknown {
  return JSON.parse(JSON.stringify(seen, (_, value) => (/^Sig(Blk|Ign):/.test(String(value)) ? 'signals' : value)));
}

trials('from inside', () => {
  for (const [how, leaves, starter] of [
    ['in the foreground', false, 'umask 022'],
    ['as a daemon', true, 'umask 022'],
    ['with another umask, limit and working directory', false, 'umask 002; ulimit -Sn 800; cd /'],
  ] as const) {
    test(`a child finds the same environment, umask, user, groups, limits and descriptors under both, ${how}`, async (t) => {
      if (!needs(t, { command: '/usr/bin/supervisord', apt: 'supervisor' })) return;
      if (process.geteuid?.() !== 0) return t.skip('needs root, to become others');
      const port = await freePort();
      const supervisord = await seen(t, 'supervisord', port, leaves, starter);
      const hupd = await seen(t, 'hupd', port, leaves, starter);
      assert.deepEqual(withoutSignals(hupd), withoutSignals(supervisord));
      // The deviation child-signals, seen from inside.
      assert.match(JSON.stringify(supervisord), /SigIgn:\\t0000000001001000/);
      const masks = [...JSON.stringify(hupd).matchAll(/Sig(?:Blk|Ign):\\t(\w+)/g)].map(([, mask]) => mask);
      assert.deepEqual([...new Set(masks)], ['0000000000000000']);
      assert.equal(masks.length, 20);
    });
  }
});

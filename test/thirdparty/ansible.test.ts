/**
 * Ansible's community.general.supervisorctl against hupd: every state it knows, the second time as well (nothing changes), in check mode, and
 * where it has to fail; through supervisorctl and through hupctl. It reads what they print, so a word in the wrong place shows here.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { type Need, needs } from '../support/needs.ts';
import { rigFor, run } from '../support/rig.ts';

/** Debian has the collection in `ansible`, 290 MB of which this test wants one file: the variable may name a directory with no more than that. */
const collections = process.env.ANSIBLE_COLLECTIONS_PATH ?? '/usr/lib/python3/dist-packages';
const module = join(collections, 'ansible_collections/community/general/plugins/modules/supervisorctl.py');
const peers: readonly Need[] = [
  { command: 'ansible-playbook', apt: 'ansible-core' },
  { command: module, apt: 'ansible' },
  { command: '/usr/bin/supervisorctl', apt: 'supervisor' },
];

interface Task {
  readonly name: string;
  readonly state: string;
  readonly signal?: string;
  readonly check?: true;
  /** By URL and password in the place of the configuration file. */
  readonly remote?: true;
  /** What it says: `changed`, or not, or how it fails. */
  readonly expect: 'changed' | 'same' | RegExp;
  /** Processes that were acted upon, where the module tells. */
  readonly affected?: readonly string[];
}

const tasks: readonly Task[] = [
  { name: 'web', state: 'started', expect: /^ERROR \(no such process\)$/ },
  { name: 'web', state: 'present', check: true, expect: 'changed' },
  { name: 'web', state: 'present', expect: 'changed' },
  { name: 'web', state: 'present', expect: 'same' },
  { name: 'web', state: 'signalled', signal: 'USR1', expect: 'same' },
  { name: 'web', state: 'started', check: true, expect: 'changed' },
  { name: 'web', state: 'started', expect: 'changed', affected: ['web'] },
  { name: 'web', state: 'started', expect: 'same' },
  { name: 'web', state: 'signalled', signal: 'USR1', check: true, expect: 'changed' },
  { name: 'web', state: 'signalled', signal: 'USR1', expect: 'changed', affected: ['web'] },
  { name: 'web', state: 'signalled', signal: 'NOPE', expect: /^web: ERROR \(bad signal name\)/ },
  { name: 'web', state: 'absent', expect: /^ERROR: process\/group still running: web\n$/ },
  { name: 'web', state: 'restarted', check: true, expect: 'changed' },
  { name: 'web', state: 'restarted', expect: 'changed', affected: ['web'] },
  { name: 'web', state: 'stopped', check: true, expect: 'changed' },
  { name: 'web', state: 'stopped', expect: 'changed', affected: ['web'] },
  { name: 'web', state: 'stopped', expect: 'same' },
  { name: 'web', state: 'started', remote: true, expect: 'changed', affected: ['web'] },
  { name: 'grp:', state: 'started', expect: 'changed', affected: ['grp:a', 'grp:b'] },
  { name: 'grp:a', state: 'stopped', expect: 'changed', affected: ['grp:a'] },
  { name: 'grp:', state: 'restarted', expect: 'changed', affected: ['grp:a', 'grp:b'] },
  { name: 'all', state: 'stopped', expect: 'changed', affected: ['grp:a', 'grp:b', 'web'] },
  { name: 'web', state: 'absent', check: true, expect: 'changed' },
  { name: 'web', state: 'absent', expect: 'changed' },
  { name: 'web', state: 'absent', expect: 'same' },
  { name: 'broken', state: 'started', expect: /^broken: ERROR \(spawn error\)/ },
  { name: 'missing', state: 'started', expect: /^missing: ERROR \(no such file\)/ },
  { name: 'nope', state: 'present', expect: /^ERROR: no such process\/group: nope\n$/ },
];

/** Says into a file what becomes of it. */
const tracing = (name: string) => `[program:${name}]
command=/bin/sh -c 'trap "echo ${name} usr1 >>trace" USR1; trap "echo ${name} term >>trace; exit" TERM; echo ${name} starts >>trace; while :; do sleep 0.1; done'
directory=DIR
startsecs=0
stopasgroup=true
autostart=false
`;

const configuration = `[inet_http_server]
port=127.0.0.1:PORT
username=ansible
password=se:cret
${tracing('a')}${tracing('b')}
[group:grp]
programs=a,b
[program:broken]
command=/bin/false
startretries=0
autostart=false
[program:missing]
command=/no/such/program
autostart=false
`;

describe('Ansible manages hupd', { concurrency: true }, () => {
  for (const client of ['/usr/bin/supervisorctl', resolve('bin/hupctl')]) {
    it(`through ${client.split('/').pop()}: each state, twice, in check mode, and what must fail`, async (t) => {
      if (!needs(t, ...peers)) return;
      const port = await freePort();
      // The client's file names the socket; what a URL on the command line goes to is another server of the same daemon.
      const rig = await rigFor(t, {
        programs: configuration.replaceAll('PORT', `${port}`),
        files: { 'playbook.json': '' },
      });
      writeFileSync(
        rig.configFile,
        `${readFileSync(rig.configFile, 'utf8')}\n${tracing('web').replaceAll('DIR', rig.dir)}`,
      );
      const playbook = tasks.map((task) => taskOf(task, client, rig.configFile, port));
      writeFileSync(
        join(rig.dir, 'playbook.json'),
        JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: playbook }]),
      );
      const { stdout, stderr } = await run(
        'ansible-playbook',
        ['-i', 'localhost,', '-c', 'local', join(rig.dir, 'playbook.json')],
        {
          env: {
            ...process.env,
            HOME: rig.dir,
            ANSIBLE_STDOUT_CALLBACK: 'minimal',
            ANSIBLE_PIPELINING: '1',
            ANSIBLE_NOCOLOR: '1',
            ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
            ...(existsSync(module) ? { ANSIBLE_COLLECTIONS_PATH: collections } : {}),
          },
        },
      );
      const results = [...stdout.matchAll(/^localhost \| \S+ => (\{.*?^\})/gms)].map(
        ([, json = '']) =>
          JSON.parse(json) as {
            changed: boolean;
            failed?: boolean;
            msg?: string;
            stdout?: string;
            affected?: string[];
          },
      );
      assert.equal(results.length, tasks.length, `${stdout}\n${stderr}\n${rig.log}`);
      for (const [i, task] of tasks.entries()) {
        const { changed, msg = '', stdout = '', affected } = results[i] ?? { changed: false };
        const what = `${i} ${JSON.stringify(task)}: ${JSON.stringify(results[i])}`;
        if (task.expect instanceof RegExp) assert.match(msg === '' ? stdout : msg, task.expect, what);
        else assert.equal(changed, task.expect === 'changed', what);
        assert.deepEqual(affected, task.affected, what);
      }
      assert.deepEqual(traceOf(rig.read('trace')), {
        web: 'starts usr1 term starts term starts term',
        a: 'starts term starts term',
        b: 'starts term starts term',
      });
    });
  }
});

function taskOf({ name, state, signal, check, remote }: Task, client: string, config: string, port: number): unknown {
  const server = remote
    ? { server_url: `http://127.0.0.1:${port}`, username: 'ansible', password: 'se:cret' }
    : { config };
  return {
    'community.general.supervisorctl': {
      ...{ name, state, supervisorctl_path: client },
      ...(signal === undefined ? {} : { signal }),
      ...server,
    },
    check_mode: check === true,
    ignore_errors: true,
  };
}

/** What each program has said of itself, in order. */
function traceOf(text: string): Readonly<Record<string, string>> {
  const words = (program: string) => text.match(new RegExp(`(?<=^${program} )\\w+$`, 'gm'))?.join(' ') ?? '';
  return { web: words('web'), a: words('a'), b: words('b') };
}

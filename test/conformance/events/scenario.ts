/**
 * One fixed story with every kind of event in it, told step by step: each step waits until the recorder has what the step before it caused, so
 * that the order of events is the story's and not the machine's.
 */
import { configText, type Server, type ServerKind, startServer } from './server.ts';

const puppet = (name: string, print: string, fd: number, status: number, options = ''): string => `
[program:${name}]
command=/bin/sh LISTENERS/puppet.sh DIR/${name} '${print.replaceAll('%', '%%')}' ${fd} ${status}
autostart=false
autorestart=false
startsecs=0
stdout_events_enabled=true
stderr_events_enabled=true
${options}`;

const recorder = `
[eventlistener:recorder]
command=/usr/bin/python3 -S LISTENERS/recorder.py DIR/events
events=EVENT
buffer_size=1000
startsecs=1
`;

const programs = `
${puppet('says', 'the Øresund bridge … \\360\\237\\230\\200\\n', 1, 0)}
${puppet('complains', 'line 1\\nline 2', 2, 3)}
${puppet('garbles', 'a\\210b\\n', 1, 0)}
${puppet('reports', 'a <!--XSUPERVISOR:BEGIN-->the report\\n<!--XSUPERVISOR:END--> and a long enough rest of it\\n', 1, 0, 'stdout_capture_maxbytes=1KB')}
${puppet('wails', '<!--XSUPERVISOR:BEGIN-->out on stderr<!--XSUPERVISOR:END-->', 2, 0, 'stderr_capture_maxbytes=1KB')}
${puppet('stops', '', 1, 0, 'autostart=true\nstartsecs=2')}
[program:fails]
command=/bin/sh -c 'exit 7'
autostart=false
startsecs=5
startretries=1
[program:backs_off]
command=/bin/sh -c 'exit 7'
autostart=false
startsecs=5
startretries=9
[group:both]
programs=first,second
priority=5
${puppet('first', '', 1, 0, 'priority=2')}
[program:second]
command=/bin/sh -c 'trap "" TERM; while :; do sleep 0.05; done'
autostart=false
startsecs=0
priority=1
stopwaitsecs=1
`;

const added = `
${puppet('latecomer', '', 1, 0)}
[program:missing]
command=/nonexistent/command
startretries=0
`;

interface Recorded {
  readonly header: string;
  readonly payload: string;
}

/** Plays the story against a server; resolves with everything that was recorded, ticks apart. */
export async function playScenario(kind: ServerKind): Promise<readonly Recorded[]> {
  const server = await startServer(kind, recorder + programs);
  try {
    await play(server);
  } finally {
    await server.stop();
  }
  const all = recorded(server);
  server.remove();
  return all;
}

export function recorded(server: Server): readonly Recorded[] {
  return server
    .read('events')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recorded);
}

async function play(server: Server): Promise<void> {
  /** Until the recorder has the `count`-th event of that type about that process. */
  const seen = (type: string, name: string, count = 1) =>
    server.until(`event ${type} of ${name}`, () => {
      const about = (event: Recorded) =>
        event.header.includes(`eventname:${type} `) && event.payload.startsWith(`processname:${name} `);
      return recorded(server).filter(about).length >= count;
    });
  const plain = (type: string) =>
    server.until(`event ${type}`, () => recorded(server).some(({ header }) => header.includes(`eventname:${type} `)));

  await seen('PROCESS_STATE_RUNNING', 'stops');
  for (const name of ['says', 'complains', 'garbles', 'reports', 'wails']) {
    await server.call('supervisor.startProcess', name);
    await seen('PROCESS_STATE_RUNNING', name);
    server.write(`${name}.go`, '');
    const channel = name === 'complains' || name === 'wails' ? 'STDERR' : 'STDOUT';
    await seen(`PROCESS_LOG_${channel}`, name, name === 'reports' ? 3 : 1);
    server.write(`${name}.end`, '');
    await seen('PROCESS_STATE_EXITED', name);
  }
  // Whether it is known at once that these die is chance.
  await server.client.startProcess('fails', false);
  await seen('PROCESS_STATE_FATAL', 'fails');
  await server.client.startProcess('backs_off', false);
  // The second time it stays there for two seconds: long enough to be stopped.
  await seen('PROCESS_STATE_BACKOFF', 'backs_off', 2);
  await server.call('supervisor.stopProcess', 'backs_off');
  await seen('PROCESS_STATE_STOPPED', 'backs_off');
  await server.call('supervisor.stopProcess', 'stops');
  await seen('PROCESS_STATE_STOPPED', 'stops');
  await server.call('supervisor.startProcessGroup', 'both');
  await seen('PROCESS_STATE_RUNNING', 'first');
  await server.call('supervisor.sendRemoteCommEvent', 'déploy', 'v2 …\nby hand');
  await plain('REMOTE_COMMUNICATION');
  server.write('supervisord.conf', configText(server.dir, recorder + programs + added));
  await server.call('supervisor.reloadConfig');
  await server.call('supervisor.addProcessGroup', 'missing');
  await seen('PROCESS_STATE_FATAL', 'missing');
  await server.call('supervisor.addProcessGroup', 'latecomer');
  await server.call('supervisor.removeProcessGroup', 'latecomer');
  await plain('PROCESS_GROUP_REMOVED');
  await server.call('supervisor.stopProcessGroup', 'both');
  await seen('PROCESS_STATE_STOPPED', 'first');
  await seen('PROCESS_STATE_STOPPED', 'second');
}

const token = (header: string, name: string): string => new RegExp(` ${name}:(\\S*)`).exec(header)?.[1] ?? '';

/** What the two servers must have in common: pids masked, serials apart, no ticks. `len` stays: masks keep the length. */
export function masked(events: readonly Recorded[]): readonly string[] {
  return events
    .filter(({ header }) => !header.includes(' eventname:TICK_'))
    .map(({ header, payload }) => {
      const text = payload.replace(/ pid:[1-9]\d*/, ' pid:N');
      const fixed = header
        .replace(/ serial:\d+/, '')
        .replace(/ poolserial:\d+/, '')
        .replace(/ len:\d+\n$/, '');
      return `${fixed}|${text}`;
    });
}

/** What each server must hold to by itself. */
export function findDisorder(events: readonly Recorded[]): readonly string[] {
  return events.flatMap(({ header, payload }, i) => {
    const problems = [];
    const first = events[0]?.header ?? '';
    if (Number(token(header, 'poolserial')) !== i) problems.push(`poolserial of event ${i}: ${header}`);
    // The recorder gets every event, so the daemon's serials have no gaps either.
    if (Number(token(header, 'serial')) !== Number(token(first, 'serial')) + i) problems.push(`serial: ${header}`);
    if (Number(token(header, 'len')) !== [...payload].length) problems.push(`len: ${header}${payload}`);
    const period = / eventname:TICK_(\d+) /.exec(header)?.[1];
    const when = /^when:(\d+)$/.exec(payload)?.[1];
    if (period !== undefined && (when === undefined || Number(when) % Number(period) !== 0)) problems.push(payload);
    return problems;
  });
}

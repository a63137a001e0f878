/** Listeners that reject, die, exit after each event, or talk nonsense: which events each gets, and in which order, under supervisord and under hupd. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../support/needs.ts';
import { hupd, type ServerKind, startServer, supervisord } from './server.ts';

const moods = ['fail', 'die', 'exit', 'garbage', 'chatty', 'slow'] as const;
const sent = ['one', 'two', 'three', 'four'];

/** Each pool has a priority of its own: supervisord gives a rejected event to all pools of equal priority. */
const pools = moods.map(
  (mood, i) => `
[eventlistener:${mood}]
command=/usr/bin/python3 -S LISTENERS/moody.py DIR/${mood}.seen ${mood}
events=REMOTE_COMMUNICATION
startsecs=0
autorestart=true
priority=${i}
stderr_logfile=DIR/${mood}.err
`,
);

interface Play {
  /** What each listener noted. */
  readonly seen: Readonly<Record<string, string>>;
  /** What the main log said about listeners, by level and text. */
  readonly said: readonly string[];
}

/** Listeners that break the protocol or answer too much come to an end with the first event. */
const enough: Readonly<Record<(typeof moods)[number], number>> = {
  fail: 8,
  die: 8,
  exit: 4,
  garbage: 1,
  chatty: 1,
  slow: 4,
};

async function play(kind: ServerKind): Promise<Play> {
  const server = await startServer(kind, pools.join(''));
  try {
    for (const mood of moods) await server.reaches(mood, 'RUNNING');
    for (const data of sent) await server.call('supervisor.sendRemoteCommEvent', 'note', data);
    const lines = (mood: string) => server.read(`${mood}.seen`).split('\n').length - 1;
    for (const mood of moods) await server.until(`${mood} to have seen all`, () => lines(mood) >= enough[mood]);
    for (const mood of moods) assert.equal(server.read(`${mood}.err`), '', mood);
    await server.until('chatty and garbage to be given up', () => server.output.match(/UNKNOWN state/g)?.length === 2);
  } finally {
    await server.stop();
  }
  const seen = Object.fromEntries(moods.map((mood) => [mood, server.read(`${mood}.seen`)]));
  const said = server.output.match(/(?:WARN|ERRO) (?:fail|die|exit|garbage|chatty|slow): .*/g) ?? [];
  server.remove();
  return { seen, said: said.sort() };
}

test('listeners in every mood get the same events as under supervisord, and the log says the same of them', async (t) => {
  if (!needs(t, { command: '/usr/bin/supervisord', apt: 'supervisor' })) return;
  const [theirs, ours] = await Promise.all([play(supervisord), play(hupd)]);
  const once = sent.map((data, i) => `serial:${i} poolserial:${i} type:note|${data}\n`);
  const twice = once.flatMap((line) => [line, line]).join('');
  assert.deepEqual(theirs.seen, {
    fail: twice,
    die: twice,
    exit: once.join(''),
    garbage: once[0],
    chatty: once[0],
    slow: once.join(''),
  });
  assert.deepEqual(ours.seen, theirs.seen);
  assert.deepEqual(ours.said, theirs.said);
});

/** What a take-over would do, from facts alone: each reason to refuse, and what becomes of each process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../src/core/spec.ts';
import { describePlan } from '../../src/take-over/describe.ts';
import { pipesOf } from '../../src/take-over/pipes.ts';
import { planTakeOver } from '../../src/take-over/plan.ts';
import type { Survey, SurveyedProcess } from '../../src/take-over/survey.ts';
import { buildSpec, type SpecOverrides } from '../support/spec-builder.ts';

const pipes = { stdin: '/proc/200/fd/0', stdout: '/proc/200/fd/1', stderr: '/proc/200/fd/2' };
const kernel = { ppid: 100, startTime: 5, state: 'S', pipes, awaitsInput: false };

function found(given: Partial<SurveyedProcess> = {}): SurveyedProcess {
  return {
    ...{ group: 'web', name: 'web', stateName: 'RUNNING', pid: 200, startedAt: 1000, stoppedAt: 0 },
    ...{ exitStatus: 0, spawnError: '', stdoutLog: '/log/web', stderrLog: '', kernel },
    ...given,
  };
}

const down = { stateName: 'STOPPED', pid: 0, kernel: null };

function surveyOf(given: Partial<Survey> = {}): Survey {
  return {
    ...{ url: 'unix:///s', version: '4.2.5', isHupd: false, stateName: 'RUNNING', pid: 100 },
    ...{ kernel: { uid: 0, startTime: 1 }, refusal: null, unit: null, processes: [found()] },
    ...given,
  };
}

function plan(survey: Partial<Survey>, specs: readonly SpecOverrides[] = [{}], uid = 0) {
  const groups = specs.map((spec) => {
    const built = buildSpec(spec);
    return { kind: 'plain' as const, name: built.group, priority: 999, processes: [built] };
  });
  return planTakeOver({ groups } as unknown as Config, surveyOf(survey), uid);
}

const unit = { name: 'supervisor.service', killMode: 'process', restart: 'no', isMasked: false };

const refusals: ReadonlyArray<readonly [title: string, survey: Partial<Survey>, words: RegExp]> = [
  ['a hupd', { isHupd: true }, /hupctl upgrade/],
  ['a version that nobody knows', { version: '2.1' }, /supervisord 2.1/],
  ['a supervisord that shuts down', { stateName: 'SHUTDOWN' }, /is SHUTDOWN/],
  ['process 1', { pid: 1, processes: [] }, /process 1/],
  ['a supervisord elsewhere', { kernel: null }, /another machine/],
  ['one whose descriptors can not be had', { refusal: 'yama' }, /yama/],
  ['a unit that ends all its processes', { unit: { ...unit, killMode: 'control-group' } }, /KillMode=process/],
  ['a unit that starts it again', { unit: { ...unit, restart: 'always' } }, /mask --runtime supervisor.service/],
  ['a process on its way down', { processes: [found({ stateName: 'STOPPING' })] }, /web is STOPPING/],
  ['a process that could not be killed', { processes: [found({ stateName: 'UNKNOWN' })] }, /UNKNOWN/],
  [
    'a running one that the file does not know',
    { processes: [found({ group: 'g', name: 'x' })] },
    /g:x runs with pid 200/,
  ],
  ['a pid of another name space', { processes: [found({ kernel: null })] }, /no such process here/],
  ["somebody else's child", { processes: [found({ kernel: { ...kernel, ppid: 7 } })] }, /not a child of supervisord/],
  ['a stopped child', { processes: [found({ kernel: { ...kernel, state: 'T' } })] }, /continue it first/],
];

for (const [title, survey, words] of refusals) {
  test(`${title} is not taken over`, () => {
    const text = plan(survey).refusals.join('\n');
    assert.match(text, words);
    assert.match(describePlan(surveyOf(survey), plan(survey)).join('\n'), /nothing was touched/);
  });
}

test("another user's supervisord is refused to all but root", () => {
  const kernel = { uid: 1000, startTime: 1 };
  assert.deepEqual(plan({ kernel }, [{}], 0).refusals, []);
  assert.deepEqual(plan({ kernel }, [{}], 1000).refusals, []);
  assert.match(plan({ kernel }, [{}], 1001).refusals.join(), /uid 1000/);
});

test('a masked unit does not start supervisord again', () => {
  assert.deepEqual(plan({ unit: { ...unit, restart: 'always', isMasked: true } }).refusals, []);
});

test('each process goes on, stays down, is new, or is forgotten', () => {
  const processes = [
    found(),
    found({ ...down, group: 'idle', name: 'idle' }),
    found({ ...down, group: 'old', name: 'old', stateName: 'FATAL' }),
  ];
  const specs = [
    {},
    { group: 'idle', name: 'idle' },
    { group: 'new', name: 'new' },
    { group: 'n', name: 'm', autostart: false },
  ];
  const planned = plan({ processes }, specs);
  assert.deepEqual(describePlan(surveyOf(), planned), [
    'supervisord 4.2.5 at unix:///s, pid 100: its programs go on under hupd, and it ends',
    '  web: goes on with pid 200',
    '  idle: stays STOPPED',
    '  new: is new in the file: it is started',
    '  n:m: is new in the file: it stays STOPPED',
    '  old: is down and not in the file: it is forgotten',
  ]);
});

test('what a process has closed is said', () => {
  const closed = { ...kernel, pipes: { stdin: null, stdout: null, stderr: null } };
  const notes = (spec: SpecOverrides) =>
    plan({ processes: [found({ kernel: closed })] }, [spec]).alive[0]?.notes.length;
  assert.equal(notes({}), 3);
  assert.equal(notes({ redirectStderr: true }), 2);
  assert.equal(notes({ redirectStderr: true, kind: 'fcgi-program' }), 1);
});

test('a pipe is found by its number at both ends, and by a descendant where the child writes elsewhere', () => {
  const daemon = [
    { fd: 6, target: 'pipe:[1]', access: 'write' },
    { fd: 7, target: 'pipe:[2]', access: 'read' },
    { fd: 9, target: 'pipe:[3]', access: 'read' },
  ] as const;
  const child = (pid: number, targets: readonly string[]) => ({
    pid,
    descriptors: targets.map((target, fd) => ({ fd, target, access: 'both' as const })),
  });
  const whole = child(200, ['pipe:[1]', 'pipe:[2]', 'pipe:[3]']);
  assert.deepEqual(pipesOf(daemon, [whole]), pipes);
  const shell = child(199, ['/dev/null', '/x', 'pipe:[3]']);
  assert.deepEqual(pipesOf(daemon, [shell, whole]), { ...pipes, stderr: '/proc/199/fd/2' });
  const joined = child(200, ['pipe:[1]', 'pipe:[2]', 'pipe:[2]']);
  assert.deepEqual(pipesOf(daemon, [joined]), { ...pipes, stderr: null });
  const closed = child(200, ['/dev/null', '/x', 'pipe:[99]']);
  assert.deepEqual(pipesOf(daemon, [closed]), { stdin: null, stdout: null, stderr: null });
});

/** What a unit says of a service's life: when it counts as started, when it is started again, how it is stopped and reloaded. */
import { recognise } from '../handover/profiles/recognise.ts';
import { doubled } from './section.ts';
import { parseTimeSpan } from './time-span.ts';
import { type Draft, service } from './unit-draft.ts';
import { signalOfKill, signalWord } from './unit-signals.ts';

export function addKind(draft: Draft, words: readonly string[]): void {
  const { options, notes } = draft;
  switch (service(draft, 'Type') ?? 'simple') {
    case 'notify':
    case 'notify-reload': {
      options.push(['ready_check', 'notify']);
      const secs = parseTimeSpan(service(draft, 'TimeoutStartSec') ?? service(draft, 'TimeoutSec') ?? '90');
      if (secs !== null && Number.isFinite(secs) && secs > 0) options.push(['ready_timeout', String(secs)]);
      break;
    }
    case 'oneshot':
      options.push(['startsecs', '0'], ['startretries', '0']);
      notes.push('Type=oneshot: it runs once and is EXITED then; nothing waits for its end.');
      break;
    case 'forking': {
      const stays = staysBy(words);
      const how = stays === '' ? 'Give it the option that keeps it in the foreground' : stays;
      notes.push(
        `Type=forking: it leaves the foreground, and hupd would lose it. ${how}, then remove autostart=false.`,
      );
      break;
    }
    case 'dbus':
      notes.push(`Type=dbus: hupd does not look whether ${service(draft, 'BusName') ?? 'its name'} is on the bus.`);
      break;
  }
}

/** What keeps a server that we know in the foreground; '' for others. */
function staysBy(words: readonly string[]): string {
  const server = recognise(words);
  if (server === null || server.daemonizes === null) return '';
  const { daemonizes, name } = server;
  if ('unless' in daemonizes)
    return `Of ${name} that is ${daemonizes.unless[0]}: put it into the command or the configuration`;
  return `Remove ${daemonizes.options.join(' or ')} from the command of ${name}`;
}

export function addRestart(draft: Draft): void {
  const { options, notes } = draft;
  const restart = service(draft, 'Restart') ?? 'no';
  const codes = (service(draft, 'SuccessExitStatus') ?? '').split(/\s+/).filter((word) => /^\d+$/.test(word));
  if (restart === 'always') {
    options.push(['autorestart', 'true']);
  } else if (/^on-(failure|abnormal|abort|watchdog)$/.test(restart)) {
    options.push(['autorestart', 'unexpected'], ['exitcodes', ['0', ...codes].join(',')]);
    if (restart !== 'on-failure')
      notes.push(`Restart=${restart}: here a bad exit status is a reason for a restart as well.`);
  } else {
    options.push(['autorestart', 'false']);
    if (restart === 'on-success') notes.push('Restart=on-success has no counterpart: it is not started again.');
  }
  const wait = parseTimeSpan(service(draft, 'RestartSec') ?? '0');
  if (wait !== null && wait > 1) {
    notes.push(
      `RestartSec=${service(draft, 'RestartSec')}: hupd starts it again at once, and after failed starts in 1 s, 2 s, 3 s …`,
    );
  }
}

export function addStop(draft: Draft): void {
  const { unit, options, notes } = draft;
  const byCommand = unit
    .all('Service', 'ExecStop')
    .map(signalOfKill)
    .find((signal) => signal !== null);
  const signal = byCommand ?? signalWord(service(draft, 'KillSignal') ?? 'SIGTERM');
  if (signal === null) notes.push(`KillSignal=${service(draft, 'KillSignal')} is no signal that hupd knows.`);
  else if (signal !== 'TERM') options.push(['stopsignal', signal]);
  const secs = parseTimeSpan(service(draft, 'TimeoutStopSec') ?? service(draft, 'TimeoutSec') ?? '90');
  if (secs === Number.POSITIVE_INFINITY) notes.push('TimeoutStopSec=infinity: here it is killed after a day.');
  options.push(['stopwaitsecs', String(secs === null ? 90 : Math.min(Math.ceil(secs), 86_400))]);
  switch (service(draft, 'KillMode') ?? 'control-group') {
    case 'control-group':
      options.push(['stopasgroup', 'true']);
      break;
    case 'mixed':
      options.push(['killasgroup', 'true']);
      break;
    case 'none':
      notes.push('KillMode=none has no counterpart: it is killed after stopwaitsecs.');
      break;
  }
}

export function addReload({ unit, options, notes }: Draft): void {
  const lines = unit.all('Service', 'ExecReload');
  const signals = lines.map(signalOfKill);
  const signal = signals.find((one) => one !== null);
  if (signal !== undefined) options.push(['reload_strategy', 'hup'], ['reload_signal', signal]);
  // A command before the signal is the usual place of a test of the configuration.
  const test = signal === undefined ? undefined : lines.find((_, i) => signals[i] === null);
  if (test !== undefined && !/\$/.test(test)) options.push(['reload_test', doubled(test.replace(/^[-@:+!]+/, ''))]);
  for (const line of lines.filter((_, i) => signals[i] === null)) {
    if (line === test && !/\$/.test(line)) continue;
    notes.push(
      `ExecReload=${line} is left out: hupd reloads by a signal (reload_strategy=hup) or by a successor (rolling).`,
    );
  }
  if (lines.length === 0 && unit.last('Service', 'Type') === 'notify-reload') {
    options.push(
      ['reload_strategy', 'hup'],
      ['reload_signal', signalWord(unit.last('Service', 'ReloadSignal') ?? 'HUP') ?? 'HUP'],
    );
  }
}

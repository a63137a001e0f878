/**
 * What stands in the way of a graceful reload, as far as a program's section and what is known of its server tell. Pure but for the server's
 * own configuration, which the caller reads.
 */
import { splitCommand } from '../core/shell-words.ts';
import { signalName } from '../core/signals.ts';
import type { ProcessSpec } from '../core/spec.ts';
import { hasOption, namesSocket, optionValue } from './command-line.ts';
import { contradictions } from './contradictions.ts';
import { refuseCall } from './describe.ts';
import type { ServerProfile } from './profiles/profile.ts';
import { recognise, shellScript } from './profiles/recognise.ts';
import { gracefulSignal, signalFact } from './signals.ts';

export interface Diagnosis {
  readonly level: 'note' | 'warning' | 'problem';
  readonly text: string;
  /** '' when there is nothing to do. */
  readonly todo: string;
}

/** `configOf`: the text of the server's own configuration, '' for none. `bootSecs`: the longest start that was seen; 0: none was. */
export function diagnose(
  spec: ProcessSpec,
  configOf: (server: ServerProfile, words: readonly string[]) => string,
  bootSecs = 0,
): readonly Diagnosis[] {
  const split = splitCommand(spec.command);
  const words = 'error' in split ? [] : split;
  const server = recognise(words);
  const found = [...contradictions(spec), ...aboutShell(spec, words), ...aboutSockets(spec, words)];
  if (server === null) return found;
  const config = configOf(server, words);
  return [
    ...found,
    ...(spec.reload.handover === 'signal' ? [] : aboutDaemon(server, words, config)),
    ...aboutCall(spec, server, [...words, config]),
    ...aboutCompany(spec, server, words),
    ...aboutReloadSignal(spec, server, words),
    ...aboutStop(spec, server, words),
    ...aboutBoot(server, words, bootSecs),
    ...server.configFacts
      .filter(({ pattern, found: wanted }) => config !== '' && pattern.test(config) === wanted)
      .map(({ text, todo }) => ({ level: 'warning' as const, text: `${server.name}: ${text}`, todo })),
  ];
}

function aboutShell({ stopAsGroup }: ProcessSpec, words: readonly string[]): readonly Diagnosis[] {
  const script = shellScript(words);
  if (script === null || /(^|[\s;&|])exec\s/.test(script) || stopAsGroup) return [];
  const text = 'a shell stands between hupd and the server: signals and LISTEN_PID reach the shell, not the server';
  return [{ level: 'warning', text, todo: 'put exec before the last command of the script' }];
}

function aboutSockets({ reload }: ProcessSpec, words: readonly string[]): readonly Diagnosis[] {
  const found: Diagnosis[] = [];
  if (namesSocket(words) && reload.sockets.length === 0) {
    const text = 'command= has %(socket_fd)s, and no socket is held for it: it can not be started';
    found.push({ level: 'problem', text, todo: 'name the address with socket=' });
  }
  if (words.some((word) => word.startsWith('fd://')) && reload.sockets.some(({ kind }) => kind === 'unix')) {
    const text = 'a unix socket that is given as fd:// is removed from the file system by the generation that leaves';
    found.push({ level: 'warning', text, todo: 'leave the bind option away: hupd tells the server by LISTEN_FDS' });
  }
  return found;
}

function aboutDaemon(
  { name, daemonizes }: ServerProfile,
  words: readonly string[],
  config: string,
): readonly Diagnosis[] {
  if (daemonizes === null) return [];
  if ('options' in daemonizes) {
    const option = daemonizes.options.find((candidate) => hasOption(words, [candidate]));
    if (option === undefined) return [];
    return [
      { level: 'problem', text: `${name} leaves the foreground (${option}): hupd loses it`, todo: `remove ${option}` },
    ];
  }
  const stays = daemonizes.unless.some((word) => words.some((given) => given.includes(word)) || config.includes(word));
  if (stays) return [];
  const text = `${name} leaves the foreground: hupd loses it`;
  return [{ level: 'warning', text, todo: `add ${daemonizes.unless[0]} to its command line or configuration` }];
}

/** hupd follows it, whether it is a daemon or makes its own successor, if only it does. */
function aboutCall({ reload }: ProcessSpec, server: ServerProfile, words: readonly string[]): readonly Diagnosis[] {
  if (reload.handover !== 'signal' || reload.strategy !== 'rolling') return [];
  const refusal = refuseCall(server, words, reload.signal, reload.sockets.length > 0);
  if (refusal === null) return [];
  const [text = '', todo = ''] = refusal.split('; ');
  return [{ level: 'problem', text, todo }];
}

/** Two generations are at work side by side. */
function aboutCompany({ reload }: ProcessSpec, server: ServerProfile, words: readonly string[]): readonly Diagnosis[] {
  const text = whyAlone(server, words);
  if (text === null || reload.strategy !== 'rolling' || reload.order === 'stop_first') return [];
  return [{ level: 'problem', text, todo: 'use reload_order=stop_first, or leave it at reload_strategy=restart' }];
}

/** null: two of them can be at work side by side. */
export function whyAlone({ name, alone }: ServerProfile, words: readonly string[]): string | null {
  if (alone === null || (alone.with !== undefined && !hasOption(words, alone.with))) return null;
  return `while two of ${name} are at work, ${alone.text}`;
}

function aboutReloadSignal(
  { reload }: ProcessSpec,
  server: ServerProfile,
  words: readonly string[],
): readonly Diagnosis[] {
  if (reload.strategy !== 'hup') return [];
  const fact = signalFact(server, words, reload.signal);
  if (fact === null || (fact.does === 'reload' && fact.text === '')) return [];
  const ends = fact.does !== 'reload';
  const text = `${signalName(reload.signal)} of ${server.name}: ${fact.text === '' ? 'it ends by it' : fact.text}`;
  return [{ level: ends ? 'problem' : 'warning', text, todo: 'use reload_strategy=rolling' }];
}

/** Before it is too late: a start that takes longer is never seen to end. */
function aboutBoot(
  { name, bootTimeout }: ServerProfile,
  words: readonly string[],
  bootSecs: number,
): readonly Diagnosis[] {
  if (bootTimeout === null) return [];
  const [option = ''] = bootTimeout.options;
  const secs = Number(optionValue(words, bootTimeout.options) ?? bootTimeout.usual);
  if (!(secs > 0) || bootSecs < secs / 2) return [];
  const text = `it took ${Math.round(bootSecs)} s to start, and ${name} kills a worker that takes longer than ${option} (${secs} s)`;
  return [{ level: 'warning', text, todo: `use ${option} ${Math.ceil(3 * bootSecs)}` }];
}

function aboutStop(spec: ProcessSpec, server: ServerProfile, words: readonly string[]): readonly Diagnosis[] {
  const found: Diagnosis[] = [];
  const fact = signalFact(server, words, spec.stopSignal);
  const graceful = gracefulSignal(server, words);
  const name = signalName(spec.stopSignal);
  if (fact?.does === 'respawn') {
    found.push({
      level: 'problem',
      text: `${name} of ${server.name}: ${fact.text}`,
      todo: 'use stopsignal=INT, or --die-on-term',
    });
  } else if (fact?.does === 'quick' && graceful !== null) {
    const text = `${name} stops ${server.name} at once: a stop or restart cuts the requests under way`;
    found.push({ level: 'note', text, todo: `use stopsignal=${signalName(graceful).slice(3)}` });
  }
  if (fact?.does === 'quick' && graceful === null && server.pauses === null && spec.reload.strategy === 'rolling') {
    const text = `${server.name} has no graceful stop: the connections that the old version still has are closed`;
    found.push({ level: 'note', text, todo: 'use a long reload_overlap=, and a proxy in front that tries again' });
  }
  const { gracefulTimeout } = server;
  if (gracefulTimeout === null) return found;
  const secs = Number(optionValue(words, gracefulTimeout.options) ?? gracefulTimeout.usual);
  if (secs <= spec.stopWaitSecs) return found;
  const text = `${server.name} may take ${secs} s to stop gracefully, and is killed after stopwaitsecs=${spec.stopWaitSecs}`;
  return [...found, { level: 'note', text, todo: `use stopwaitsecs=${secs + 5}` }];
}

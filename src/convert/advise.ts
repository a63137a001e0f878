/**
 * What becomes of a program of a supervisord set-up under hupd: what changes by itself, which reload is open to it, which lines that takes and
 * what else has to be seen to. Pure but for the server's own configuration, which the caller reads.
 */
import { splitCommand } from '../core/shell-words.ts';
import { signalName } from '../core/signals.ts';
import type { ProcessSpec } from '../core/spec.ts';
import { diagnose, whyAlone } from '../handover/doctor.ts';
import type { ServerProfile } from '../handover/profiles/profile.ts';
import { recognise } from '../handover/profiles/recognise.ts';
import { signalFact } from '../handover/signals.ts';

/** A wanted difference from supervisord, by its name in `test/conformance/deviations.ts`. */
export interface Change {
  readonly deviation: string;
  readonly text: string;
}

export interface Advice {
  /** gunicorn; null: not one that is known. */
  readonly server: string | null;
  /** Empty: it behaves as before. */
  readonly changes: readonly Change[];
  readonly reload: Reload;
}

export type Reload =
  /** It says already how it is reloaded. */
  | { readonly kind: 'chosen'; readonly strategy: string; readonly needs: readonly string[] }
  /** With these lines and nothing else. */
  | {
      readonly kind: 'at-once';
      readonly lines: readonly string[];
      readonly needs: readonly string[];
      readonly why: string;
    }
  /** Not before something is done. */
  | { readonly kind: 'after'; readonly lines: readonly string[]; readonly needs: readonly string[] }
  /** A restart is what there is for it. */
  | { readonly kind: 'never'; readonly why: string };

export function advise(
  spec: ProcessSpec,
  options: ReadonlyMap<string, string>,
  configOf: (server: ServerProfile, words: readonly string[]) => string,
): Advice {
  const split = splitCommand(spec.command);
  const words = 'error' in split ? [] : split;
  const server = recognise(words);
  return {
    server: server?.name ?? null,
    changes: changesOf(spec, options),
    reload: reloadOf(spec, options, { server, words, configOf }),
  };
}

interface Known {
  readonly server: ServerProfile | null;
  readonly words: readonly string[];
  readonly configOf: (server: ServerProfile, words: readonly string[]) => string;
}

const rolling = 'reload_strategy=rolling';

function reloadOf(spec: ProcessSpec, options: ReadonlyMap<string, string>, { server, words, configOf }: Known): Reload {
  if (spec.kind === 'eventlistener') {
    return { kind: 'never', why: 'an event listener is restarted: its events wait for it meanwhile' };
  }
  const alone = server === null ? null : whyAlone(server, words);
  if (alone !== null && !options.has('reload_strategy')) return { kind: 'never', why: alone };
  const found = diagnose({ ...spec, reload: { ...spec.reload, strategy: 'rolling' } }, configOf);
  const needs = found
    .filter(({ level }) => level !== 'note')
    .map(({ text, todo }) => (todo === '' ? text : `${todo} (${text})`));
  const notes = found.filter(({ level }) => level === 'note').map(({ text, todo }) => `${todo} (${text})`);
  const chosen = options.get('reload_strategy');
  if (chosen !== undefined) return { kind: 'chosen', strategy: chosen, needs: [...needs, ...notes] };
  const atOnce = (why: string, lines: readonly string[] = [rolling]): Reload =>
    needs.length > 0
      ? { kind: 'after', lines, needs: [...needs, ...notes] }
      : { kind: 'at-once', lines, needs: notes, why };
  if (spec.kind === 'fcgi-program') return atOnce('hupd holds its socket, for every generation');
  if (server === null) return unknown(needs);
  if (server.takes.length === 0 && server.takesArguments === null && server.readyLine === null) {
    const own = ownReload(server, words);
    if (own !== null) {
      const why = `${server.name} takes no sockets of another, and reloads itself by ${signalName(own)}`;
      return atOnce(why, ['reload_strategy=hup', `reload_signal=${signalName(own).slice(3)}`]);
    }
    return { kind: 'after', lines: [rolling], needs: [...needs, ...withoutTaking(server)] };
  }
  if (server.servesProbe === null) {
    const text =
      'serve on descriptor 3 when LISTEN_FDS is set, and end on TERM when the requests are answered (hupd-reload(7))';
    return { kind: 'after', lines: [rolling], needs: [text, ...needs, ...notes] };
  }
  if (server.readyLine !== null) return atOnce('two of them can work beside each other, and it says when it is ready');
  return atOnce(`${server.name} serves on sockets that it is handed`);
}

/** The signal by which it reloads itself without losing anything. */
function ownReload(server: ServerProfile, words: readonly string[]): number | null {
  const reloads = server.signals
    .filter(({ does }) => does === 'reload')
    .map(({ signal }) => signalFact(server, words, signal));
  return reloads.find((fact) => fact?.does === 'reload' && fact.text === '')?.signal ?? null;
}

function withoutTaking({ name, shutsSocketsDown }: ServerProfile): readonly string[] {
  return [
    shutsSocketsDown
      ? `name its address with socket=, and let it listen on the descriptor that it gets (${name} shuts its own sockets down when it stops)`
      : `let it listen on a descriptor, by %(socket_fd)s in command= and the address in socket=, or bind with SO_REUSEPORT (${name} takes no sockets by itself)`,
  ];
}

function unknown(needs: readonly string[]): Reload {
  return {
    kind: 'after',
    lines: [rolling],
    needs: [
      ...needs,
      'see whether it listens: if not, two of them must be able to live beside each other for a moment; if it does, it must serve on the sockets that LISTEN_FDS tells of (hupd-reload(7))',
    ],
  };
}

/** Those differences that show in the options of a program; the others are of the daemon, and in hupd(8). */
function changesOf(spec: ProcessSpec, options: ReadonlyMap<string, string>): readonly Change[] {
  const changes: Change[] = [];
  const add = (deviation: string, text: string) => changes.push({ deviation, text });
  for (const channel of ['stdout', 'stderr'] as const) {
    const { log, maxBytes, captureMaxBytes } = spec[channel];
    const path = log.kind === 'file' ? log.path : '';
    if (/^\/dev\/(std(out|err)|fd\/\d+|null|tty)/.test(path)) {
      if (maxBytes > 0)
        add('log-special-target', `${channel}_logfile=${path} is written to, without ${channel}_logfile_maxbytes=0`);
      if (!path.endsWith('null'))
        add('log-own-stdout', `${channel}_logfile=${path} works also where it is a socket, and with user=`);
    }
    if (captureMaxBytes > 0)
      add('capture-short-output', `with ${channel}_capture_maxbytes, no output is held back or lost at the exit`);
    if ((options.get(`${channel}_logfile`) ?? '').includes('%%')) {
      add('config-logfile-once', `${channel}_logfile: %% is one percent sign; supervisord needs %%%%`);
    }
  }
  if ([spec.stdout, spec.stderr].some(({ log, maxBytes }) => log.kind === 'auto' && maxBytes > 0)) {
    add('auto-log-mode', 'its AUTO logs stay readable for their owner only, after a rotation too');
  }
  if (spec.kind === 'eventlistener')
    add('event-rejected-pool', 'an event that it rejects comes back to it, and to no other pool');
  if (/(^|\/)pidproxy(\s|$)/.test(spec.command.split(' ').slice(0, 2).join(' ')))
    add('pidproxy-exit', 'pidproxy notices at once that its program has ended');
  return changes;
}

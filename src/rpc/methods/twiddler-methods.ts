/**
 * The methods of supervisor_twiddler 1.0, the plug-in that adds programs to a running daemon; built in, since a Python plug-in can not be loaded.
 * Who may call them may run anything: its `whitelist` holds here as well.
 */
import type { LogLevel } from '../../core/spec.ts';
import type { Outcome, Supervision, Twiddling } from '../../runtime/supervision.ts';
import type { RpcValue } from '../codec.ts';
import {
  type Answer,
  answer,
  content,
  fault,
  type Method,
  type MethodTable,
  optional,
  param,
  wrongArgument,
} from '../method.ts';

const methods: MethodTable = [
  [
    'getAPIVersion',
    {
      returns: 'string',
      params: [],
      help: 'The version of these methods.',
      reads: true,
      call: () => answer('1.0'),
    },
  ],
  [
    'getGroupNames',
    {
      returns: 'array',
      params: [],
      help: 'The names of the groups that are in use.',
      reads: true,
      call: ({ daemon }) => answer(daemon.groups().map(({ spec }) => spec.name)),
    },
  ],
  [
    'log',
    {
      returns: 'boolean',
      params: [content('message', 'string'), optional('level', 'string')],
      help: "Writes a message to the server's log, at INFO unless another level is given, by name or number.",
      reads: false,
      call: ({ daemon }, [message, level = 'INFO']) => {
        const known = toLevel(level);
        if (typeof message !== 'string' || known === null) return wrongArgument;
        daemon.log(known, message);
        return answer(true);
      },
    },
  ],
  [
    'addProgramToGroup',
    {
      returns: 'boolean',
      params: [param('group_name', 'string'), param('program_name', 'string'), content('program_options', 'struct')],
      help: 'Adds a program, with the options of a program section, to a group that is in use.',
      reads: false,
      call: ({ daemon }, [group, program, given]) => {
        const options = toOptions(given);
        if (typeof group !== 'string' || typeof program !== 'string') return wrongArgument;
        return twiddle(daemon, group, (twiddling) =>
          options === null ? null : twiddling.addProgram(group, program, options),
        );
      },
    },
  ],
  [
    'removeProcessFromGroup',
    {
      returns: 'boolean',
      params: [param('group_name', 'string'), param('process_name', 'string')],
      help: 'Removes a process that is down from its group.',
      reads: false,
      call: ({ daemon }, [group, process]) => {
        if (typeof group !== 'string' || typeof process !== 'string') return wrongArgument;
        return twiddle(daemon, group, (twiddling) => twiddling.removeProcess(group, process));
      },
    },
  ],
];

/** An empty whitelist allows all. */
export function twiddlerMethods(whitelist: readonly string[]): MethodTable {
  if (whitelist.length === 0) return methods;
  return methods.map(([name, method]) => [name, whitelist.includes(name) ? method : forbidden(name, method)]);
}

function forbidden(name: string, method: Method): Method {
  return { ...method, call: () => fault('NOT_IN_WHITELIST', name) };
}

/** `act` gives null for an argument that is none. */
function twiddle(daemon: Supervision, group: string, act: (twiddling: Twiddling) => Outcome | null): Answer {
  const { twiddling } = daemon;
  if (twiddling === undefined) return fault('FAILED', 'not supported by this server');
  if (daemon.group(group) === null) return fault('BAD_NAME', `group: ${group}`);
  const outcome = act(twiddling);
  if (outcome === null) return wrongArgument;
  return outcome.ok ? answer(true) : fault(outcome.fault, outcome.text || null);
}

/** The options as a file would have them; null when one is no text and no number. */
function toOptions(value: RpcValue | undefined): ReadonlyMap<string, string> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (value instanceof Date || Buffer.isBuffer(value)) return null;
  const options = new Map<string, string>();
  for (const [name, option] of Object.entries(value)) {
    if (typeof option !== 'string' && typeof option !== 'number' && typeof option !== 'boolean') return null;
    options.set(name.toLowerCase(), String(option));
  }
  return options;
}

const levels: ReadonlyArray<readonly [number: number, level: LogLevel]> = [
  [50, 'CRIT'],
  [40, 'ERRO'],
  [30, 'WARN'],
  [20, 'INFO'],
  [10, 'DEBG'],
  [5, 'TRAC'],
  [3, 'BLAT'],
];

function toLevel(value: RpcValue): LogLevel | null {
  const name = typeof value === 'string' ? value.toUpperCase() : value;
  return levels.find(([number, level]) => number === name || level === name)?.[1] ?? null;
}

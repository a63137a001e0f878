/** `supervisor.*`: the log files: the daemon's own and those of the processes. Offsets and lengths are bytes of the present file. */
import { type ByteRange, readWindow, type TailWindow, tailWindow } from '../../core/log-window.ts';
import type { Channel, ProcessView } from '../../runtime/supervision.ts';
import { toInt } from '../arguments.ts';
import { rpcBounds } from '../bounds.ts';
import type { RpcValue } from '../codec.ts';
import {
  type Answer,
  answer,
  fault,
  type Method,
  type MethodTable,
  param,
  type RpcContext,
  wrongArgument,
} from '../method.ts';
import { allProcesses, findProcess, namespecOf, resultStruct } from '../targets.ts';

const windowParams = [param('offset', 'int'), param('length', 'int')] as const;
const processWindowParams = [param('name', 'string'), ...windowParams] as const;

const readLog: Method = {
  returns: 'string',
  params: windowParams,
  help: "A piece of the server's own log. Offset below zero and length zero: the last bytes.",
  reads: true,
  call: (context, [offset, length]) => {
    const path = context.daemon.mainLogPath;
    return path === null ? fault('NO_FILE') : readPiece(context, path, offset, length);
  },
};

const readStdout = readMethod('stdout');
const tailStdout = tailMethod('stdout');

const clearLogs: Method = {
  returns: 'boolean',
  params: [param('name', 'string')],
  help: 'Empties the log files of a process.',
  reads: false,
  call: ({ daemon }, [name]) => {
    const target = findProcess(daemon, name);
    if (target.kind === 'wrong') return target.answer;
    const outcome = daemon.clearLogs(target.process.group, target.process.name);
    return outcome.ok ? answer(true) : fault(outcome.fault, target.name);
  },
};

export const logMethods: MethodTable = [
  ['readLog', readLog],
  ['readMainLog', { ...readLog, help: 'The old name of readLog.' }],
  [
    'clearLog',
    {
      returns: 'boolean',
      params: [],
      help: "Empties the server's own log.",
      reads: false,
      call: ({ daemon }) => {
        const outcome = daemon.clearMainLog();
        return outcome.ok ? answer(true) : fault(outcome.fault);
      },
    },
  ],
  ['readProcessStdoutLog', readStdout],
  ['readProcessLog', { ...readStdout, help: 'The old name of readProcessStdoutLog.' }],
  ['readProcessStderrLog', readMethod('stderr')],
  ['tailProcessStdoutLog', tailStdout],
  ['tailProcessLog', { ...tailStdout, help: 'The old name of tailProcessStdoutLog.' }],
  ['tailProcessStderrLog', tailMethod('stderr')],
  ['clearProcessLogs', clearLogs],
  ['clearProcessLog', { ...clearLogs, help: 'The old name of clearProcessLogs.' }],
  [
    'clearAllProcessLogs',
    {
      returns: 'array',
      params: [],
      help: 'Empties the log files of every process. One result struct a process.',
      reads: false,
      call: ({ daemon }) => {
        const results = allProcesses(daemon).map((process) => {
          const outcome = daemon.clearLogs(process.group, process.name);
          return resultStruct(process, outcome.ok ? answer(true) : fault(outcome.fault, namespecOf(process)));
        });
        return answer(results);
      },
    },
  ],
];

function readMethod(channel: Channel): Method {
  return {
    returns: 'string',
    params: processWindowParams,
    help: `A piece of a process's ${channel} log. Offset below zero and length zero: the last bytes.`,
    reads: true,
    call: (context, [name, offset, length]) => {
      const target = findProcess(context.daemon, name);
      if (target.kind === 'wrong') return target.answer;
      const path = logOf(target.process, channel);
      return path === '' ? fault('NO_FILE') : readPiece(context, path, offset, length);
    },
  };
}

function tailMethod(channel: Channel): Method {
  return {
    returns: 'array',
    params: processWindowParams,
    help: `The end of a process's ${channel} log: the bytes, the file's size, and whether more was there than asked for.`,
    reads: true,
    call: (context, [name, offset, length]) => {
      const target = findProcess(context.daemon, name);
      if (target.kind === 'wrong') return target.answer;
      return tailPiece(context, logOf(target.process, channel), offset, length);
    },
  };
}

function logOf(process: ProcessView, channel: Channel): string {
  return channel === 'stdout' ? process.stdoutLog : process.stderrLog;
}

/** A file that is missing comes before arguments that are wrong. */
async function readPiece(
  { logs }: RpcContext,
  path: string,
  offset: RpcValue | undefined,
  length: RpcValue | undefined,
): Promise<Answer> {
  const from = toInt(offset);
  const count = toInt(length);
  let refusal: Answer | null = null;
  const window = (size: number): ByteRange => {
    if (from === null || count === null) {
      refusal = wrongArgument;
      return nothing;
    }
    const range = readWindow(size, from, count, rpcBounds.maxLogBytes);
    if (range !== 'bad-arguments') return range;
    refusal = fault('BAD_ARGUMENTS');
    return nothing;
  };
  const read = await logs.read(path, window);
  if (!read.ok) return read.problem === 'missing' ? fault('NO_FILE', path) : fault('FAILED');
  return refusal ?? answer(decode(read.bytes));
}

async function tailPiece(
  { logs }: RpcContext,
  path: string,
  offset: RpcValue | undefined,
  length: RpcValue | undefined,
): Promise<Answer> {
  const from = toInt(offset);
  const count = toInt(length);
  if (path === '') return answer(['', 0, false]);
  if (from === null || count === null) return wrongArgument;
  let window: TailWindow = { ...nothing, overflow: false };
  const read = await logs.read(path, (size) => {
    window = tailWindow(size, from, count, rpcBounds.maxLogBytes);
    return window;
  });
  if (!read.ok) return answer(['', read.problem === 'missing' ? 0 : from, false]);
  return answer([decode(read.bytes), read.size, window.overflow]);
}

const nothing: ByteRange = { start: 0, end: 0 };

/** What is no UTF-8, and half a character at either end, becomes U+FFFD; supervisord answers HTTP 500. */
function decode(bytes: Buffer): string {
  return bytes.toString('utf8');
}

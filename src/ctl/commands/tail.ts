import { faultCodes } from '../../rpc/contract.ts';
import { reprText } from '../../util/python-repr.ts';
import type { Command } from '../command.ts';
import { follow } from '../follow.ts';
import { words } from '../names.ts';
import { parseInteger } from '../tail-length.ts';

const defaultBytes = 1600;

export const command: Command = {
  help: [
    'tail <name>\t\tShow the last 1600 bytes of the stdout log of a process',
    'tail -100 <name>\tShow the last 100 bytes',
    'tail -f <name>\t\tShow it as it grows, until Ctrl-C',
    'tail [-f|-N] <name> stderr\tThe same of the stderr log',
  ],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const args = words(arg);
    if (args.length < 1 || args.length > 3) {
      return ctl.failUsage(`Error: too ${args.length < 1 ? 'few' : 'many'} arguments`, command);
    }
    const modifier = args[0]?.startsWith('-') ? args[0].slice(1) : null;
    const [name, ...rest] = modifier === null ? args : args.slice(1);
    if (name === undefined) {
      return ctl.fail('Error: tail requires process name');
    }
    const channel = rest.at(-1)?.toLowerCase() ?? 'stdout';
    if (channel !== 'stdout' && channel !== 'stderr') {
      return ctl.fail(`Error: bad channel ${reprText(channel)}`);
    }
    if (modifier === 'f') {
      return follow(ctl, [`/logtail/${name}/${channel}`]);
    }
    const bytes = modifier === null ? defaultBytes : parseInteger(modifier);
    if (bytes === null) {
      return ctl.fail(`Error: bad argument -${modifier}`);
    }
    const reply = await ctl.client.readProcessLog(channel, name, -bytes, 0);
    if (reply.ok) {
      ctl.output(reply.value);
      return undefined;
    }
    const text = reply.failure.kind === 'fault' ? errors.get(reply.failure.code) : undefined;
    if (text === undefined) {
      return reply.failure;
    }
    return ctl.fail(`${name}: ERROR (${text})`);
  },
};

const errors: ReadonlyMap<number, string> = new Map([
  [faultCodes.NO_FILE, 'no log file'],
  [faultCodes.FAILED, 'unknown error reading log'],
  [faultCodes.BAD_NAME, 'no such process name'],
]);

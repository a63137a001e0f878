import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';
import { follow } from '../follow.ts';
import { words } from '../names.ts';
import { parseInteger } from '../tail-length.ts';

const defaultBytes = 1600;

export const command: Command = {
  help: [
    "maintail\t\tShow the last 1600 bytes of the server's own log",
    'maintail -100\t\tShow the last 100 bytes',
    'maintail -f\t\tShow it as it grows, until Ctrl-C',
  ],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const [word, ...rest] = words(arg);
    if (rest.length > 0) {
      return ctl.failUsage('Error: too many arguments', command);
    }
    if (word === '-f') {
      return follow(ctl, ['/mainlogtail']);
    }
    const bytes = word === undefined ? defaultBytes : word.startsWith('-') ? parseInteger(word.slice(1)) : null;
    if (bytes === null) {
      return ctl.fail(`Error: bad argument ${word}`);
    }
    const reply = await ctl.client.readLog(-bytes, 0);
    if (reply.ok) {
      ctl.output(reply.value);
      return undefined;
    }
    const code = reply.failure.kind === 'fault' ? reply.failure.code : null;
    if (code === faultCodes.NO_FILE) {
      ctl.fail('supervisord: ERROR (no log file)');
    } else if (code === faultCodes.FAILED) {
      ctl.fail('supervisord: ERROR (unknown error reading log)');
    } else {
      return reply.failure;
    }
    return undefined;
  },
};

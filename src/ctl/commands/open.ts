import type { Command } from '../command.ts';
import { exitStatus } from '../exit-status.ts';
import { command as status } from './status.ts';

export const command: Command = {
  help: ['open <url>\t\tTalk to another server from here on: http://host:port or unix:///path/to/socket'],
  async run(ctl, arg) {
    if (!/^(unix|http):/i.test(arg)) {
      return ctl.fail('ERROR: url must be http:// or unix://', exitStatus.generic);
    }
    ctl.settings.serverUrl = arg;
    ctl.reconnect();
    const before = ctl.exitStatus;
    const result = await status.run(ctl, '', null);
    ctl.exitStatus = before;
    return result;
  },
};

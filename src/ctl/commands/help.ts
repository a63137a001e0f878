import type { Command } from '../command.ts';
import { hupdCommands, supervisorCommands } from '../command-names.ts';
import type { Ctl } from '../ctl.ts';
import { columns } from '../format.ts';

export const command: Command = {
  help: ['help\t\t\tList the commands', 'help <command>\t\tExplain one of them'],
  async run(ctl, arg) {
    if (arg === '') {
      listTopics(ctl, 'default commands (type help <topic>):', supervisorCommands);
      listTopics(ctl, 'hupd commands (type help <topic>):', hupdCommands);
      return undefined;
    }
    const topic = arg === 'EOF' ? null : await ctl.findCommand(arg);
    for (const line of topic?.help ?? [`*** No help on ${arg}`]) {
      ctl.output(line);
    }
    return undefined;
  },
};

function listTopics(ctl: Ctl, title: string, topics: readonly string[]): void {
  for (const line of ['', title, '='.repeat(title.length), ...columns(topics, 79), '']) {
    ctl.output(line);
  }
}

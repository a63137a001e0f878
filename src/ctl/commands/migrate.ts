import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { findConfigFile } from '../../config/find-config.ts';
import { advise } from '../../convert/advise.ts';
import { serverConfig } from '../../handover/server-files.ts';
import type { Command } from '../command.ts';
import type { Ctl } from '../ctl.ts';
import { exitStatus } from '../exit-status.ts';
import { type Planned, planLines } from '../migration-report.ts';
import { readSetUp } from '../set-up.ts';
import { parseWords } from '../words.ts';
import { writeEdits } from '../write-edits.ts';

export const command: Command = {
  help: [
    'migrate\t\t\tSay, program by program, what of a supervisord set-up would change under hupd, and which lines give graceful reloads',
    'migrate --config <file>\tOf this file and what it includes; else of the one that supervisorctl would find',
    'migrate --write\t\tInsert the lines of the programs that need nothing else; a backup of each file is kept',
  ],
  async run(ctl, arg, given) {
    const parsed = parseWords(arg, given, { '--config': 'value', '--write': 'flag' });
    if ('error' in parsed || parsed.rest.length > 0) {
      const why = 'error' in parsed ? parsed.error : `migrate accepts no argument ${parsed.rest[0]}; use --config`;
      return ctl.failUsage(`Error: ${why}`, command, exitStatus.invalidArgs);
    }
    const cwd = process.cwd();
    const { path, searched } = findConfigFile('/usr/bin/supervisorctl', cwd, existsSync);
    const file = parsed.options.get('--config') ?? ctl.settings.configFile ?? path;
    if (file === null) {
      return ctl.fail(`Error: no configuration file at ${searched.join(', ')}; name one with --config`);
    }
    const setUp = readSetUp(resolve(cwd, file), file);
    if ('errors' in setUp) {
      for (const line of setUp.errors) ctl.output(line);
      return ctl.fail(`Error: hupd would not start with ${file}`);
    }
    for (const line of setUp.warnings) ctl.output(line);
    const planned = setUp.sections.map((section): Planned => {
      const { spec, options } = section;
      return { section, advice: advise(spec, options, (server, words) => serverConfig(server, words, spec.directory)) };
    });
    for (const line of planLines(file, planned)) ctl.output(line);
    return parsed.options.has('--write') ? write(ctl, file, planned) : undefined;
  },
};

/** Only what works at once: a line that makes a reload fail is no help. */
function write(ctl: Ctl, file: string, planned: readonly Planned[]): undefined {
  const insertions = planned.flatMap(({ section: { file, name }, advice: { reload } }) =>
    reload.kind === 'at-once' ? [{ file, section: name, lines: reload.lines }] : [],
  );
  ctl.output('');
  if (insertions.length === 0) {
    ctl.output('Nothing to write');
    return;
  }
  for (const outcome of writeEdits(insertions, () => readSetUp(resolve(file), file))) {
    if (outcome.ok) ctl.output(outcome.text);
    else ctl.fail(`ERROR: ${outcome.text}`);
  }
}

/** `[supervisorctl]`: what the command line client connects to. Read by the client alone, from the main file alone. */
import { absolute } from '../../util/posix-path.ts';
import { expandHome } from '../datatype.ts';
import { text } from '../datatypes.ts';
import type { Names } from '../expand.ts';
import { type OptionRow, option } from '../option.ts';
import type { Reading } from '../reading.ts';
import { resolveReference } from './python-reference.ts';
import { supervisordOptions } from './supervisord.ts';

export const supervisorctlOptions = {
  serverurl: option('serverurl', text, 'http://localhost:9001', 'here', 'unix:///path or http://host:port.'),
  prompt: option('prompt', text, 'supervisor', 'environment', 'The prompt of the interactive shell.'),
  username: option('username', text, null, 'environment', 'As in the server section.'),
  password: option('password', text, null, 'environment', 'As in the server section, always clear.'),
  history_file: option('history_file', text, null, 'here', 'Where the shell keeps its history.'),
} as const;

export interface CtlConfig {
  /** `unix://` is followed by an absolute path. */
  readonly serverUrl: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly prompt: string;
  /** Absolute. */
  readonly historyFile: string | null;
}

const FACTORY = 'supervisor.ctl_factory';

export function readSupervisorctl(reading: Reading): CtlConfig {
  const section = reading.section('supervisorctl');
  const { machine, document } = reading;
  if (!document.sections.has('supervisorctl')) {
    const place = { file: '', line: 0 };
    reading.refuse(place, '', '.ini file does not include supervisorctl section', 'add [supervisorctl]');
  }
  const here: Names = [new Map([['here', reading.here]])];
  const read = <T>(row: OptionRow<T>, names: Names = []): T => section.read(row, names);
  const rows = supervisorctlOptions;
  const url = read(rows.serverurl, here);
  const prompt = read(rows.prompt);
  const username = read(rows.username);
  const password = read(rows.password);
  const historyFile = read(rows.history_file, here);
  reading.ignorePythonPlugins = reading.section('supervisord').read(supervisordOptions.ignore_python_plugins, here);
  refusePlugins(reading);
  const pathOf = (path: string) => absolute(expandHome(path, machine), machine.cwd);
  return {
    serverUrl: url.startsWith('unix://') ? `unix://${pathOf(url.slice('unix://'.length))}` : url,
    username,
    password,
    prompt,
    historyFile: historyFile === null || historyFile === '' ? null : pathOf(historyFile),
  };
}

/** `[ctlplugin:x]`: more actions, written in Python; none is known here. */
function refusePlugins(reading: Reading): void {
  for (const name of reading.document.sections.keys()) {
    if (!name.startsWith('ctlplugin:')) continue;
    const section = reading.section(name);
    const factory = section.read(option(FACTORY, text, null, 'environment', ''));
    if (factory !== null) resolveReference(reading, section, FACTORY, factory, []);
    else if (!section.has(FACTORY)) {
      section.refuse(null, `section [${name}] does not specify a ${FACTORY}`, 'remove the section');
    }
  }
}

/** Interim, until config/load.ts has loadCtlConfig: the `[supervisorctl]` section of a plain file. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';

export interface CtlSection {
  readonly prompt: string | null;
  readonly serverUrl: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly historyFile: string | null;
}

export function readCtlSection(file: string): CtlSection | { readonly error: string } {
  if (!existsSync(file)) {
    return { error: `could not find config file ${file}` };
  }
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.findIndex((line) => line.trim() === '[supervisorctl]');
  if (start < 0) {
    return { error: '.ini file does not include supervisorctl section' };
  }
  const values = new Map<string, string>();
  for (const line of lines.slice(start + 1)) {
    if (line.startsWith('[')) {
      break;
    }
    const match = /^([^=:;#]+?)\s*[=:]\s*(.*)$/.exec(line.replace(/(^|\s)[;#].*$/, '').trimEnd());
    if (match?.[1] !== undefined) {
      values.set(match[1], (match[2] ?? '').replaceAll('%(here)s', dirname(resolve(file))));
    }
  }
  const path = (text: string): string => resolve(text.replace(/^~(?=\/|$)/, homedir()));
  const url = values.get('serverurl') ?? 'http://localhost:9001';
  const history = values.get('history_file');
  return {
    prompt: values.get('prompt') ?? null,
    serverUrl: url.startsWith('unix://') ? `unix://${path(url.slice('unix://'.length))}` : url,
    username: values.get('username') ?? null,
    password: values.get('password') ?? null,
    historyFile: history ? path(history) : null,
  };
}

/** Which server a command line starts. */
import { splitCommand } from '../../core/shell-words.ts';
import { apache } from './apache.ts';
import { celery, celeryBeat } from './celery.ts';
import { daphne } from './daphne.ts';
import { granian } from './granian.ts';
import { gunicorn } from './gunicorn.ts';
import { haproxy } from './haproxy.ts';
import { hypercorn } from './hypercorn.ts';
import { nginx } from './nginx.ts';
import { node } from './node.ts';
import { phpFpm } from './php-fpm.ts';
import type { ServerProfile } from './profile.ts';
import { puma } from './puma.ts';
import { sidekiq } from './sidekiq.ts';
import { starman } from './starman.ts';
import { startServer } from './start-server.ts';
import { unicorn } from './unicorn.ts';
import { uvicorn } from './uvicorn.ts';
import { uwsgi } from './uwsgi.ts';

export const profiles: readonly ServerProfile[] = [
  apache,
  celery,
  celeryBeat,
  daphne,
  granian,
  gunicorn,
  haproxy,
  hypercorn,
  nginx,
  phpFpm,
  puma,
  sidekiq,
  starman,
  startServer,
  unicorn,
  uvicorn,
  uwsgi,
];

/** Looked through for what they run: `python3 /usr/bin/gunicorn`, `bundle exec puma`, `nice -n 5 nginx`. */
const launchers =
  /^(python[\d.]*|pypy[\d.]*|node(js)?|ruby[\d.]*|perl[\d.]*|php[\d.]*|env|bundle|exec|nice|ionice|chrt|taskset|setpriv|numactl|poetry|pipenv|uv|run|npx)$/;
const shells = /^(sh|bash|dash|zsh|ksh)$/;

/** null: not one that is known. What stands after `-c` of a shell is looked at as well. */
export function recognise(words: readonly string[]): ServerProfile | null {
  for (const word of words) {
    const base = word.slice(word.lastIndexOf('/') + 1);
    const profile = profiles.find(
      ({ programs, word: needed }) => programs.test(base) && (needed === null || words.includes(needed)),
    );
    if (profile !== undefined) return profile;
    if (shells.test(base)) return recogniseScript(shellScript(words) ?? '');
    if (!launchers.test(base) && !/^-|=|^\d+$/.test(word)) return firstIsNode(words);
  }
  return firstIsNode(words);
}

/** What a shell is given after `-c`; null: there is none. */
export function shellScript(words: readonly string[]): string | null {
  const at = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  const isShell = words.slice(0, Math.max(0, at)).some((word) => shells.test(word.slice(word.lastIndexOf('/') + 1)));
  return isShell ? (words[at + 1] ?? null) : null;
}

/** Its last command that is known: what goes before it (`cd`, `source`) prepares. */
function recogniseScript(script: string): ServerProfile | null {
  for (const command of script.split(/&&|\|\||[;|\n]/).toReversed()) {
    const words = splitCommand(command);
    const profile = 'error' in words || words.length === 0 ? null : recognise(words);
    if (profile !== null && profile !== node) return profile;
  }
  return null;
}

function firstIsNode([first = '']: readonly string[]): ServerProfile | null {
  return node.programs.test(first.slice(first.lastIndexOf('/') + 1)) ? node : null;
}

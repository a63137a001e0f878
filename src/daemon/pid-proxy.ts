/**
 * supervisord's `pidproxy`: for a program that puts itself into the background and leaves a pid file. It runs the program, stays in its place,
 * and sends the signals that it gets to the pid in the file. Unlike the original it notices at once when the program has ended.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';

const passedOn = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const;
const ending: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT']);

/** Resolves with the exit status: 0, whatever becomes of the program, as users of pidproxy have it in their `exitcodes`. */
export function pidProxy(program: string, [pidFile, command, ...args]: readonly string[]): Promise<number> {
  if (pidFile === undefined || command === undefined) {
    say(1, usage(program));
    return Promise.resolve(1);
  }
  return new Promise((finish) => {
    for (const signal of passedOn) {
      process.on(signal, () => {
        const passed = passOn(pidFile, signal);
        if (passed && ending.has(signal)) finish(0);
      });
    }
    // Without a search in PATH, under the name as it was given.
    const child = spawn(resolve(command), args, { argv0: command, stdio: 'inherit' });
    child.once('exit', () => finish(0));
    child.once('error', (error) => {
      say(2, `pidproxy: can't run ${command}: ${error.message}\n`);
      finish(0);
    });
  });
}

/** False when there is nobody to send it to. */
function passOn(pidFile: string, signal: NodeJS.Signals): boolean {
  const pid = readPid(pidFile);
  if (pid === null) {
    say(1, `Can't read child pidfile ${pidFile}!\n`);
    return false;
  }
  try {
    process.kill(pid, constants.signals[signal]);
    return true;
  } catch (error) {
    say(2, `pidproxy: can't signal ${pid}: ${(error as Error).message}\n`);
    return false;
  }
}

function readPid(pidFile: string): number | null {
  try {
    const text = readFileSync(pidFile, 'utf8').trim();
    // 0 and less would be whole process groups.
    return /^[1-9]\d*$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

function usage(program: string): string {
  return `pidproxy -- run a command and pass signals on to the pid in its pidfile.

Usage: ${program} <pidfile name> <command> [<cmdarg1> ...]
`;
}

function say(fd: 1 | 2, text: string): void {
  try {
    writeSync(fd, text);
  } catch {
    // nobody reads it
  }
}

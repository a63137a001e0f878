/**
 * Tables of small files: what hupd makes of each, in the words of `peer.py`, and that supervisord makes the same of it. A row says only
 * what it is about.
 */
import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { needs } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { compareAnswers } from './compare.ts';
import { readCase } from './effective.ts';
import { type FileCase, sharedPeer, supervisorPackage } from './peer.ts';

type Words = Readonly<Record<string, unknown>>;

export interface Row {
  readonly it: string;
  /** The main file, or all files by path: `x.conf` is the main one. `DIR` in them is the directory they are in. */
  readonly file: string | Readonly<Record<string, string>>;
  /** The whole text, `DIR` for the directory. */
  readonly error?: string;
  readonly daemon?: Words;
  /** Of the first process of the first group. */
  readonly process?: Words;
  /** Names of all processes as `group:process`, in order. */
  readonly names?: readonly string[];
  readonly group?: Words;
  readonly server?: Words;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
  /** hupd alone: an option that supervisord does not have, or a row of the deviations table. */
  readonly own?: true;
}

const variables = { HOME: homedir(), FOO: 'bar', PCT: '5%', PATH: '/bin' };

interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly daemon?: Words;
  readonly groups?: ReadonlyArray<Words & { readonly processes: readonly Words[] }>;
  readonly servers?: readonly Words[];
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

export function describeRows(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    const peer = sharedPeer();
    for (const row of rows) {
      it(row.it, async (t) => {
        const directory = tempDir(t);
        const texts = typeof row.file === 'string' ? { 'x.conf': row.file } : row.file;
        const placed = Object.entries(texts).map(([path, text]) => [
          join(directory, path),
          text.replaceAll('DIR', directory),
        ]);
        const fileCase: FileCase = {
          files: Object.fromEntries(placed),
          main: join(directory, 'x.conf'),
          directory,
          environment: variables,
        };
        const ours = readCase(fileCase);
        const named = JSON.stringify(ours).replaceAll(directory, 'DIR');
        checkRow(row, JSON.parse(named) as Answer);
        if (row.own !== true && needs(t, ...supervisorPackage)) compareAnswers(await peer().ask(fileCase), ours);
      });
    }
  });
}

function checkRow(row: Row, ours: Answer): void {
  assert.equal(ours.error, row.error);
  const [group] = ours.groups ?? [];
  if (row.daemon !== undefined) assert.deepEqual(pick(ours.daemon, row.daemon), row.daemon);
  if (row.process !== undefined) assert.deepEqual(pick(group?.processes[0], row.process), row.process);
  if (row.group !== undefined) assert.deepEqual(pick(group, row.group), row.group);
  if (row.server !== undefined) assert.deepEqual(pick(ours.servers?.[0], row.server), row.server);
  if (row.warnings !== undefined) assert.deepEqual(ours.warnings, row.warnings);
  if (row.infos !== undefined) assert.deepEqual(ours.infos, row.infos);
  if (row.names !== undefined) {
    const names = ours.groups?.flatMap((one) => one.processes.map((process) => `${one.name}:${process.name}`));
    assert.deepEqual(names, row.names);
  }
}

function pick(from: Words | undefined, like: Words): Words {
  return Object.fromEntries(Object.keys(like).map((key) => [key, from?.[key]]));
}

/** A file with one program `p` of these options. */
export function program(options: string, kind = 'program:p'): string {
  return `[supervisord]\n[${kind}]\ncommand=/bin/p\n${options}\n`;
}

/** Errors of a program's options end so. */
export const inProgram = " in section 'program:p' (file: 'DIR/x.conf')";

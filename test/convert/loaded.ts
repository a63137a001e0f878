/** Converted sections as hupd reads them. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { noFlags } from '../../src/config/daemon-flags.ts';
import { loadConfig, localUsers } from '../../src/config/load.ts';
import type { Conversion, Surroundings } from '../../src/convert/section.ts';
import { renderConverted } from '../../src/convert/section.ts';
import type { ProcessSpec } from '../../src/core/spec.ts';
import { tempDir } from '../support/temp-dir.ts';

/** The processes of a text; nothing at all may be wrong with it. */
export function load(t: TestContext, text: string): readonly ProcessSpec[] {
  const file = join(tempDir(t), 'converted.conf');
  writeFileSync(file, text);
  const result = loadConfig({
    ...{ file, flags: noFlags, cwd: process.cwd(), environment: new Map(), hostName: 'localhost', tempDir: tmpdir() },
    users: localUsers,
  });
  assert.deepEqual(result.diagnostics, [], text);
  assert.ok(result.ok);
  return result.config.groups.flatMap(({ processes }) => processes);
}

export function render(conversion: Conversion): string {
  assert.ok(!('error' in conversion), JSON.stringify(conversion));
  return renderConverted(conversion);
}

/** A machine with these files and no other; root's home is /root. */
export function surroundings(files: Readonly<Record<string, string>> = {}): Surroundings {
  return {
    read: (path) => files[path] ?? null,
    list: (path) =>
      Object.keys(files).flatMap((file) => (file.slice(0, file.lastIndexOf('/')) === path ? [basename(file)] : [])),
    exists: (path) => path in files,
    homeOf: (user) => (user === 'nobody' ? '/nonexistent' : user === 'root' ? '/root' : null),
    hostName: 'host.example',
  };
}

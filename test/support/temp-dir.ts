/** A directory of a test's own, gone when the test is over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export function tempDir(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'hupd-test-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The tables of options as data: what the manual prints must be what the reader does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noMachine } from '../../src/config/datatype.ts';
import { sectionKinds } from '../../src/config/unknown-names.ts';

describe('an option', () => {
  for (const { title, options } of sectionKinds) {
    for (const [key, row] of Object.entries(options)) {
      it(`${key} of ${title} has its name, a meaning and a default that is right`, () => {
        assert.equal(row.name, key);
        assert.match(row.meaning, /^[A-Z{].*\.$|^[a-z].*\.$/);
        const machine = { ...noMachine, isDirectory: () => true };
        // A default that names others is expanded first.
        if (row.default !== null && !row.default.includes('%')) assert.ok(row.parse(row.default, machine).ok);
      });
    }
  }

  it("is hupd's own only where supervisord has none", () => {
    const own = sectionKinds
      .flatMap(({ options }) => Object.values(options).filter((row) => row.own))
      .map(({ name }) => name);
    assert.deepEqual([...new Set(own)].sort(), [
      'adopt',
      'ignore_python_plugins',
      'read_only_password',
      'read_only_username',
      'ready_check',
      'ready_timeout',
      'reload_delay',
      'reload_handover',
      'reload_on_failure',
      'reload_order',
      'reload_overlap',
      'reload_parallelism',
      'reload_signal',
      'reload_strategy',
      'reload_test',
      'reload_timeout',
      'require_auth',
      'socket',
      'update_strategy',
      'watch',
      'watch_config',
      'watch_delay',
      'watch_ignore',
    ]);
  });
});

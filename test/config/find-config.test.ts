import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findConfigFile, noConfigFile } from '../../src/config/find-config.ts';

describe('looking for a configuration', () => {
  it("goes through supervisord's list", () => {
    const asked: string[] = [];
    const found = findConfigFile('/opt/app/bin/supervisord', '/srv', (path) => {
      asked.push(path);
      return false;
    });
    assert.equal(found.path, null);
    assert.deepEqual(asked, [
      '/opt/app/etc/supervisord.conf',
      '/opt/app/supervisord.conf',
      '/srv/supervisord.conf',
      '/srv/etc/supervisord.conf',
      '/etc/supervisord.conf',
      '/etc/supervisor/supervisord.conf',
    ]);
    assert.equal(
      noConfigFile(found.searched),
      'No config file found at default paths (/opt/app/etc/supervisord.conf, /opt/app/supervisord.conf, supervisord.conf, etc/supervisord.conf, /etc/supervisord.conf, /etc/supervisor/supervisord.conf); use the -c option to specify a config file at a different path',
    );
  });

  it("looks in hupd's own place when it is called by a name of its own", () => {
    for (const name of ['/usr/bin/hupd', 'hupctl']) {
      const there = ['/etc/hupd/hupd.conf', '/etc/supervisor/supervisord.conf'];
      assert.equal(findConfigFile(name, '/srv', (path) => there.includes(path)).path, '/etc/hupd/hupd.conf');
    }
  });

  it('takes the first that is there', () => {
    const there = ['/srv/etc/supervisord.conf', '/etc/supervisord.conf'];
    assert.equal(findConfigFile('supervisord', '/srv', (path) => there.includes(path)).path, 'etc/supervisord.conf');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileWatchGlobs } from '../../src/core/watch-globs.ts';

describe('the globs of watch', () => {
  for (const [glob, yes, no] of [
    ['/app', ['/app', '/app/a.py', '/app/x/y/z', '/'], ['/ap', '/apple', '/b']],
    ['/app/*.py', ['/app/a.py', '/app/dir.py/any'], ['/app/x/a.py', '/app/a.pyx', '/app/.a.py']],
    ['/app/**/*.py', ['/app/a.py', '/app/x/y/a.py'], ['/app/a.txt', '/app/.x/a.py', '/b/a.py']],
    ['/app/**', ['/app/a', '/app/x/y'], ['/app/.env', '/ap/x']],
    ['/app/.*', ['/app/.env', '/app/.config/x'], ['/app/env']],
    ['/app/{src,lib}/*.{js,ts}', ['/app/src/a.js', '/app/lib/b.ts'], ['/app/src/a.css', '/app/x/a.js']],
    ['/app/a?[0-9][!x].c', ['/app/ab1y.c'], ['/app/ab1x.c', '/app/aby1.c']],
    ['/app/[.]env', [], ['/app/.env', '/app/xenv']],
    ['/app/a+b(c).txt', ['/app/a+b(c).txt'], ['/app/aab(c).txt']],
  ] as const) {
    it(glob, () => {
      const globs = compileWatchGlobs([glob], []);
      for (const path of yes) assert.ok(globs.matches(path), path);
      for (const path of no) assert.ok(!globs.matches(path), path);
    });
  }

  it('leave out what editors, version control and interpreters write', () => {
    const globs = compileWatchGlobs(['/app'], []);
    for (const path of [
      '/app/.git/index.lock',
      '/app/x/__pycache__/a.cpython-311.pyc',
      '/app/node_modules/x/y.js',
      '/app/.a.py.swp',
      '/app/4913',
      '/app/a.py~',
      '/app/.#a.py',
      '/app/#a.py#',
      '/app/.goutputstream-X1Y2Z3',
      '/app/a.py___jb_tmp___',
    ]) {
      assert.ok(!globs.matches(path), path);
      assert.ok(globs.isIgnored(path, false), path);
    }
    assert.ok(globs.isIgnored('/app/.git', true));
    assert.ok(globs.matches('/app/gitignore.py'));
  });

  it('but not where that is what they name', () => {
    assert.ok(compileWatchGlobs(['/app/.git/HEAD'], []).matches('/app/.git/HEAD'));
    assert.ok(compileWatchGlobs(['/app/node_modules/own/**'], []).matches('/app/node_modules/own/a.js'));
    assert.ok(compileWatchGlobs(['/tmp/x.tmp/app'], []).matches('/tmp/x.tmp/app/a.js'));
  });

  it('watch_ignore takes paths with everything under them, and names wherever they are', () => {
    const globs = compileWatchGlobs(['/app'], ['/app/data', '/app/*/gen', '*.{log,db}'], ['/app/out']);
    for (const path of ['/app/data/x', '/app/y/gen/z', '/app/a.log', '/app/q/a.db', '/app/out', '/app/out.3']) {
      assert.ok(!globs.matches(path), path);
    }
    assert.ok(globs.matches('/app/gen'));
    assert.ok(globs.matches('/app/output'));
  });

  it('look only where something can match', () => {
    const globs = compileWatchGlobs(['/app/src/*/views/*.html', '/app/conf/*.ini', '/app/src/main.py'], []);
    assert.deepEqual(globs.roots, ['/app/src', '/app/conf']);
    assert.ok(!globs.isIgnored('/app/src', true));
    assert.ok(!globs.isIgnored('/app/src/blog', true));
    assert.ok(!globs.isIgnored('/app/src/blog/views', true));
    assert.ok(globs.isIgnored('/app/src/blog/static', true));
    assert.ok(globs.isIgnored('/app/src/blog/a.py', false));
    assert.ok(!globs.isIgnored('/app/src/main.py', false));
    assert.ok(globs.isIgnored('/app/conf/deep', true));
  });
});

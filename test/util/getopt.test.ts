import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getopt } from '../../src/util/getopt.ts';

const SHORT = 'h?c:nkl:';
const LONG = ['help', 'configuration=', 'nodaemon', 'nocleanup', 'logfile=', 'logfile_maxbytes=', 'loglevel='];

function parse(...argv: string[]): unknown {
  return getopt(argv, SHORT, LONG);
}

describe('getopt', () => {
  it('bundles flags and attaches a value', () => {
    assert.deepEqual(parse('-nkc/etc/x', '-l', 'y'), {
      options: [
        ['-n', ''],
        ['-k', ''],
        ['-c', '/etc/x'],
        ['-l', 'y'],
      ],
      rest: [],
    });
  });
  it('takes a long value after = or as the next word, the empty one included', () => {
    assert.deepEqual(parse('--configuration=a=b', '--logfile', 'x', '--loglevel='), {
      options: [
        ['--configuration', 'a=b'],
        ['--logfile', 'x'],
        ['--loglevel', ''],
      ],
      rest: [],
    });
  });
  it('accepts any unique prefix and lets an exact name win', () => {
    assert.deepEqual(parse('--conf', 'x', '--logfile_m', '5', '--logfile', 'y'), {
      options: [
        ['--configuration', 'x'],
        ['--logfile_maxbytes', '5'],
        ['--logfile', 'y'],
      ],
      rest: [],
    });
  });
  it('stops at the first word that is no option, at - and at --', () => {
    assert.deepEqual(parse('-n', 'status', '-k'), { options: [['-n', '']], rest: ['status', '-k'] });
    assert.deepEqual(parse('-n', '-', '-k'), { options: [['-n', '']], rest: ['-', '-k'] });
    assert.deepEqual(parse('-n', '--', '-k'), { options: [['-n', '']], rest: ['-k'] });
  });
  for (const [argv, error] of [
    [['--bogus'], 'option --bogus not recognized'],
    [['-x'], 'option -x not recognized'],
    [['-n:'], 'option -: not recognized'],
    [['-c'], 'option -c requires argument'],
    [['--logfile'], 'option --logfile requires argument'],
    [['--conf'], 'option --configuration requires argument'],
    [['--nodaemon=1'], 'option --nodaemon must not have an argument'],
    [['--log', 'x'], 'option --log not a unique prefix'],
  ] as const) {
    it(`refuses ${argv.join(' ')}`, () => {
      assert.deepEqual(parse(...argv), { error });
    });
  }
});

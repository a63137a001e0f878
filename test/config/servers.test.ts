import { homedir } from 'node:os';
import { describeRows, type Row } from './rows.ts';

const inet = (text: string, rest = '') => `[supervisord]\n[inet_http_server]\nport=${text}\n${rest}`;
const unix = (text: string, rest = '') => `[supervisord]\n[unix_http_server]\nfile=${text}\n${rest}`;

function address(text: string, host: string, port: number): Row {
  return { it: `${text} is ${host || 'every address'}, port ${port}`, file: inet(text), server: { host, port } };
}

const half = (section: string) =>
  `Section [${section}] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified`;

describeRows('an inet server', [
  address('9001', '', 9001),
  address('127.0.0.1:9001', '127.0.0.1', 9001),
  address(':80', '', 80),
  address('*:80', '', 80),
  address('LocalHost:1', 'localhost', 1),
  address('a:b:65535', 'a:b', 65535),
  {
    it: 'needs a port',
    file: '[supervisord]\n[inet_http_server]\n',
    error: 'section [inet_http_server] has no port value',
  },
  { it: 'refuses a port that is no number', file: inet('x'), error: "not a valid port number: 'x' " },
  { it: 'refuses port 0', file: inet('0'), error: "not a valid port number: '0' " },
  { it: 'refuses no port after a host', file: inet('h:'), error: "no port number specified in ''" },
  { it: 'refuses port 0 after a host', file: inet('h:0'), error: '0 is below lower bound (1)' },
  { it: 'refuses port 65536 after a host', file: inet('h:65536'), error: '65536 is above upper bound (65535)' },
  { it: 'refuses a bad port after a host', file: inet('h:x'), error: "invalid literal for int() with base 10: 'x'" },
  {
    it: 'has a user name and a password',
    file: inet('1', 'username=u\npassword={SHA}ab\n'),
    server: { username: 'u', password: '{SHA}ab' },
  },
  { it: 'refuses a user name alone', file: inet('1', 'username=u\n'), error: half('inet_http_server') },
  { it: 'refuses a password alone', file: inet('1', 'password=p\n'), error: half('inet_http_server') },
  {
    it: 'asks for nothing without a user name',
    file: inet('1', 'username=\npassword=p\n'),
    server: { username: null, password: null },
  },
]);

describeRows('a unix server', [
  {
    it: 'has a path, made absolute',
    file: unix('~/a/../s.sock'),
    server: { file: `${homedir()}/s.sock`, chmod: 0o700, chown: [-1, -1] },
  },
  { it: 'has a path relative to where the daemon is', file: unix('s.sock'), server: { file: 'DIR/s.sock' } },
  { it: 'may name its directory', file: unix('%(here)s/s.sock'), server: { file: 'DIR/s.sock' } },
  { it: 'has a mode', file: unix('/s', 'chmod=0o770\n'), server: { chmod: 0o770 } },
  { it: 'has an owner', file: unix('/s', 'chown=daemon\n'), server: { chown: [1, -1] } },
  {
    it: 'needs a file',
    file: '[supervisord]\n[unix_http_server]\n',
    error: 'section [unix_http_server] has no file value',
  },
  { it: 'refuses a bad mode', file: unix('/s', 'chmod=rw\n'), error: 'Invalid chmod value rw' },
  {
    it: 'refuses an unknown owner',
    file: unix('/s', 'chown=no-such-user:x\n'),
    error: 'Invalid sockchown value no-such-user:x',
  },
  { it: 'refuses a password alone', file: unix('/s', 'password=p\n'), error: half('unix_http_server') },
]);

describeRows('servers', [
  {
    it: 'may be several, by the beginning of the name; inet servers come first',
    file: '[unix_http_server:a]\nfile=/a\n[inet_http_server2]\nport=2\n[supervisord]\n[inet_http_server:x]\nport=3\n',
    server: { section: 'inet_http_server2' },
  },
]);

describeRows('servers of hupd', [
  {
    it: 'with require_auth may listen on this machine',
    file: inet('127.0.0.1:1').replace('\n', '\nrequire_auth=true\n'),
    own: true,
  },
  {
    it: 'with require_auth must not listen to others without a password',
    file: inet(':1').replace('\n', '\nrequire_auth=true\n'),
    error:
      'section [inet_http_server] can be reached from other machines without a password, which require_auth=true forbids: set username and password, or listen on 127.0.0.1',
    own: true,
  },
  {
    it: 'refuse a read-only user without a password',
    file: inet('1', 'read_only_username=u\n'),
    error: half('inet_http_server'),
    own: true,
  },
]);

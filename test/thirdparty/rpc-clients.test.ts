/**
 * The XML-RPC clients that the scripts of this world use: Python's own and supervisor's transport, Perl's Frontier::Client, PHP's xmlrpc extension. Each
 * does the same against one hupd and says the same of it: types, faults, texts beyond ASCII, log lines with markup, a password that is asked for.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { type Need, needs } from '../support/needs.ts';
import { endRig, type Rig, run, startRig } from '../support/rig.ts';

const programs = `[inet_http_server]
port=127.0.0.1:PORT
username=ann
password=p:w d
[program:web]
command=/bin/sleep 1000
startsecs=0
[program:echo]
command=/bin/cat
startsecs=0
stdout_logfile=DIR/echo.log
[program:käse]
command=/bin/false
autostart=false
`;

interface ClientKind {
  readonly name: string;
  readonly needs: readonly Need[];
  /** `HOST` is the server with user and password, `PORT` its port, `SOCKET` the other server's. */
  readonly command: readonly [string, ...string[]];
}

/** Each prints, a line each: the state's name; the type of a state code; processes; a boolean; a fault; a fault; a log; all calls of many; the refusal. */
const expected = [
  'RUNNING 1',
  'echo:echo käse:käse web:web',
  'start stop start',
  '60 ALREADY_STARTED: web',
  '1 UNKNOWN_METHOD',
  'grüße <&> ]]>',
  '3.0 10 BAD_NAME: nope',
  '401',
];

const python = `
import sys, time, xmlrpc.client
from urllib.parse import quote
port, socket = sys.argv[1:]
def run(proxy):
    s = proxy('ann', 'p:w d')
    state = s.supervisor.getState()
    print(state['statename'], state['statecode'] + 0)
    print(*['%(group)s:%(name)s' % info for info in s.supervisor.getAllProcessInfo()])
    s.supervisor.stopProcess('web') is True and s.supervisor.startProcess('web', True) is True and print('start stop start')
    for call in (lambda: s.supervisor.startProcess('web'), lambda: s.supervisor.nope()):
        try: call()
        except xmlrpc.client.Fault as fault: print(fault.faultCode, fault.faultString)
    s.supervisor.clearProcessLogs('echo')
    s.supervisor.sendProcessStdin('echo', 'grüße <&> ]]>\\n')
    text = ''
    while not text: text = s.supervisor.readProcessStdoutLog('echo', 0, 0)
    print(text, end='')
    many = s.system.multicall([{'methodName': 'supervisor.getAPIVersion', 'params': []}, {'methodName': 'supervisor.getProcessInfo', 'params': ['nope']}])
    print(many[0], many[1]['faultCode'], many[1]['faultString'])
    try: proxy('ann', 'wrong').supervisor.getState()
    except xmlrpc.client.ProtocolError as e: print(e.errcode)
`;

const overHttp = `
run(lambda user, password: xmlrpc.client.ServerProxy('http://%s:%s@127.0.0.1:%s/RPC2' % (user, quote(password), port)))
`;

const supervisorTransport = `
from supervisor.xmlrpc import SupervisorTransport
def proxy(user, password):
    url = 'unix://' + socket if password == 'p:w d' else 'http://127.0.0.1:' + port
    return xmlrpc.client.ServerProxy('http://127.0.0.1', transport=SupervisorTransport(user, password, url))
run(proxy)
`;

const perl = String.raw`
use strict; use utf8; use open qw(:std :utf8); use Encode;
use Frontier::Client;
my ($port) = @ARGV;
sub client { my ($password) = @_;
  my $c = Frontier::Client->new(url => "http://127.0.0.1:$port/RPC2", encoding => 'UTF-8');
  $c->{ua}->credentials("127.0.0.1:$port", 'default', 'ann', $password); $c }
my $s = client('p:w d');
my $state = $s->call('supervisor.getState');
print "$state->{statename} ", $state->{statecode} + 0, "\n";
print join(' ', map { "$_->{group}:$_->{name}" } @{$s->call('supervisor.getAllProcessInfo')}), "\n";
print "start stop start\n" if $s->call('supervisor.stopProcess', 'web')->value && $s->call('supervisor.startProcess', 'web', $s->boolean(1))->value;
for my $call (['supervisor.startProcess', 'web'], ['supervisor.nope']) {
  eval { $s->call(@$call) };
  print "$1 $2\n" if $@ =~ /fault code (\d+): (.*)/;
}
$s->call('supervisor.clearProcessLogs', 'echo');
$s->call('supervisor.sendProcessStdin', 'echo', $s->string(encode('UTF-8', "grüße <&> ]]>\n")));
my $text = '';
$text = $s->call('supervisor.readProcessStdoutLog', 'echo', 0, 0) while $text eq '';
print $text;
my $many = $s->call('system.multicall', [{methodName => 'supervisor.getAPIVersion', params => []}, {methodName => 'supervisor.getProcessInfo', params => ['nope']}]);
print "$many->[0] $many->[1]{faultCode} $many->[1]{faultString}\n";
eval { client('wrong')->call('supervisor.getState') };
print "$1\n" if $@ =~ /^(\d+) /;
`;

const php = String.raw`
function ask($url, $method, ...$params) {
  $body = xmlrpc_encode_request($method, $params, ['encoding' => 'utf-8', 'escaping' => 'markup']);
  $context = stream_context_create(['http' => ['method' => 'POST', 'header' => 'Content-Type: text/xml', 'content' => $body]]);
  $answer = @file_get_contents($url, false, $context);
  if ($answer === false) return explode(' ', $http_response_header[0])[1];
  return xmlrpc_decode($answer, 'utf-8');
}
$url = "http://ann:" . rawurlencode('p:w d') . "@127.0.0.1:$argv[1]/RPC2";
$state = ask($url, 'supervisor.getState');
echo $state['statename'], ' ', is_int($state['statecode']) ? $state['statecode'] : '?', "\n";
echo implode(' ', array_map(fn($i) => "$i[group]:$i[name]", ask($url, 'supervisor.getAllProcessInfo'))), "\n";
if (ask($url, 'supervisor.stopProcess', 'web') === true && ask($url, 'supervisor.startProcess', 'web', true) === true) echo "start stop start\n";
foreach ([['supervisor.startProcess', 'web'], ['supervisor.nope']] as $call) {
  $fault = ask($url, ...$call);
  if (xmlrpc_is_fault($fault)) echo $fault['faultCode'], ' ', $fault['faultString'], "\n";
}
ask($url, 'supervisor.clearProcessLogs', 'echo');
ask($url, 'supervisor.sendProcessStdin', 'echo', "grüße <&> ]]>\n");
do { $text = ask($url, 'supervisor.readProcessStdoutLog', 'echo', 0, 0); } while ($text === '');
echo $text;
$many = ask($url, 'system.multicall', [['methodName' => 'supervisor.getAPIVersion', 'params' => []], ['methodName' => 'supervisor.getProcessInfo', 'params' => ['nope']]]);
echo $many[0], ' ', $many[1]['faultCode'], ' ', $many[1]['faultString'], "\n";
echo ask(str_replace('p%3Aw%20d', 'wrong', $url), 'supervisor.getState'), "\n";
`;

const clients: readonly ClientKind[] = [
  {
    name: "Python's xmlrpc.client",
    needs: [{ command: '/usr/bin/python3', apt: 'python3' }],
    command: ['/usr/bin/python3', '-c', python + overHttp],
  },
  {
    name: "Python's client with supervisor's transport",
    needs: [{ command: '/usr/lib/python3/dist-packages/supervisor', apt: 'supervisor' }],
    command: ['/usr/bin/python3', '-c', python + supervisorTransport],
  },
  {
    name: "Perl's Frontier::Client",
    needs: [{ command: '/usr/share/perl5/Frontier/Client.pm', apt: 'libfrontier-rpc-perl' }],
    command: ['/usr/bin/perl', '-e', perl],
  },
  {
    name: "PHP's xmlrpc",
    needs: [
      { command: 'php', apt: 'php-cli' },
      { command: phpExtension(), apt: 'php-xmlrpc' },
    ],
    command: ['php', '-r', php],
  },
];

/** Below a directory that is named for PHP's interface, or where it would be. */
function phpExtension(): string {
  const root = '/usr/lib/php';
  const directories = existsSync(root) ? readdirSync(root) : [];
  return directories.map((name) => `${root}/${name}/xmlrpc.so`).find(existsSync) ?? `${root}/xmlrpc.so`;
}

describe('XML-RPC clients of other languages', () => {
  let rig: Rig;
  let port = 0;
  before(async () => {
    port = await freePort();
    rig = await startRig({ programs: programs.replace('PORT', `${port}`) });
  });
  after(() => endRig(rig));

  for (const client of clients) {
    it(`${client.name} calls, starts, stops, reads, and is told what is wrong`, async (t) => {
      if (!needs(t, ...client.needs)) return;
      await rig.logged(/success: web/);
      const [file, ...args] = client.command;
      const { stdout, stderr } = await run(file, [...args, `${port}`, rig.socket]);
      assert.deepEqual(stdout.trimEnd().split('\n'), expected, `${stderr}\n${rig.log}`);
    });
  }
});

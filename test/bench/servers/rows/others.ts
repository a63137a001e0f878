/** Ruby, Perl and C: app servers, web servers, a proxy. */
import { fpmConfig, nginxBeforeFpm, phpFpm } from '../../../support/php-fpm.ts';
import { brokenRack, psgiText, rackText } from '../apps.ts';
import type { ServerRow } from '../row.ts';

const restarts = 'between stop and start nobody listens';
const idleClosed =
  'it closes idle connections when it leaves: a request that is sent just then finds its connection closed, and a client that sends again loses nothing';
const rack = (version: string) => ({ 'config.ru': rackText(version) });

export const nginx: ServerRow = {
  name: 'nginx',
  needs: [{ command: 'nginx', apt: 'nginx-light' }],
  says: ['/usr/sbin/nginx', '-v'],
  program: () => 'command=/usr/sbin/nginx -p DIR -c DIR/nginx.conf -e stderr\nstopsignal=QUIT',
  files: (version, { port }) => ({
    'nginx.conf': `daemon off;
pid nginx.pid;
worker_processes 2;
events {}
http {
  access_log off;
  server { listen 127.0.0.1:${port}; return 200 "${version}"; }
}
`,
  }),
  broken: () => ({ 'nginx.conf': 'daemon off;\nevents {}\nno_such_feature on;\n' }),
  why: { restart: restarts },
  whyKept: { rolling: idleClosed, hup: idleClosed, restart: restarts },
};

function haproxyConfig(version: string, bind: string): string {
  return `global
  maxconn 1000
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend web
  bind ${bind}
  http-request return status 200 content-type text/plain string ${version}
`;
}

/** One master-worker process binds by itself; the rolling one takes the socket that hupd holds. */
const haproxy: ServerRow = {
  name: 'haproxy',
  needs: [{ command: 'haproxy', apt: 'haproxy' }],
  says: ['/usr/sbin/haproxy', '-v'],
  program: (_, strategy) =>
    `command=/usr/sbin/haproxy -W -f DIR/${strategy === 'rolling' ? 'fd' : 'own'}.cfg\nstopsignal=USR1`,
  lines: {
    rolling: ({ port }) => `socket=tcp://127.0.0.1:${port}`,
    hup: () => 'reload_signal=USR2',
  },
  files: (version, { port }) => ({
    'fd.cfg': haproxyConfig(version, 'fd@3'),
    'own.cfg': haproxyConfig(version, `127.0.0.1:${port}`),
  }),
  broken: () => ({ 'fd.cfg': 'frontend web\n  no-such-feature\n', 'own.cfg': 'frontend web\n  no-such-feature\n' }),
  why: { restart: restarts },
  whyKept: { rolling: idleClosed, hup: idleClosed, restart: restarts },
};

/** A thread stays with a kept connection for 0.2 s in hope of its next request, so there have to be more than such clients. */
export const puma: ServerRow = {
  name: 'puma',
  needs: [{ command: 'puma', apt: 'puma' }],
  says: ['puma', '--version'],
  program: ({ port }) => `command=/usr/bin/puma -e production -t 16:16 -b tcp://127.0.0.1:${port} config.ru`,
  lines: { hup: () => 'reload_signal=USR2' },
  files: rack,
  broken: () => brokenRack,
  why: {
    hup: 'USR2 starts it anew under the same pid: requests wait for as long as the app takes to load',
    restart: restarts,
  },
};

export const unicorn: ServerRow = {
  name: 'unicorn',
  needs: [{ command: 'unicorn', apt: 'unicorn' }],
  says: ['unicorn', '--version'],
  program: ({ port }) =>
    `command=/usr/bin/unicorn -E production -c DIR/unicorn.rb -l 127.0.0.1:${port} config.ru\nstopsignal=QUIT`,
  files: (version) => ({ ...rack(version), 'unicorn.rb': 'worker_processes 2\n' }),
  broken: () => brokenRack,
  why: {
    hup: 'HUP retires the old workers at once: requests wait for as long as the app takes to load',
    restart: restarts,
  },
};

/** A worker has one connection at a time, so there have to be more than clients that keep theirs. */
const starman: ServerRow = {
  name: 'starman (Server::Starter)',
  needs: [
    { command: 'starman', apt: 'starman' },
    { command: '/usr/share/perl5/Net/Server/SS/PreFork.pm', apt: 'libnet-server-ss-prefork-perl' },
  ],
  says: ['starman', '--version'],
  program: (
    { port },
    strategy,
  ) => `command=/usr/bin/starman --listen 127.0.0.1:${port} --workers 12 ${strategy === 'hup' ? '' : '--preload-app'} app.psgi
stopsignal=QUIT
killasgroup=true`,
  lines: { rolling: ({ port }) => `socket=tcp://127.0.0.1:${port}` },
  files: (version) => ({ 'app.psgi': psgiText(version) }),
  broken: () => ({ 'app.psgi': 'die "no such feature\\n";\n' }),
  why: {
    rolling:
      'a worker of Net::Server that is told to leave between accepting a connection and noting it drops that one',
    hup: 'without --preload-app the new workers load the app one by one: requests wait for as long as that takes',
    restart: restarts,
  },
  whyKept: {
    rolling: 'a worker of starman leaves only when its client does: those that stay are cut after stopwaitsecs',
    restart: `a worker of starman leaves only when its client does; ${restarts}`,
  },
};

const php: ServerRow = {
  name: 'php-fpm behind nginx',
  needs: [
    { command: phpFpm(), apt: 'php-fpm' },
    { command: 'nginx', apt: 'nginx-light' },
  ],
  says: [phpFpm(), '--version'],
  program: () => `command=${phpFpm()} -F -y DIR/fpm.conf\nstopsignal=QUIT`,
  beside: () => `[program:front]
command=/usr/sbin/nginx -p DIR/ -c DIR/nginx.conf -e stderr
stopsignal=QUIT
`,
  lines: { hup: () => 'reload_signal=USR2' },
  files: (version, { port, spare }) => ({
    'app.php': `<?php usleep(3000); echo '${version}';\n`,
    'fpm.conf': fpmConfig(spare),
    'nginx.conf': nginxBeforeFpm(port, spare),
  }),
  broken: ({ spare }) => ({ 'fpm.conf': `${fpmConfig(spare)}no_such_feature = 1\n` }),
  why: { restart: `${restarts}: nginx answers 502` },
};

export const others: readonly ServerRow[] = [puma, unicorn, nginx, haproxy, php, starman];

// A web server that is slow to start, as real ones are. It serves on the sockets that it inherits (LISTEN_FDS, as systemd and hupd pass them),
// else on PORT; on TERM it finishes what it has begun.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const bootSecs = Number(process.env.BOOT_SECS ?? 5);
const version = process.env.VERSION ?? `pid ${process.pid}`;
console.log(`booting, ${bootSecs} s`);
await sleep(bootSecs * 1000);

const inherited = inheritedFds().map((fd) => ({ fd }));
const own = { host: '127.0.0.1', port: Number(process.env.PORT ?? 8000) };
const servers = (inherited.length > 0 ? inherited : [own]).map((where) =>
  createServer((_request, response) => {
    response.setHeader('Connection', 'close');
    response.end(`hello from ${version}\n`);
  }).listen(where, () => console.log(`serving on ${JSON.stringify(where)}`)),
);

process.once('SIGTERM', () => {
  for (const server of servers) server.close();
});

function inheritedFds() {
  const { LISTEN_FDS, LISTEN_PID } = process.env;
  if (LISTEN_FDS === undefined || Number(LISTEN_PID) !== process.pid) return [];
  return Array.from({ length: Number(LISTEN_FDS) }, (_, index) => 3 + index);
}

// A Node server as one would write it to be reloaded: it serves on what it inherits, and leaves politely. On TERM every answer says
// `Connection: close`, so that clients let go of their connections; what is idle a second later is closed. On USR2 it makes its own
// successor, as tableflip does: it executes itself with its socket, and leaves when that one says that it serves.
import { spawn } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const handedFd = 3;
const readyFd = 4;

const { PORT, HANDED, LISTEN_FDS, LISTEN_PID } = process.env;
const version = readFileSync('version', 'utf8');
await sleep(Number(readFileSync('boot', 'utf8')) * 1000);
let leaving = false;
const servers = places().map((place) =>
  createServer((_request, response) => {
    if (leaving) response.setHeader('Connection', 'close');
    response.end(version);
  }).listen(place),
);
if (HANDED !== undefined) servers[0].once('listening', () => writeSync(readyFd, 'r'));

process.once('SIGTERM', leave);
process.on('SIGUSR2', () => {
  const fds = ['inherit', 'inherit', 'inherit', servers[0]._handle.fd, 'pipe'];
  const child = spawn(process.execPath, process.argv.slice(1), { stdio: fds, env: { ...process.env, HANDED: 'yes' } });
  child.stdio[readyFd].once('data', () => {
    child.stdio[readyFd].destroy(); // it would keep this process
    leave();
  });
  child.unref();
});

function places() {
  if (HANDED !== undefined) return [{ fd: handedFd }];
  if (Number(LISTEN_PID) !== process.pid) return [{ host: '127.0.0.1', port: Number(PORT) }];
  return Array.from({ length: Number(LISTEN_FDS) }, (_, index) => ({ fd: 3 + index }));
}

function leave() {
  leaving = true;
  setTimeout(() => {
    for (const server of servers) server.close();
  }, 1000);
}

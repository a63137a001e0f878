// A Node server as one would write it to be reloaded: it serves on what it inherits, and leaves politely. On TERM every answer says
// `Connection: close`, so that clients let go of their connections; what is idle a second later is closed.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const version = readFileSync('version', 'utf8');
await sleep(Number(readFileSync('boot', 'utf8')) * 1000);
const inherits = Number(process.env.LISTEN_PID) === process.pid;
const places = inherits
  ? Array.from({ length: Number(process.env.LISTEN_FDS) }, (_, index) => ({ fd: 3 + index }))
  : [{ host: '127.0.0.1', port: Number(process.env.PORT) }];
let leaving = false;
const servers = places.map((place) =>
  createServer((_request, response) => {
    if (leaving) response.setHeader('Connection', 'close');
    response.end(version);
  }).listen(place),
);

process.once('SIGTERM', () => {
  leaving = true;
  setTimeout(() => {
    for (const server of servers) server.close();
  }, 1000);
});

// Runs hupd with two programs and asks of it what clients ask, and keeps what V8 has compiled for that in dist/hupd.code.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directory = mkdtempSync(join(tmpdir(), 'hupd-compile-'));
const socketPath = join(directory, 's');

/** The body of the answer. */
function call(method, ...params) {
  const values = params.map((value) => `<param><value><string>${value}</string></value></param>`);
  const body = `<?xml version='1.0'?>\n<methodCall>\n<methodName>${method}</methodName>\n<params>${values.join('')}</params>\n</methodCall>`;
  return new Promise((resolve, reject) => {
    request({ socketPath, path: '/RPC2', method: 'POST', headers: { 'Content-Type': 'text/xml' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end(body);
  });
}

try {
  const config = join(directory, 'c');
  writeFileSync(
    config,
    `[supervisord]
nodaemon=true
logfile=%(here)s/log
pidfile=%(here)s/pid
childlogdir=%(here)s
[unix_http_server]
file=%(here)s/s
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:p]
command=/bin/cat
process_name=%(program_name)s%(process_num)d
numprocs=2
startsecs=0
`,
  );
  const args = [join(import.meta.dirname, 'keep-code.cjs'), 'hupd', '-n', '-c', config];
  const { NODE_OPTIONS: _notForUs, ...env } = process.env;
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let log = '';
  await new Promise((resolve) => {
    child.on('exit', resolve);
    child.stdout.on('data', (chunk) => {
      log += chunk;
      if (log.includes('p1 entered RUNNING')) resolve();
    });
  });
  let shown = '';
  for (let round = 0; round < 3; round += 1) {
    shown = await call('supervisor.getAllProcessInfo');
    await call('supervisor.getState');
    await call('supervisor.getProcessInfo', 'p:p0');
    await call('supervisor.stopProcess', 'p:p0');
    await call('supervisor.startProcess', 'p:p0');
  }
  await call('supervisor.shutdown');
  const [status] = await ended;
  if (status !== 0 || !shown.includes('RUNNING'))
    throw new Error(`hupd ended with ${status}, said ${shown}, logged\n${log}`);
} finally {
  rmSync(directory, { recursive: true });
}

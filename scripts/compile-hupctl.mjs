// Runs `hupctl status` against a server that always says the same, and keeps what V8 has compiled for that in dist/hupctl.code.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const member = (name, value) => `<member>\n<name>${name}</name>\n<value>${value}</value>\n</member>\n`;
const text = (value) => `<string>${value}</string>`;
const strings = { name: 'web', group: 'web', statename: 'RUNNING', description: 'pid 1, uptime 0:00:01' };
const members = Object.entries(strings).map(([name, value]) => member(name, text(value)));
const info = `<struct>\n${members.join('')}${member('state', '<int>20</int>')}</struct>`;
const answers = {
  getVersion: text('3.0'),
  getAllProcessInfo: `<array><data>\n<value>${info}</value>\n<value>${info}</value>\n</data></array>`,
};

function answer(request, response) {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const method = /supervisor\.(\w+)/.exec(body)?.[1];
    const params = `<params>\n<param>\n<value>${answers[method]}</value>\n</param>\n</params>`;
    const xml = `<?xml version='1.0'?>\n<methodResponse>\n${params}\n</methodResponse>\n`;
    response.writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': xml.length }).end(xml);
  });
}

const directory = mkdtempSync(join(tmpdir(), 'hupctl-compile-'));
const server = createServer(answer);
try {
  server.listen(join(directory, 's'));
  await once(server, 'listening');
  const config = join(directory, 'c');
  writeFileSync(config, '[supervisorctl]\nserverurl=unix://%(here)s/s\nprompt=hupd ; as usual\n');
  const args = [join(import.meta.dirname, 'keep-code.cjs'), 'hupctl', '-c', config, 'status'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let shown = '';
  child.stdout.on('data', (chunk) => {
    shown += chunk;
  });
  const [status] = await once(child, 'close');
  if (status !== 0 || !shown.includes('RUNNING')) {
    throw new Error(`hupctl status ended with ${status} and showed ${JSON.stringify(shown)}`);
  }
} finally {
  server.close();
  rmSync(directory, { recursive: true });
}

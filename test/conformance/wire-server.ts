/** A supervisor on the wire: real supervisord or hupd, started on the same configuration in a directory of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { diesWithUs } from '../support/dies-with-us.ts';
import { ask, post } from '../support/raw-http.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { plain, readTyped } from './typed-xml.ts';

export type Param =
  | string
  | number
  | boolean
  | { readonly double: number }
  | readonly Param[]
  | { readonly struct: Readonly<Record<string, Param>> };

/** What came back: the status, and for 200 the value or fault with its types. */
export interface WireAnswer {
  readonly status: number;
  readonly fault: boolean;
  readonly value: unknown;
}

export interface WireServer {
  readonly name: 'supervisord' | 'hupd';
  readonly directory: string;
  /** The path of its unix socket. */
  readonly socket: string;
  readonly pid: number;
  call(method: string, ...params: readonly Param[]): Promise<WireAnswer>;
  /** Resolves when the process is in that state. */
  settled(process: string, state: string): Promise<void>;
}

const commands = {
  supervisord: ['/usr/bin/supervisord'],
  hupd: [process.execPath, join(import.meta.dirname, '../../src/hupd.js')],
} as const;

const daemon = `[supervisord]
logfile=DIR/d.log
pidfile=DIR/d.pid
childlogdir=DIR
identifier=wire

[unix_http_server]
file=DIR/s.sock

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`;

/** `programs`: and what else there is beside the daemon and its unix socket. `DIR` in it stands for the server's directory. */
export async function startWireServer(
  t: TestContext,
  name: 'supervisord' | 'hupd',
  programs: string,
): Promise<WireServer> {
  const directory = tempDir(t);
  const socket = join(directory, 's.sock');
  const file = join(directory, 'supervisord.conf');
  writeFileSync(file, `${daemon}${programs}`.replaceAll('DIR', directory));
  const env = { ...process.env, TZ: 'UTC' };
  const child = spawn(...diesWithUs([...commands[name], '-n', '-c', file]), { cwd: directory, env, stdio: 'ignore' });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const log = () => (existsSync(join(directory, 'd.log')) ? readFileSync(join(directory, 'd.log'), 'utf8') : '');
  await until(`${name} to listen`, () => existsSync(socket), log);

  const call: WireServer['call'] = async (method, ...params) => {
    const { status, body } = await ask(socket, post('/RPC2', encode(method, params)));
    if (status !== 200) return { status, fault: false, value: null };
    const { fault, value } = readTyped(body);
    return { status, fault, value: plain(value) };
  };
  const settled: WireServer['settled'] = async (process, state) => {
    await until(
      `${process} of ${name} to be ${state}`,
      async () => {
        const { value } = await call('supervisor.getProcessInfo', process);
        return (value as { statename?: string }).statename === `string: ${state}`;
      },
      log,
    );
  };
  const { value } = await call('supervisor.getPID');
  assert.equal(value, `int: ${child.pid}`);
  return { name, directory, socket, pid: child.pid ?? 0, call, settled };
}

function encode(method: string, params: readonly Param[]): string {
  const values = params.map((param) => `<param>${encodeParam(param)}</param>`).join('');
  return `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${values}</params></methodCall>`;
}

function encodeParam(param: Param): string {
  if (typeof param === 'string')
    return `<value><string>${param.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</string></value>`;
  if (typeof param === 'number') return `<value><int>${param}</int></value>`;
  if (typeof param === 'boolean') return `<value><boolean>${param ? 1 : 0}</boolean></value>`;
  if ('double' in param) return `<value><double>${param.double}</double></value>`;
  if ('struct' in param) {
    const members = Object.entries(param.struct).map(
      ([name, inner]) => `<member><name>${name}</name>${encodeParam(inner)}</member>`,
    );
    return `<value><struct>${members.join('')}</struct></value>`;
  }
  return `<value><array><data>${param.map(encodeParam).join('')}</data></array></value>`;
}

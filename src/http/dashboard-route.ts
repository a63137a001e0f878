/**
 * What the dashboard's script asks for besides the events: `/actions` does something and says in JSON how it went, `/history` tells what
 * happened to a process, `/static/` has the script and its style.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getAsset, isSea } from 'node:sea';
import { describeHappening } from '../core/history.ts';
import { createRpc, type Rpc } from '../rpc/dispatch.ts';
import { faultText, type RpcContext } from '../rpc/method.ts';
import { findProcess } from '../rpc/targets.ts';
import type { Supervision } from '../runtime/supervision.ts';
import type { ActionAnswer, HistoryRow } from '../web/messages.ts';
import { dashboardStyle } from '../web/style.ts';
import { audited, type Caller, noteRefused } from './audit.ts';
import { readBody } from './body.ts';
import { isCrossSite } from './cross-site.ts';
import { respond, respondAndClose, respondError } from './respond.ts';

export type DashboardRoute = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  caller: Caller,
) => void | Promise<void>;

export function isDashboardPath(path: string): boolean {
  return path === '/actions' || path === '/history' || path.startsWith('/static/');
}

export function createDashboardRoute(context: RpcContext): DashboardRoute {
  const rpc = createRpc(context, [{ namespace: 'supervisor', interface: 'main' }]);
  return (request, response, path, caller) => {
    if (path === '/actions') return actions(context.daemon, rpc, request, response, caller);
    if (request.method !== 'GET' && request.method !== 'HEAD') return respondAndClose(request, response, 400);
    return path === '/history' ? history(context, request, response) : staticFile(request, response, path);
  };
}

async function actions(
  daemon: Supervision,
  rpc: Rpc,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
): Promise<void> {
  if (request.method !== 'POST') return respondAndClose(request, response, 400);
  const body = await readBody(request);
  if (body === 'gone') return;
  if ('status' in body) return respondAndClose(request, response, body.status);
  const form = new URLSearchParams(body.bytes.toString());
  const action = form.get('action') ?? '';
  if (isCrossSite(request) || caller.access !== 'full') {
    noteRefused(daemon, caller, [action]);
    return respondError(request, response, 403);
  }
  const name = form.get('processname') ?? '';
  const calls = callsOf(action, name);
  if (calls === null) return respondError(request, response, 400);
  sendJson(request, response, await carryOut(audited(rpc, daemon, caller), calls, name));
}

interface Calls {
  /** One after the other; all but the last may be refused. */
  readonly methods: readonly string[];
  /** What is said when it went well. */
  readonly done: string;
}

/** null: there is no such action, or it wants a name. */
function callsOf(action: string, name: string): Calls | null {
  switch (action) {
    case 'startall':
      return { methods: ['supervisor.startAllProcesses'], done: 'all started' };
    case 'stopall':
      return { methods: ['supervisor.stopAllProcesses'], done: 'all stopped' };
    case 'restartall':
      return { methods: ['supervisor.stopAllProcesses', 'supervisor.startAllProcesses'], done: 'all restarted' };
    case 'reloadall':
      return { methods: ['hupd.reloadAllProcesses'], done: 'reload of all begun' };
  }
  if (name === '') return null;
  switch (action) {
    case 'start':
      return { methods: ['supervisor.startProcess'], done: `${name} started` };
    case 'stop':
      return { methods: ['supervisor.stopProcess'], done: `${name} stopped` };
    case 'restart':
      return { methods: ['supervisor.stopProcess', 'supervisor.startProcess'], done: `${name} restarted` };
    case 'reload':
      return { methods: ['hupd.reloadProcess'], done: `reload of ${name} begun` };
    case 'clearlog':
      return { methods: ['supervisor.clearProcessLogs'], done: `logs of ${name} cleared` };
    default:
      return null;
  }
}

async function carryOut(rpc: Rpc, { methods, done }: Calls, name: string): Promise<ActionAnswer> {
  let answer: ActionAnswer = { ok: true, message: done };
  for (const method of methods) {
    const outcome = await rpc.call(method, name === '' ? [] : [name]);
    answer =
      'fault' in outcome
        ? { ok: false, message: `${name || 'all'}: ${faultText(outcome)}` }
        : { ok: true, message: done };
  }
  return answer;
}

function history({ daemon }: RpcContext, request: IncomingMessage, response: ServerResponse): void {
  const query = new URLSearchParams(/\?([^#]*)/.exec(request.url ?? '')?.[1] ?? '');
  const target = findProcess(daemon, query.get('processname') ?? '');
  if (target.kind === 'wrong') return respondError(request, response, 404);
  const { group, name } = target.process;
  const rows: HistoryRow[] = daemon.history(group, name).map((entry) => ({
    at: entry.at,
    text: describeHappening(entry),
  }));
  sendJson(request, response, rows);
}

function sendJson(request: IncomingMessage, response: ServerResponse, value: object): void {
  const headers = { 'Cache-Control': 'no-store' };
  respond(request, response, { type: 'application/json', body: JSON.stringify(value), headers });
}

function staticFile(request: IncomingMessage, response: ServerResponse, path: string): void {
  const headers = { 'Cache-Control': 'no-cache' };
  if (path === '/static/dashboard.css')
    return respond(request, response, { type: 'text/css', body: dashboardStyle, headers });
  if (path !== '/static/dashboard.js') return respondError(request, response, 404);
  script ??= readScript();
  if (script === null) return respondError(request, response, 404);
  respond(request, response, { type: 'text/javascript;charset=utf-8', body: script, headers });
}

let script: string | null = null;

/** In the single executable; beside the bundle; the plain modules that the tests load are two folders and a name away from it. null: it was not built. */
function readScript(): string | null {
  if (isSea()) return getAsset('dashboard.js', 'utf8');
  for (const place of ['./dashboard.js', '../../../dist/dashboard.js']) {
    try {
      return readFileSync(new URL(place, import.meta.url), 'utf8');
    } catch {
      // not there
    }
  }
  return null;
}

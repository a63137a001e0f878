/**
 * The pages: status with its actions, the end of a log, `ok.html`, and the style sheet. URLs and answers are supervisord's; they work without
 * scripts, and the headers allow none but ours, and no frames. An action that a page of another site asks for is refused.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rpcBounds } from '../rpc/bounds.ts';
import type { Rpc } from '../rpc/dispatch.ts';
import { sortedByName } from '../rpc/methods/info-methods.ts';
import { allProcesses } from '../rpc/targets.ts';
import type { Supervision } from '../runtime/supervision.ts';
import { audited, type Caller, noteRefused } from './audit.ts';
import { readBody } from './body.ts';
import { isCrossSite } from './cross-site.ts';
import { quoteUrl } from './html.ts';
import { act, harmlessAction, unexpected } from './page-actions.ts';
import { respond, respondAndClose, respondError } from './respond.ts';
import { statusPage, tailPage } from './status-page.ts';
import { stylesheet, stylesheetPath } from './stylesheet.ts';

export interface PageContext {
  readonly daemon: Supervision;
  /** With the main interface as `supervisor`, whatever the configuration publishes. */
  readonly rpc: Rpc;
}

export async function pagesRoute(
  context: PageContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  caller: Caller,
): Promise<void> {
  const page = path.replace(/^\/+/, '') || 'index.html';
  if (!isPage(page)) return staticFile(request, response, path);
  if (request.method === 'POST') {
    if (isCrossSite(request)) return respondAndClose(request, response, 403);
    const body = await readBody(request);
    if (body === 'gone') return;
    if ('status' in body) return respondAndClose(request, response, body.status);
    return show(context, request, response, page, formOf(request, body.bytes.toString()), caller);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return respondAndClose(request, response, 400);
  return show(context, request, response, page, formOf(request, ''), caller);
}

type PageName = 'index.html' | 'tail.html' | 'ok.html';

function isPage(name: string): name is PageName {
  return name === 'index.html' || name === 'tail.html' || name === 'ok.html';
}

async function show(
  context: PageContext,
  request: IncomingMessage,
  response: ServerResponse,
  page: PageName,
  form: URLSearchParams,
  caller: Caller,
): Promise<void> {
  switch (page) {
    case 'ok.html':
      return respond(request, response, { type: 'text/plain', body: 'OK' });
    case 'tail.html':
      return sendHtml(request, response, await tail(context, form));
    case 'index.html':
      return status(context, request, response, form, caller);
  }
}

async function status(
  { daemon, rpc }: PageContext,
  request: IncomingMessage,
  response: ServerResponse,
  form: URLSearchParams,
  caller: Caller,
): Promise<void> {
  const action = form.get('action');
  if (action === null || action === '') {
    const page = statusPage({
      processes: sortedByName(allProcesses(daemon)),
      now: daemon.now(),
      identifier: daemon.identifier,
      version: daemon.version,
      message: form.get('message') ?? '',
      mayAct: caller.access === 'full',
    });
    return sendHtml(request, response, page);
  }
  const harmless = action === harmlessAction;
  if (!harmless && (isCrossSite(request) || caller.access !== 'full')) {
    noteRefused(daemon, caller, [action]);
    return respondError(request, response, 403);
  }
  if (request.method === 'HEAD') return respondError(request, response, 400);
  const message = await act(daemon, audited(rpc, daemon, caller), action, form.get('processname'));
  if (message === null) return respondError(request, response, 400);
  respondError(request, response, 301, {
    ...pageHeaders,
    Location: `${serverUrl(request)}/?message=${quoteUrl(message)}`,
  });
}

/** The last bytes of the log on stdout: at least 1024, or `limit`. */
async function tail({ rpc }: PageContext, form: URLSearchParams): Promise<string> {
  const name = form.get('processname');
  const asked = form.get('limit') ?? '';
  const limit = Math.min(Math.max(1024, /^\d+$/.test(asked) ? Number(asked) : 0), rpcBounds.maxLogBytes);
  if (name === null || name === '') return tailPage(name, limit, 'No process name found');
  const outcome = await rpc.call('supervisor.readProcessStdoutLog', [name, -limit, 0]);
  if ('value' in outcome) return tailPage(name, limit, String(outcome.value));
  const problem = outcome.fault === 'NO_FILE' ? `No file for ${name}` : `ERROR: ${unexpected(outcome)}`;
  return tailPage(name, limit, problem);
}

/** The body's members win, and the first of several in the query. */
function formOf(request: IncomingMessage, body: string): URLSearchParams {
  const query = /\?([^#]*)/.exec(request.url ?? '')?.[1] ?? '';
  return new URLSearchParams([...new URLSearchParams(body), ...new URLSearchParams(query)]);
}

/** As the client calls us; nothing when it does not say, or says what is no host. The path of the link is then enough. */
function serverUrl({ headers: { host } }: IncomingMessage): string {
  return host !== undefined && /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(host)
    ? `http://${host.replace(/:80$/, '')}`
    : '';
}

const pageHeaders = {
  Pragma: 'no-cache',
  'Cache-Control': 'no-cache',
  Expires: new Date(0).toUTCString(),
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'same-origin',
} as const;

function sendHtml(request: IncomingMessage, response: ServerResponse, body: string): void {
  respond(request, response, { type: 'text/html;charset=utf-8', body, headers: pageHeaders });
}

/** To the second, as HTTP dates are. */
const modifiedAt = Math.floor(Date.now() / 1000) * 1000;

function staticFile(request: IncomingMessage, response: ServerResponse, path: string): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') return respondAndClose(request, response, 400);
  if (path !== stylesheetPath) return respondError(request, response, 404);
  const headers = { 'Last-Modified': new Date(modifiedAt).toUTCString() };
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  if (since >= modifiedAt) {
    response.writeHead(304, headers).end();
    return;
  }
  respond(request, response, { type: 'text/css', body: stylesheet, headers });
}

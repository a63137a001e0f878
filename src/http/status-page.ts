/** The status page and the tail page, as HTML; the one script makes the status page live (`web/client/`), which does without as well. What links and forms mean is the business of `pages-route.ts`. */
import { describeProcess } from '../core/describe.ts';
import { makeNamespec } from '../core/namespec.ts';
import type { StateName } from '../core/states.ts';
import { toLocalTime } from '../rpc/local-time.ts';
import type { ProcessView } from '../runtime/supervision.ts';
import { type Html, html, quoteUrl } from './html.ts';
import { stylesheetPath } from './stylesheet.ts';

export interface StatusPage {
  /** In the order of the rows. */
  readonly processes: readonly ProcessView[];
  readonly now: number;
  readonly identifier: string;
  readonly version: string;
  /** The reader's password allows more than looking. */
  readonly mayAct: boolean;
  /** '' for none. */
  readonly message: string;
}

export function statusPage(page: StatusPage): string {
  const rows = page.processes.map((process, i) => row(process, page, i % 2 === 1));
  return document(
    'Supervisor Status',
    html`<main>
<h1>${page.identifier}</h1>
<div id="content">
${page.message === '' ? html`` : html`<div class="status_msg" id="statusmessage">${page.message}</div>`}
<form action="index.html" method="post">
<ul id="buttons">
<li class="action-button"><a href="index.html?action=refresh">Refresh</a></li>
${page.mayAct ? bulkActions : html``}
</ul>
${rows.length === 0 ? html`No programs to manage` : table(rows)}
</form>
</div>
</main>
<footer id="footer">hupd <span id="supervisor_version">${page.version}</span></footer>`,
    html`
<link href="static/dashboard.css" rel="stylesheet">
<script src="static/dashboard.js" data-may-act="${page.mayAct ? 'yes' : 'no'}" defer></script>`,
  );
}

/** What would be refused is not offered. */
const bulkActions = html`<li class="action-button"><a href="index.html?action=restartall">Restart All</a></li>
<li class="action-button"><a href="index.html?action=stopall">Stop All</a></li>`;

/** `processName` null: none was asked for. */
export function tailPage(processName: string | null, limit: number, text: string): string {
  const refresh =
    processName === null
      ? html``
      : html`<p><a href="tail.html?processname=${quoteUrl(processName)}&amp;limit=${limit}">Refresh</a></p>`;
  return document(
    `Supervisor tail of process ${processName ?? 'None'}`,
    html`<main>
<h1>${processName ?? 'No process'}</h1>
<pre>${text}</pre>
${refresh}
</main>`,
  );
}

function document(title: string, body: Html, head = html``): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link href="${stylesheetPath.slice(1)}" rel="stylesheet">${head}
</head>
<body>
${body}
</body>
</html>
`.text;
}

function table(rows: readonly Html[]): Html {
  return html`<table>
<thead>
<tr><th class="state">State</th><th class="desc">Description</th><th class="name">Name</th><th class="action">Action</th></tr>
</thead>
<tbody>
${rows}
</tbody>
</table>`;
}

function row(process: ProcessView, { now, mayAct }: StatusPage, shaded: boolean): Html {
  const name = makeNamespec(process.group, process.name);
  return html`<tr class="${shaded ? 'shade' : ''}">
<td class="status"><span class="${classOf(process.state)}">${process.state.toLowerCase()}</span></td>
<td><span>${describeProcess(process, now, toLocalTime)}</span></td>
<td><a href="tail.html?processname=${quoteUrl(name)}" target="_blank" rel="noopener">${name}</a></td>
<td class="action"><ul>
${actionsOf(process.state, quoteUrl(name), mayAct)}
</ul></td>
</tr>`;
}

function classOf(state: StateName): string {
  if (state === 'RUNNING') return 'statusrunning';
  return state === 'FATAL' || state === 'BACKOFF' ? 'statuserror' : 'statusnominal';
}

function actionsOf(state: StateName, name: string, mayAct: boolean): readonly Html[] {
  const act = (label: string, action: string): Html =>
    html`<li><a href="index.html?processname=${name}&amp;action=${action}">${label}</a></li>`;
  const tail = (label: string, path: string): Html =>
    html`<li><a href="logtail/${path}" target="_blank" rel="noopener">${label}</a></li>`;
  const tails = [tail('Tail -f Stdout', name), tail('Tail -f Stderr', `${name}/stderr`)];
  if (!mayAct) return tails;
  const always = [act('Clear Log', 'clearlog'), ...tails];
  switch (state) {
    case 'RUNNING':
      return [act('Restart', 'restart'), act('Stop', 'stop'), ...always];
    case 'STOPPED':
    case 'EXITED':
    case 'FATAL':
      return [act('Start', 'start'), ...always];
    case 'STARTING':
    case 'BACKOFF':
    case 'STOPPING':
    case 'UNKNOWN':
      return always;
  }
}

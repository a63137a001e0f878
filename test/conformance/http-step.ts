/** One step of a conversation over raw HTTP, the same for real supervisord and for hupd, and what of the answers is compared. */
import { type Answer, ask, call, get, post, RawClient } from '../support/raw-http.ts';
import { plain, readTyped } from './typed-xml.ts';
import type { WireServer } from './wire-server.ts';

export interface HttpStep {
  /** Sent one after the other on one connection, each after the answer to the one before. */
  readonly send: readonly string[];
  /** A row of the table of deviations: here the two must differ. */
  readonly deviation?: string;
  /** There may be no answer at all: it is waited for until the server has answered others that came later. */
  readonly mayBeSilent?: true;
}

/** What the server made of it: each answer, then whether the connection still serves. */
export async function converse(server: WireServer, target: number | string, step: HttpStep): Promise<unknown[]> {
  const client = new RawClient(target);
  const seen: unknown[] = [];
  try {
    for (const request of step.send) {
      const answer = await next(server, client.send(request), step);
      seen.push(typeof answer === 'string' ? answer : compared(server, answer));
      if (answer === 'ended') return seen;
    }
    const answer = await next(server, client.send(get('/ok.html')), step);
    seen.push(typeof answer === 'string' ? answer : `goes on: ${answer.status}`);
    return seen;
  } finally {
    client.close();
  }
}

type Next = Answer | 'ended' | 'silence';

async function next(server: WireServer, client: RawClient, step: HttpStep): Promise<Next> {
  const answer = client.answer().catch(() => 'ended' as const);
  return step.mayBeSilent === true ? Promise.race([answer, served(server)]) : answer;
}

/** The server has one loop: when it has answered three callers who came later, it will not answer any more. */
async function served(server: WireServer): Promise<'silence'> {
  for (let caller = 0; caller < 3; caller++) await ask(server.socket, post('/RPC2', call('supervisor.getState')));
  return 'silence';
}

/** The headers of a stream and, of a process's log, what came before `end` was there. */
export async function streamed(server: WireServer, path: string, end: string): Promise<unknown> {
  const client = new RawClient(server.socket).send(get(path));
  try {
    const text = (await client.until((bytes) => bytes.includes(end))).toString();
    const [head = '', ...body] = text.split('\r\n\r\n');
    const [line, ...headers] = head.split('\r\n');
    const own = /^(date|server|connection|keep-alive|x-content-type-options):/i;
    return {
      line,
      headers: headers
        .filter((header) => !own.test(header))
        .map((header) => header.replace(/(last-modified): .*/i, '$1'))
        .sort(),
      body: path.startsWith('/mainlogtail') ? null : body.join('\r\n\r\n').replaceAll(/^[\da-f]+\r\n|\r\n$/g, ''),
    };
  } finally {
    client.close();
  }
}

/** Headers that mean something to a client, and the body without what is each server's own. Whether the connection ends is seen, not read. */
function compared(server: WireServer, { status, headers, body }: Answer): unknown {
  const kept = ['content-type', 'www-authenticate', 'location', 'pragma', 'cache-control', 'expires'].flatMap(
    (name) => {
      const value = headers.get(name);
      return value === undefined ? [] : [[name, mask(server, value)]];
    },
  );
  return { status, headers: Object.fromEntries(kept), body: bodyOf(server, headers.get('content-type') ?? '', body) };
}

function bodyOf(server: WireServer, type: string, body: string): unknown {
  if (type === 'text/xml') {
    const { fault, value } = readTyped(body);
    return { fault, value: JSON.parse(mask(server, JSON.stringify(plain(value)))) };
  }
  if (!type.startsWith('text/html')) return body;
  const error = /<p>Error code (\d+)\.[\s\S]*<p>Message: (.*)\./.exec(body);
  return error === null ? pageFacts(server, body) : error.slice(1);
}

/** Texts, classes and links of a page in their order; markup and the names of files are each server's own. */
function pageFacts(server: WireServer, html: string): readonly string[] {
  const content = html
    .replace(/^[\s\S]*<body>/, '')
    .replace(/<\w+[^>]*id="footer"[\s\S]*/, '')
    .replace(/<h1>.*<\/h1>/, '')
    .replaceAll(/<\w+ class="hidden".*/g, '')
    .replace(/<input name="refresh"[^>]*>/, '<span>Refresh</span>');
  const facts = content.matchAll(/class="(status\w+|shade)"|href="([^"#]+)"|>([^<]+)</g);
  return [...facts]
    .map((fact) => mask(server, entities(fact.slice(1).join('').replaceAll('undefined', ''))).trim())
    .filter((fact) => fact !== '');
}

function entities(text: string): string {
  return text.replace(/&#(\d+);|&(amp|lt|gt|quot);/g, (_, code, name) =>
    code === undefined ? { amp: '&', lt: '<', gt: '>', quot: '"' }[name as 'amp'] : String.fromCodePoint(Number(code)),
  );
}

function mask(server: WireServer, text: string): string {
  return text
    .replaceAll(server.directory, 'DIR')
    .replace(/pid \d+, uptime \d:\d\d:\d\d/g, 'pid N, uptime T')
    .replace(/\w{3}(%20| )\w{3}\1+\d+\1\d\d(%3A|:)\d\d\2\d\d\1\d{4}/g, 'WHEN')
    .replace(/\w{3} \d\d \d\d:\d\d [AP]M/g, 'WHEN');
}

/**
 * Requests that a browser makes for another site's page. Every action of the pages can be had by a plain link, and an XML-RPC call by a plain
 * form, so a page elsewhere could press the buttons with the reader's password. Browsers say where a request comes from; supervisord's
 * clients are no browsers and say nothing, which is allowed.
 */
import type { IncomingMessage } from 'node:http';

/** True when a browser says that the request was made by a page of another origin. */
export function isCrossSite(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return true;
  const { origin, host } = request.headers;
  if (origin === undefined || site === 'same-origin') return false;
  return !/^https?:\/\//.test(origin) || origin.replace(/^https?:\/\//, '').toLowerCase() !== host?.toLowerCase();
}

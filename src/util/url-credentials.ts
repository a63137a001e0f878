/** Who asks, as the URL of a server may say: `http://user:password@host:port`, with percent signs for what has no place in one. */

export interface UrlCredentials {
  readonly username: string;
  readonly password: string;
}

/** The URL without them, to be asked and to be shown. */
export function splitCredentials(url: string): {
  readonly serverUrl: string;
  readonly credentials: UrlCredentials | null;
} {
  const found = /^(http:\/\/)([^:@/?#]*):([^@/?#]*)@(.*)$/s.exec(url);
  if (found === null) return { serverUrl: url, credentials: null };
  const [, scheme = '', username = '', password = '', rest = ''] = found;
  return { serverUrl: scheme + rest, credentials: { username: decoded(username), password: decoded(password) } };
}

/** A percent sign that begins nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

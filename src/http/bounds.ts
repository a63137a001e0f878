/** The bounds of the HTTP servers, each with its name and its default. */
export interface HttpBounds {
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkingMs: number;
  readonly idleMs: number;
  readonly maxConnections: number;
  readonly maxTails: number;
  readonly maxWatchers: number;
  readonly lingerMs: number;
  readonly closeMs: number;
  readonly backlog: number;
  readonly livenessMs: number;
}

/** What one client may cost. supervisord has none of these bounds; the defaults are far above what its clients do. */
export const httpBounds: HttpBounds = {
  /** A request's body. */
  maxBodyBytes: 4 * 1024 * 1024,
  /** Request line and headers together. */
  maxHeaderBytes: 16 * 1024,
  /** From a request's first byte to the end of its headers. */
  headersMs: 30_000,
  /** From a request's first byte to the end of its body. */
  requestMs: 120_000,
  /** How often the two above are looked at: rarely, since node does so when there is no connection at all, and a daemon at rest is to sleep. */
  checkingMs: 60_000,
  /** A connection between requests; supervisord's clients keep theirs for long and do not try again. */
  idleMs: 30 * 60_000,
  /** Connections of one server. One more evicts the longest idle one. */
  maxConnections: 500,
  /** Clients that follow a log, of all servers. */
  maxTails: 64,
  /** Dashboards that are open, of all servers. */
  maxWatchers: 64,
  /** How long a client that was refused may go on sending, so that it reads why. */
  lingerMs: 2_000,
  /** How long requests under way may take to end when the servers close. */
  closeMs: 1_000,
  /** Connections that wait to be accepted: as in supervisord. */
  backlog: 1024,
  /** How long an existing socket may take to prove that somebody serves it. */
  livenessMs: 2_000,
};

/** How much one call may ask for. */
export const rpcBounds = {
  /** Elements within elements of a request. */
  maxDepth: 64,
  maxElements: 100_000,
  /** Calls in one `system.multicall`. */
  maxMulticalls: 1000,
  /** Bytes of a log in one answer; a longer piece is cut. */
  maxLogBytes: 16 * 1024 * 1024,
  /** A long poll is answered at the latest after that. */
  maxWaitSecs: 60,
} as const;

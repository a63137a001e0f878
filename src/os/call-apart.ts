/** What throws does so later, in a turn of the event loop that is its own: it ends its own call, and keeps no other from theirs. undefined: it threw. */
export function callApart<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
    return undefined;
  }
}

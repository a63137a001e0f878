/** What `--version` and `getSupervisorVersion` say: a package version that clients which parse supervisord's can parse. */
export const version = '0.1.0';

/** The text of `hupctl -h`. The first line and the option lines keep the form that supervisorctl's have, for what looks for it. */

/** `program`: as it was called, with its path. */
export function usageText(program: string): string {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const compat =
    name === 'supervisorctl'
      ? 'This is hupctl, called by the name supervisorctl: it takes the same command lines.\n'
      : 'It takes the command lines of supervisorctl, and talks to hupd and to supervisord alike.\n';
  return `${name} -- control applications run by hupd or supervisord from the command line.
${compat}
Usage: ${program} [options] [action [arguments]]

Options:
-c/--configuration FILENAME -- configuration file to read [supervisorctl] from
     (looked for in the usual places when not given; need not exist)
-h/--help -- print this text and exit
-i/--interactive -- start an interactive shell; with an action: ask before
     a shutdown or a restart of the server, and for a password
-s/--serverurl URL -- where the server listens: http://host:port or
     unix:///path/to/socket (default "http://localhost:9001"); given several
     times, the action is done on each server, --serial N at a time
-u/--username USERNAME -- user name for the server
-p/--password PASSWORD -- password for the server
-r/--history-file FILENAME -- keep the history of the interactive shell there
--timeout SECS -- how long to wait for the first answer of a server (default:
     as long as it takes); what it has begun to do may take its time
-v/--version -- print the version of hupctl and exit

Without an action an interactive shell starts. Its command "help" lists the
actions, "help ACTION" explains one; so does: ${name} help [ACTION]
`;
}

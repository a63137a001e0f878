/** Where hupd is wanted to differ from supervisord 4.2.5, each with its reason. A test names the row it stands for. */
export interface Deviation {
  readonly id: string;
  readonly supervisord: string;
  readonly hupd: string;
  readonly reason: string;
}

export const deviations: readonly Deviation[] = [
  {
    id: 'log-append',
    supervisord:
      'opens a log in plain write mode after a rotation, so that an outside copytruncate leaves a sparse file',
    hupd: 'always appends',
    reason: 'logrotate users lose nothing, and two writers do not overwrite each other',
  },
  {
    id: 'log-special-target',
    supervisord:
      'with maxbytes, each chunk for a log that is no regular file is a CRIT with a traceback; as main log it ends the daemon',
    hupd: 'says once that it is never rotated, and writes on',
    reason: 'stdout_logfile=/dev/stdout in a container must not need a second option',
  },
  {
    id: 'log-own-stdout',
    supervisord: 'cannot log to /dev/stdout where that is a socket or belongs to another user',
    hupd: 'uses the descriptor that it has already',
    reason: 'works under systemd, and under Docker with user=',
  },
  {
    id: 'log-trouble',
    supervisord: 'prints a traceback on standard error for each chunk that cannot be written',
    hupd: 'says what is wrong once, drops and counts what cannot be written, and goes on when it can',
    reason: 'a full disk must not stop services',
  },
  {
    id: 'log-clear-stopped',
    supervisord: 'clearing the log of a stopped process claims success and does nothing',
    hupd: 'clears it',
    reason: 'what it says is what it does',
  },
  {
    id: 'auto-log-mode',
    supervisord: 'an AUTO log is made with mode 0600, but 0644 less the umask after clear and after each rotation',
    hupd: '0600 always',
    reason: 'a log does not become readable for everybody by growing',
  },
  {
    id: 'auto-log-clean-up',
    supervisord:
      'the identifier is a pattern and the match is a prefix: x---supervisor-y.log.bak and the live logs of others go too',
    hupd: 'deletes only names that it could have given itself',
    reason: 'the directory may be /tmp',
  },
  {
    id: 'strip-ansi-chunks',
    supervisord: 'strip_ansi looks at each chunk alone; a sequence that was cut in two leaks',
    hupd: 'the result does not depend on where chunks end',
    reason: 'where chunks end is chance',
  },
  {
    id: 'capture-short-output',
    supervisord:
      'with capture mode on, output is withheld until more than 24 bytes are there, and the rest is lost at the exit',
    hupd: 'holds back only what may be the beginning of a token, and lets it go at the end of the stream',
    reason: 'no line is lost or late',
  },
  {
    id: 'event-rejected-pool',
    supervisord:
      'an event that a listener rejects goes to every pool with a process of equal priority, subscribed or not',
    hupd: 'goes back to the pool that it came from',
    reason: 'duplicates pile up in pools that never asked for the event',
  },
  {
    id: 'event-subscribed-twice',
    supervisord: 'a pool that names a type and its parent (EVENT,TICK_5) gets each such event twice',
    hupd: 'once',
    reason: 'an event happened once',
  },
  {
    id: 'event-empty-result',
    supervisord: 'RESULT 0 is acted on only when the listener says something more',
    hupd: 'at once',
    reason: 'what a stream means must not depend on how it is cut',
  },
  {
    id: 'event-result-bounds',
    supervisord:
      'takes a negative length, collects a result of any announced length, and waits for ever for the end of a RESULT line',
    hupd: 'a negative length, more than 16 MiB, and a line of more than 4096 bytes are bad result lines',
    reason: 'a broken listener must not take the memory of the daemon',
  },
  {
    id: 'event-deaf-listener',
    supervisord: 'tries a listener that closed its stdin again at every turn',
    hupd: 'passes it over until its process is started again',
    reason: 'nothing can come of it',
  },
  {
    id: 'ctl-help-wording',
    supervisord: 'help texts in its own words',
    hupd: 'help texts in words of ours; the usage syntax is the same',
    reason: 'the texts are theirs',
  },
  {
    id: 'ctl-usage-wording',
    supervisord: 'the usage text of -h',
    hupd: 'a usage text of ours, with the same first words and option lines',
    reason: 'the text is theirs, and there is more to say',
  },
  {
    id: 'ctl-more-commands',
    supervisord: 'help lists 21 commands',
    hupd: 'help lists the same 21, and those that hupctl adds under a heading of their own',
    reason: 'they must be found',
  },
  {
    id: 'ctl-wildcards',
    supervisord: 'a name with * or ? is unknown, but for group:*',
    hupd: 'it stands for every process that it matches',
    reason: 'asked for since 2013',
  },
  {
    id: 'ctl-graceful-reload',
    supervisord: 'reload accepts no arguments',
    hupd: 'reload NAME replaces processes gracefully; a server that cannot, is named as the reason',
    reason: 'what hupd is for',
  },
  {
    id: 'ctl-clear-group',
    supervisord: 'clear group:* says grp:None: ERROR (no such process)',
    hupd: 'clears every process of the group',
    reason: 'what it says is what it does',
  },
  {
    id: 'ctl-broken-config',
    supervisord: 'a configuration file that cannot be parsed is a Python traceback, exit status 1',
    hupd: 'the error in two lines, exit status 2',
    reason: 'as for every other error of the command line',
  },
  {
    id: 'ctl-several-servers',
    supervisord: 'a second -s is a conflicting option',
    hupd: 'the action is done on each server',
    reason: 'a deployment has more than one machine',
  },
  {
    id: 'ctl-version-flag',
    supervisord: '-v and --version are unknown options',
    hupd: 'they print the version of hupctl',
    reason: 'every program has one',
  },
  {
    id: 'ctl-history-flag',
    supervisord: '-r is read and has no effect; --history-file, as the usage text calls it, is rejected',
    hupd: 'both spellings work',
    reason: 'they are documented',
  },
  {
    id: 'ctl-401-once',
    supervisord: 'a wrong password shows two lines, the second an exception',
    hupd: 'shows the first',
    reason: 'the second is an accident and says nothing new',
  },
  {
    id: 'ctl-error-place',
    supervisord: 'an error line ends in the Python file and line',
    hupd: 'ends in file: hupctl line: 0',
    reason: 'there is none; the line keeps its form',
  },
  {
    id: 'ctl-tail-undecodable',
    supervisord: "tail -f shows a chunk that is no UTF-8, or is cut within a character, as Undecodable: b'...'",
    hupd: 'passes bytes on as they come',
    reason: 'a log is shown as it is',
  },
  {
    id: 'child-signals',
    supervisord: 'children ignore SIGPIPE and SIGXFSZ, and inherit what the daemon was started with ignored or blocked',
    hupd: 'every signal has its default action and none is blocked',
    reason: 'a pipeline in a program ends when its reader does, as in a shell',
  },
  {
    id: 'unix-socket-replace',
    supervisord: 'unlinks whatever is at the path of a unix socket, a regular file too',
    hupd: 'replaces a socket; anything else stays and is an error',
    reason: 'a typo in a path must not delete a file',
  },
  {
    id: 'limit-hard-number',
    supervisord: 'the message about minfds or minprocs tells the wanted number where it means the hard limit',
    hupd: 'tells the hard limit',
    reason: 'the number is there to be acted upon',
  },
  {
    id: 'backoff-count-after-stop',
    supervisord:
      'a stop during the retries keeps their count: the next start has fewer, and its events begin with tries above 0',
    hupd: 'counts anew after every stop',
    reason: 'a start that somebody asks for has all its retries',
  },
  {
    id: 'quick-exit-by-time',
    supervisord: 'notices an exit up to a second late, and may call a process that died at once `success`',
    hupd: 'decides by the time of the exit, on a clock that is never set back',
    reason: 'whether a start has failed is no chance',
  },
  {
    id: 'unknown-that-exits',
    supervisord:
      'a process that could not be signalled is UNKNOWN for good; its exit raises an assertion in the daemon',
    hupd: 'goes to EXITED when it ends, and can be started again; it is not started by itself',
    reason: 'the daemon must outlive it, and the state must be true',
  },
  {
    id: 'config-bom',
    supervisord: 'a byte order mark at the start of a file is a syntax error',
    hupd: 'it is ignored',
    reason: 'editors of Windows put it there',
  },
  {
    id: 'config-comment-cut',
    supervisord: 'where both ; and # follow blanks on a line, Python before 3.13 sometimes cuts at the later one',
    hupd: 'always cuts at the earlier one',
    reason: 'as Python does since 3.13',
  },
  {
    id: 'config-environment-once',
    supervisord: '[supervisord] environment is expanded twice, the first time without host_node_name',
    hupd: 'once, with host_node_name',
    reason: 'a literal percent is %% everywhere; later versions of supervisord do the same',
  },
  {
    id: 'config-logfile-once',
    supervisord: 'stdout_logfile and stderr_logfile are expanded twice: a literal percent is %%%%',
    hupd: 'once: a literal percent is %%',
    reason: 'a percent sign in the value of a variable broke them',
  },
  {
    id: 'config-bare-conversion',
    supervisord: 'a bare %s prints all names and their values, those of the environment included',
    hupd: 'it is an error',
    reason: 'an accident that puts secrets on a command line',
  },
  {
    id: 'config-here',
    supervisord:
      'where there is an [include], %(here)s is replaced before %% is looked at, and a percent sign in a directory is expanded',
    hupd: '%%(here)s stays a literal %(here)s, and a directory may have any name',
    reason: 'what is written is what is meant',
  },
  {
    id: 'config-here-default',
    supervisord:
      '%(here)s in [DEFAULT] becomes an option of each section read so far, which a later [DEFAULT] cannot change',
    hupd: 'a later [DEFAULT] holds',
    reason: 'an option holds where it stands',
  },
  {
    id: 'config-include-unreadable',
    supervisord: 'an included file that cannot be read is left out without a word',
    hupd: 'it is left out with a warning in the log and in --check',
    reason: 'half a configuration should be noticed',
  },
  {
    id: 'config-doubles',
    supervisord: 'of two groups with one name, or two processes of a group, one is dropped without a word',
    hupd: 'refuses the file',
    reason: 'the program that was dropped never runs, and update shows a change for ever',
  },
  {
    id: 'config-group-error',
    supervisord: 'an unknown program that follows a known one in programs= is blamed on the section of the known one',
    hupd: 'the error names the group',
    reason: 'it sends people to the wrong place',
  },
  {
    id: 'config-fcgi-in-group',
    supervisord: 'an fcgi-program in a [group:x] gets no socket, and its socket options are not looked at',
    hupd: 'it gets its socket',
    reason: 'it cannot work without',
  },
  {
    id: 'config-negative-size',
    supervisord: 'a negative size is accepted and breaks logging',
    hupd: 'it means 0',
    reason: 'a log must not depend on it',
  },
  {
    id: 'config-numprocs-limit',
    supervisord: 'numprocs may be any number; the daemon eats all memory',
    hupd: '100,000 at most',
    reason: 'a slip must not bring down the machine',
  },
  {
    id: 'config-signal-words',
    supervisord: 'stopsignal=_DFL, _IGN, _BLOCK and the like are accepted, as 0, 1 and 2',
    hupd: 'refused: they are no signals',
    reason: 'the program could never be stopped in order',
  },
  {
    id: 'config-digits',
    supervisord: 'numbers may be written in the digits of any script',
    hupd: 'only 0 to 9',
    reason: 'nobody writes them otherwise on purpose',
  },
  {
    id: 'config-childlogdir',
    supervisord: 'a relative childlogdir means another directory once the daemon has changed its own',
    hupd: 'it is made absolute when the file is read',
    reason: 'logs of programs added later belong beside the others',
  },
  {
    id: 'config-path-to-auto',
    supervisord: 'reread does not notice that a log file was changed to AUTO',
    hupd: 'it does',
    reason: 'the log goes where the file says',
  },
  {
    id: 'config-ctl-syntax',
    supervisord: 'supervisorctl prints a traceback for a file with a syntax error, exit 1',
    hupd: 'the two lines of any other error, exit 2',
    reason: 'people can read it',
  },
  {
    id: 'config-event-order',
    supervisord: 'of several unknown event types any one is named',
    hupd: 'the first in the line',
    reason: 'the same file, the same error',
  },
  {
    id: 'config-supervisor-stdout',
    supervisord: 'result_handler=supervisor_stdout:event_handler needs the Python package',
    hupd: 'is built in',
    reason: 'containers use it to see what their programs print',
  },
  {
    id: 'event-last-words',
    supervisord: 'at shutdown a listener is told to stop whether it has answered its events or not',
    hupd: 'listeners get up to a second to answer what they have been sent',
    reason: 'a listener that mails crashes must hear of the last one',
  },
  {
    id: 'pidproxy-exit',
    supervisord: 'pidproxy looks every five seconds whether its program has ended',
    hupd: 'notices at once',
    reason: 'a crash is restarted at once',
  },
  {
    id: 'reread-applies',
    supervisord: 'reread changes settings of the daemon at once: identifier, strip_ansi, childlogdir, paths',
    hupd: 'they hold from the next start or restart',
    reason: 'reread only looks',
  },
  {
    id: 'update-reload',
    supervisord: 'update stops a changed group and starts it again',
    hupd: 'the same; but a group whose changed programs have update_strategy=reload is told by reread as available instead of changed, and addProcessGroup, which is all that a client then calls, reloads it to its new definition and answers when that is done',
    reason: 'so the update command of any client is graceful, reread touches nothing, and a stop is always a stop',
  },
  {
    id: 'second-daemon',
    supervisord: 'started twice by mistake, the second one deletes the AUTO logs of the first before it fails',
    hupd: 'fails before it touches anything',
    reason: 'a mistake must not cost the logs of what runs well',
  },
  {
    id: 'main-log-unopenable',
    supervisord: 'shows a Python traceback',
    hupd: 'says in one line which file could not be opened, and why',
    reason: 'the exit status is the same; nobody parses the traceback',
  },
  {
    id: 'restart-relative-file',
    supervisord: 'started with a relative -c and directory=, it does not find its file at a restart and ends',
    hupd: 'remembers where the file is',
    reason: 'a restart must not be the end',
  },
  {
    id: 'restart-broken',
    supervisord: 'a restart (SIGHUP, reload) with a broken configuration stops everything and ends the daemon',
    hupd: 'refuses it while everything runs; should a restart fail all the same, goes on with the configuration before',
    reason: 'a typing error must not be an outage',
  },
  {
    id: 'limits-before-user',
    supervisord: 'raises minfds and minprocs after it has become user=, who may not be allowed to',
    hupd: 'raises them before',
    reason: 'root starts it so that it can',
  },
  {
    id: 'wire-version',
    supervisord: 'getSupervisorVersion is the version of supervisord',
    hupd: 'the version of hupd',
    reason: 'it is not supervisord; the version of the API, which clients check, is the same',
  },
  {
    id: 'wire-autorestart',
    supervisord: 'getAllConfigInfo has no autorestart (4.2.5), or fails with HTTP 500 when one is true (master)',
    hupd: 'has it, as a boolean or "unexpected"',
    reason: 'what master means to do',
  },
  {
    id: 'wire-argument-types',
    supervisord: 'an argument of a wrong type is HTTP 500',
    hupd: 'is the fault INCORRECT_PARAMETERS',
    reason: 'a client can tell what it did wrong',
  },
  {
    id: 'wire-cut-character',
    supervisord: 'a piece of a log that begins or ends within a character of several bytes is HTTP 500',
    hupd: 'has U+FFFD there',
    reason: 'tail must not fail by chance',
  },
  {
    id: 'wire-not-utf8',
    supervisord: 'a log that is not UTF-8 is HTTP 500',
    hupd: 'has U+FFFD for what is no character',
    reason: 'the rest can be read',
  },
  {
    id: 'wire-control-characters',
    supervisord:
      'control characters are sent raw, which no XML parser takes: supervisorctl tail of a log with ANSI colours fails',
    hupd: 'are sent as their pictures (ESC as U+241B), and raw to a client that asks by the header X-Control-Characters: raw; a carriage return arrives as one',
    reason: 'the log can be read with supervisorctl; hupctl shows the colours',
  },
  {
    id: 'wire-int-range',
    supervisord: 'a number beyond 32 bits is HTTP 500',
    hupd: 'is capped',
    reason: 'logs and limits of 2 GiB are common',
  },
  {
    id: 'wire-log-bound',
    supervisord: 'one answer may hold a whole log',
    hupd: 'at most 16 MiB of it',
    reason: 'a client must not make the daemon hold gigabytes',
  },
  {
    id: 'wire-doctype',
    supervisord: 'a request may define entities, which are expanded',
    hupd: 'a document type is HTTP 400',
    reason: 'a few bytes must not become gigabytes',
  },
  {
    id: 'wire-shutdown-hupd',
    supervisord: 'every method but sendRemoteCommEvent is refused while the daemon shuts down',
    hupd: 'hupd.* methods that only tell of reloads answer as well',
    reason: 'hupctl reload can say how it ended',
  },
  {
    id: 'http-bounds',
    supervisord: 'requests of any size and number, and clients of any slowness, are served',
    hupd: 'body, headers, connections, times and tails are bounded (src/http/bounds.ts)',
    reason: 'one client must not take the daemon from the others',
  },
  {
    id: 'http-empty-body',
    supervisord: 'a call with Content-Length: 0 is never answered, and all that follows on the connection is swallowed',
    hupd: 'is 400, as any body that is no call',
    reason: 'a client must not wait for ever',
  },
  {
    id: 'http-refused-ends',
    supervisord:
      'a request that is refused before its body was read leaves the connection open, and the body is taken for the next request',
    hupd: 'the connection ends with the refusal',
    reason: 'what a stranger put into a body must not be read as a request',
  },
  {
    id: 'http-connection-case',
    supervisord: 'Connection: Close, with a capital, is not understood',
    hupd: 'is',
    reason: 'it is HTTP/1.1',
  },
  {
    id: 'http-chunked',
    supervisord: 'a request whose body is chunked is 411',
    hupd: 'is read',
    reason: 'it is HTTP/1.1',
  },
  {
    id: 'http-unauthorized',
    supervisord:
      'a refused client keeps its connection, where nothing more is answered; credentials without a colon are HTTP 500',
    hupd: 'the connection is closed; they are 401',
    reason: 'what the answer says is what happens',
  },
  {
    id: 'http-server-header',
    supervisord: 'Server: Medusa/1.12; the status line has the version of the request',
    hupd: 'Server: hupd; always HTTP/1.1',
    reason: 'it is not Medusa',
  },
  {
    id: 'http-cross-site',
    supervisord: 'any page of any site can have an action done by a link',
    hupd: 'a browser that says that it comes from another site gets 403; no frames, no scripts',
    reason: 'a link must not stop production',
  },
  {
    id: 'http-page-errors',
    supervisord: 'an unknown action, and one without its process, are HTTP 500; so is /logtail alone',
    hupd: '400, and 404',
    reason: 'it is the client that is wrong',
  },
  {
    id: 'http-location',
    supervisord: 'sends a browser that names no host to http://<unix domain socket>:...',
    hupd: 'sends it to a path',
    reason: 'that is no address',
  },
  {
    id: 'http-page-images',
    supervisord: 'the pages have images',
    hupd: 'they have none',
    reason: 'they say what they say without',
  },
  {
    id: 'http-tail-rotation',
    supervisord:
      'lines written to a log just before it is rotated are lost to tail -f; HTTP/1.0 clients get nothing before 64 KiB',
    hupd: 'the old file is read to its end first; bytes go out as they come',
    reason: 'tail -f shows what is there',
  },
  {
    id: 'log-audit',
    supervisord: 'does not say who asked for an action',
    hupd: 'a line of its own, INFO audit: who: what, for each action that a client asks for, and one at WARN for each that was refused',
    reason: 'who stopped it is the first question after an outage; no line that others parse is changed',
  },
  {
    id: 'usr1',
    supervisord: 'SIGUSR1 kills it and leaves children, pid file and socket behind',
    hupd: 'ignores it',
    reason: 'node would open its debugger; nobody sends it to be rid of a daemon',
  },
  {
    id: 'ctl-deferred-not-ascii',
    supervisord: 'clear all, start all and the like end in an exception of the XML parser once a name is not ASCII',
    hupd: 'reads the whole answer',
    reason: 'the server announces characters where it sends bytes',
  },
  {
    id: 'fcgi-socket-error',
    supervisord: 'a socket of an fcgi-program that cannot be opened ends the daemon at its start, exit 1',
    hupd: 'says so at CRIT and goes on; starts of that program fail until the socket can be opened',
    reason: 'one program must not keep all others from running',
  },
  {
    id: 'config-info-auto',
    supervisord: 'after a reread getAllConfigInfo calls every AUTO log "auto", those of running processes as well',
    hupd: 'a log that is there keeps its name',
    reason: 'who asks for a log wants its name, and a reread has not changed it',
  },
  {
    id: 'limit-after-exec',
    supervisord: 'children have the soft limit of open files that the daemon itself was started with',
    hupd: 'node has raised its own by then; children get that of the process that started the daemon, never below minfds. After `ulimit -Sn N; exec hupd`, and as a systemd service whose LimitNOFILE= has two values, that is not the one set',
    reason:
      'the kernel keeps no trace of the limit before node, and a shell in front of node would lose variables whose names are no identifiers',
  },
  {
    id: 'ctl-control-characters',
    supervisord: 'tail of a log with control characters, ANSI colours for one, ends in an exception of the XML parser',
    hupd: 'shows them as they are; of a hupd it asks for them raw',
    reason: 'most logs of today have colours',
  },
  {
    id: 'watchdog-environment',
    supervisord: "children get the NOTIFY_SOCKET, WATCHDOG_PID and WATCHDOG_USEC of the daemon's own service manager",
    hupd: 'they do not',
    reason:
      "they are meant for the daemon alone: a program would tell the manager that hupd is up; with its WATCHDOG_PID a program that has a watchdog of hupd's would think that it has none",
  },
];

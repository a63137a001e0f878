/** What `echo_supervisord_conf` prints: a file to begin with. It loads as it is, and its examples do once the `;` before them is gone. */
export const sampleConfig = `; Sample supervisor config file.
;
; For hupd, and for supervisord, which ignores the options that only hupd has. All options: man hupd.conf
;
; - A ';' or '#' after a blank begins a comment: write x=y;z where the ';' belongs to the value.
; - %(ENV_HOME)s is the variable HOME of the daemon, %(here)s the directory of this file, %% a percent sign.
; - Commands are run without a shell: no pipes, no '*', no '$VARIABLE'.

[unix_http_server]
file=/tmp/supervisor.sock   ; the socket that hupctl and supervisorctl talk to
;chmod=0700                 ; its mode
;chown=nobody:nogroup       ; its owner
;username=admin              ; without these two whoever may open the socket may do everything
;password=secret

; The same over TCP, and the web pages. On any other address than 127.0.0.1 it needs a user name and a password.
;[inet_http_server]
;port=127.0.0.1:9001
;username=admin
;password={SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4

[supervisord]
logfile=/tmp/supervisord.log ; the main log
logfile_maxbytes=50MB        ; rotated at this size; 0: never
logfile_backups=10           ; rotated main logs to keep
loglevel=info                ; critical, error, warn, info, debug, trace or blather
pidfile=/tmp/supervisord.pid ; where the daemon writes its pid
nodaemon=false               ; true: stay in the foreground
silent=false                 ; true: no copy of the log on the terminal
minfds=1024                  ; open files that must be allowed
minprocs=200                 ; processes that must be allowed
require_auth=true            ; hupd: refuse servers that other machines can reach without a password
;umask=022
;user=www-data               ; whom the daemon becomes, if root starts it
;identifier=supervisor       ; the name it gives itself
;directory=/tmp              ; where it goes when it leaves the terminal
;nocleanup=true              ; keep the AUTO logs of the last run
;childlogdir=/tmp            ; where AUTO logs go
;environment=KEY="value"     ; for every program
;strip_ansi=false            ; remove colours from the logs of programs
;watch_config=false          ; hupd: read this file again when it changes
;adopt=true                  ; hupd: take over the programs of a daemon that died

; Without this section hupctl, supervisorctl and XML-RPC clients find nothing to call.
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix:///tmp/supervisor.sock ; as in the server section above
;username=admin
;password=secret
;prompt=supervisor
;history_file=~/.hupctl_history

; A web application that is reloaded without losing a request: 'hupctl reload web' starts the new version beside the old one and stops
; the old one when the new one serves.
;[program:web]
;command=gunicorn -w 4 -b 127.0.0.1:8000 app:app
;directory=/srv/web
;user=www-data
;reload_strategy=rolling          ; restart, hup or rolling
;reload_timeout=60                ; seconds the new version has to become ready; then everything stays as it was
;ready_check=http:/health         ; by default: it accepts connections

; Everything else that a program may have, with the defaults.
;[program:worker]
;command=/bin/cat                 ; the only option that must be there
;process_name=%(program_name)s    ; with numprocs: %(program_name)s_%(process_num)02d
;numprocs=1
;directory=/tmp
;umask=022
;priority=999                     ; lower numbers start first and stop last
;autostart=true
;autorestart=unexpected           ; true, false or unexpected
;startsecs=1                      ; seconds it must stay up to count as started
;startretries=3
;exitcodes=0                      ; what counts as expected
;stopsignal=TERM
;stopwaitsecs=10                  ; then SIGKILL
;stopasgroup=false
;killasgroup=false
;user=www-data
;redirect_stderr=false
;stdout_logfile=AUTO              ; a file, AUTO or NONE
;stdout_logfile_maxbytes=50MB
;stdout_logfile_backups=10
;stdout_capture_maxbytes=0
;stdout_events_enabled=false
;stdout_syslog=false
;stderr_logfile=AUTO
;stderr_logfile_maxbytes=50MB
;stderr_logfile_backups=10
;stderr_capture_maxbytes=0
;stderr_events_enabled=false
;stderr_syslog=false
;environment=A="1",B="2"
;serverurl=AUTO

; A program that is sent events on its standard input. It may have every option of a program.
;[eventlistener:watcher]
;command=/usr/local/bin/watcher
;events=PROCESS_STATE
;buffer_size=10

; Several programs under one name.
;[group:site]
;programs=web,worker
;priority=999

; More files; paths are relative to this one.
;[include]
;files = conf.d/*.conf
`;

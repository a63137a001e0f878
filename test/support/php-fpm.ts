/** Debian's php-fpm, and an nginx before it that makes it speak HTTP: for the tests and the benches. */
import { readdirSync } from 'node:fs';

/** Its name has the version in it. */
export function phpFpm(): string {
  const name = readdirSync('/usr/sbin').find((file) => /^php-fpm\d/.test(file));
  return `/usr/sbin/${name ?? 'php-fpm'}`;
}

const isRoot = process.geteuid?.() === 0;

export function fpmConfig(fcgiPort: number): string {
  return `[global]
error_log = /dev/stderr
daemonize = no
process_control_timeout = 10s
[www]
${isRoot ? 'user = www-data' : ''}
listen = 127.0.0.1:${fcgiPort}
pm = static
pm.max_children = 2
`;
}

export function nginxBeforeFpm(port: number, fcgiPort: number): string {
  return `daemon off;
pid nginx.pid;
error_log nginx.err;
${isRoot ? 'user www-data;' : ''}
events {}
http {
  access_log off;
  client_body_temp_path nginx-body;
  fastcgi_temp_path nginx-fastcgi;
  proxy_temp_path nginx-proxy;
  scgi_temp_path nginx-scgi;
  uwsgi_temp_path nginx-uwsgi;
  server {
    listen 127.0.0.1:${port};
    root .;
    location / {
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root/app.php;
      fastcgi_pass 127.0.0.1:${fcgiPort};
    }
  }
}
`;
}

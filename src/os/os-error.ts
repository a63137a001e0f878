/** A system call's failure, with its name: `bind 127.0.0.1:80: EACCES`. */
export class OsError extends Error {
  readonly code: string;
  readonly call: string;
  constructor(call: string, code: string, what: string) {
    super(what === '' ? `${call}: ${code}` : `${call} ${what}: ${code}`);
    this.name = 'OsError';
    this.call = call;
    this.code = code;
  }
}

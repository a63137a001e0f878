/** Whether a text has the form of a URL in supervisorctl's eyes: `scheme:`, and something after it that is neither query nor fragment. */
export function isUrl(text: string): boolean {
  const rest = /^[\0-\x20]*[A-Za-z][A-Za-z0-9+.-]*:(.*)$/s.exec(text)?.[1];
  return rest !== undefined && /^[^?#]/.test(rest.replace(/^\/\//, ''));
}

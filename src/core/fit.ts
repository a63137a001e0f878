/** Plain data that another version wrote, made to have all that this version expects: what it does not say is as in `like`. */
export function fit<T>(old: T, like: T): T {
  if (!isPlain(old) || !isPlain(like) || old.kind !== like.kind) return old;
  const names = new Set([...Object.keys(like), ...Object.keys(old)]);
  return Object.fromEntries(
    [...names].map((name) => [name, name in old ? fit(old[name], like[name]) : like[name]]),
  ) as T;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

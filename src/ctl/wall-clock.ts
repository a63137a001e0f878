/** Moments for people: local time, as in the server's log. In wall milliseconds. */

/** `2026-11-27 10:02:03`. */
export function dateTime(wall: number): string {
  const date = new Date(wall);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(wall)}`;
}

/** `10:02:03`. */
export function clock(wall: number): string {
  const date = new Date(wall);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

/** With the day if it is not today. */
export function recently(wall: number): string {
  return new Date(wall).toDateString() === new Date().toDateString() ? clock(wall) : dateTime(wall);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

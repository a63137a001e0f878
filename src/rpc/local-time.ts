/** Wall time in the daemon's time zone. */
import type { LocalTime } from '../core/describe.ts';

export function toLocalTime(wall: number): LocalTime {
  const date = new Date(wall);
  return { month: date.getMonth(), day: date.getDate(), hour: date.getHours(), minute: date.getMinutes() };
}

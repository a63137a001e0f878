/** Time enters the core with each event. `mono`: milliseconds, never set back, for deadlines. `wall`: milliseconds since 1970, for reports. */
export interface Now {
  readonly mono: number;
  readonly wall: number;
}

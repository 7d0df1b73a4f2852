/** What the log is asked for; the address of the page holds it. */
export interface HistorySearch {
  flag?: string;
  environment?: string;
  actor?: string;
  action?: string;
}

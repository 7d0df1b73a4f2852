export { createWebClient } from './create-web-client.js';
export type {
  Bootstrap,
  Context,
  Details,
  Evaluation,
  Exposure,
  Json,
  Problem,
  State,
  Status,
  WebClient,
  WebClientOptions,
  WebEvents,
} from './types.js';

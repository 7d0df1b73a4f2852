/** Where in the request something is wrong, and what. */
export class DefectDto {
  /** RFC 6901 JSON Pointer into the body; `?name` for a query parameter. */
  pointer: string;
  /** Stable word for programs. */
  code: string;
  /** For people. */
  detail: string;
  /** The environment in which the flag would be broken. */
  environment?: string;
  /** The flag that would be broken. */
  flag?: string;
  /** The field that would be broken. */
  field?: string;
  /** Where the defect is shown once for several environments: how many. */
  environments?: number;
  /** Of a body that is YAML: the line in which it is wrong, from 1. */
  line?: number;
  /** The character in that line, from 1. */
  column?: number;
}

/** RFC 9457 problem document. */
export class ProblemDto {
  /** @example "urn:flagtree:problem:flag-not-found" */
  type: string;
  /** @example "Not found" */
  title: string;
  /** @example 404 */
  status: number;
  /** What happened, why, and what to do next. */
  detail: string;
  /** @example "flag-not-found" */
  code: string;
  /** The path that was asked. */
  instance: string;
  /** The X-Request-Id of this answer; the server's log knows it too. */
  requestId: string;
  /** Every defect of the request, each with its place: the first 100 different ones. */
  errors?: DefectDto[];
  /** Where not all are shown: how many there are. */
  errorCount?: number;
  /** The same, less what is equal in several environments. */
  differentErrors?: number;
  /** Where not all are shown: how to see the others. */
  more?: string;
}

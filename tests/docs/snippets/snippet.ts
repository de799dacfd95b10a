/** A piece of TypeScript in the documentation. */
export interface Snippet {
  /** File and line, such as `README.md:42`. */
  readonly origin: string;
  readonly code: string;
  /** Why it cannot run; it is still compiled. */
  readonly notRun?: string | undefined;
}

// A pull request that was merged, as a newsletter tells of it.

export interface PullRequest {
  /** `owner/name`, as the repository is called now. */
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly url: string;
  /** Who opened it; null where the account is no more. */
  readonly author: string | null;
  /** Milliseconds since the epoch. */
  readonly mergedAt: number;
}

/** A repository with all that was merged into it, oldest first. */
export interface MergedInto {
  /** As it is called now, and then as the newsletter may have called it before. */
  readonly names: readonly [string, ...string[]];
  readonly pulls: readonly PullRequest[];
}

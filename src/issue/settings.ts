// What a newsletter settles for all of its issues.
import type { Site } from '../domain/site.ts';
import type { Words } from '../domain/words.ts';

export interface IssueSettings {
  /** Pattern of the issue's web address, e.g. `https://news.example/{year}/{slug}/`. */
  readonly urlPattern: string;
  /** BCP 47; what the front matter says wins. */
  readonly language: string;
  readonly words: Words;
  /** The newsletter's site; null or left out where nothing is known of its generator. */
  readonly site?: Site | null;
}

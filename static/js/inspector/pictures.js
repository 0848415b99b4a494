/**
 * For each pattern the small picture that explains it at a glance.
 *
 * @typedef {(shown: import("../types.js").Frame | null) => any} Read a pattern's snapshot in a frame
 * @typedef {{
 *   layer: Record<string, any>, caller: string, read: Read,
 *   live: import("./while_seen.js").Live, seen: import("./while_seen.js").Seen,
 * }} PictureProps layer: the pattern's settings; caller: the instance that it is in
 */

import { CachePicture, CancellationPicture, FallbackPicture } from "./pictures_answers.js";
import { AdmissionPicture, RateLimitPicture, ThrottlePicture } from "./pictures_limits.js";
import { OutlierPicture } from "./pictures_outlier.js";
import {
  BrownoutPicture,
  CodelPicture,
  DeadlineDropPicture,
  QueueOrderPicture,
  SheddingPicture,
} from "./pictures_queue.js";
import { HedgePicture, RetryPicture } from "./pictures_repeats.js";
import { IdempotencyPicture, LedgerPicture, WritesPicture } from "./pictures_writes.js";

/** @type {Record<string, (props: PictureProps) => any>} */
export const PICTURES = {
  retry: RetryPicture,
  hedge: HedgePicture,
  throttle: ThrottlePicture,
  rate_limit: RateLimitPicture,
  admission: AdmissionPicture,
  outlier: OutlierPicture,
  fallback: FallbackPicture,
  cache: CachePicture,
  cancellation: CancellationPicture,
  codel: CodelPicture,
  queue_order: QueueOrderPicture,
  shedding: SheddingPicture,
  deadline_drop: DeadlineDropPicture,
  brownout: BrownoutPicture,
  idempotency: IdempotencyPicture,
  ledger: LedgerPicture,
  writes: WritesPicture,
};

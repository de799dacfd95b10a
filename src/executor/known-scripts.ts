/**
 * Scripts that a server has run over one connection, so that their digest is enough. A digest that the server may not know would cost the order: the
 * source would have to follow, behind requests sent in the meantime.
 */
export class KnownScripts {
  private readonly digests = new Set<string>();
  private epoch: number | undefined;

  /** @param epoch - Tells successive connections apart; the next one may lead to another server. */
  has(digest: string, epoch: number | undefined): boolean {
    return epoch === this.epoch && this.digests.has(digest);
  }

  add(digest: string, epoch: number | undefined): void {
    if (epoch !== this.epoch) this.digests.clear();
    this.epoch = epoch;
    this.digests.add(digest);
  }

  /** Called when the server no longer has the scripts. */
  clear(): void {
    this.digests.clear();
  }
}

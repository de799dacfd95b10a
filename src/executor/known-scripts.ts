/**
 * Scripts that a server has run through one connection, so that their digest is enough. Sending a digest on trust would cost order: the source would
 * have to follow, behind what was sent meanwhile.
 */
export class KnownScripts {
  private readonly digests = new Set<string>();
  private epoch: number | undefined;

  /** @param epoch - Which of the connections one after another; another server may stand behind the next. */
  has(digest: string, epoch: number | undefined): boolean {
    return epoch === this.epoch && this.digests.has(digest);
  }

  add(digest: string, epoch: number | undefined): void {
    if (epoch !== this.epoch) this.digests.clear();
    this.epoch = epoch;
    this.digests.add(digest);
  }

  /** The server was told to forget. */
  clear(): void {
    this.digests.clear();
  }
}

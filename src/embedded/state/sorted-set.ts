export interface ScoredMember {
  readonly member: string;
  readonly score: number;
}

/** Members ordered by score, then by bytes. */
export class SortedSet {
  private readonly scores = new Map<string, number>();
  private readonly order: ScoredMember[] = [];
  /** Grows with every change. */
  changes = 0;

  get size(): number {
    return this.order.length;
  }

  score(member: string): number | undefined {
    return this.scores.get(member);
  }

  set(member: string, given: number): void {
    // The server keeps the scores of small sets as integers, which have no negative zero.
    const score = given === 0 ? 0 : given;
    if (this.scores.get(member) === score) return;
    this.remove(member);
    this.scores.set(member, score);
    this.changes += 1;
    this.order.splice(this.positionOf({ member, score }), 0, { member, score });
  }

  remove(member: string): boolean {
    const score = this.scores.get(member);
    if (score === undefined) return false;
    this.scores.delete(member);
    this.changes += 1;
    this.order.splice(this.positionOf({ member, score }), 1);
    return true;
  }

  rank(member: string): number | undefined {
    const score = this.scores.get(member);
    return score === undefined ? undefined : this.positionOf({ member, score });
  }

  ascending(): readonly ScoredMember[] {
    return this.order;
  }

  private positionOf(entry: ScoredMember): number {
    let [low, high] = [0, this.order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.order[middle] as ScoredMember, entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isBefore(left: ScoredMember, right: ScoredMember): boolean {
  return left.score < right.score || (left.score === right.score && left.member < right.member);
}

import { Line, type Waiting } from '../../../src/scope/line';

interface Manner {
  readonly needsRest: boolean;
  readonly isAlone: boolean;
}

const BEHIND: Manner = { needsRest: false, isAlone: false };
const AT_REST: Manner = { needsRest: true, isAlone: false };
const ALONE: Manner = { needsRest: true, isAlone: true };

class Sender {
  line: Line | undefined;
  isSettled = true;
  readonly sent: string[] = [];
  private readonly ends = new Map<string, () => void>();

  constructor() {
    this.line = new Line(() => (this.line = undefined));
  }

  /** Lets a call wait in line; what it sends is under way until `end`. */
  join(name: string, { needsRest, isAlone }: Manner): Waiting {
    const enter = (): Promise<void> => {
      this.sent.push(name);
      return new Promise((resolve, reject) => this.ends.set(name, name === 'failing' ? () => reject(new Error(name)) : resolve));
    };
    const one = { isReady: () => !needsRest || this.isSettled, isAlone, lines: [this.line as Line], enter };
    this.line?.join(one);
    return one;
  }

  async end(name: string): Promise<void> {
    this.ends.get(name)?.();
    await new Promise(setImmediate);
  }

  rest(isSettled = true): void {
    this.isSettled = isSettled;
    this.line?.advance();
  }
}

describe('Line', () => {
  test('sends nothing before the first may be sent, then all in the order of the calls', () => {
    const sender = new Sender();
    sender.isSettled = false;
    sender.join('save', AT_REST);
    sender.join('increase', BEHIND);
    sender.join('delete', BEHIND);

    sender.rest(false);
    expect(sender.sent).toEqual([]);

    sender.rest();
    expect(sender.sent).toEqual(['save', 'increase', 'delete']);
    expect(sender.line).toBeUndefined();
  });

  test('sends tens of thousands at once', () => {
    const sender = new Sender();
    for (let at = 0; at < 30_000; at += 1) sender.join(String(at), BEHIND);

    sender.rest();

    expect(sender.sent).toHaveLength(30_000);
  });

  test('lets the second that needs rest wait for what was sent before it', () => {
    const sender = new Sender();
    const enter = async (): Promise<void> => {
      sender.sent.push('increase');
      sender.isSettled = false;
    };
    sender.line?.join({ isReady: () => true, isAlone: false, lines: [sender.line], enter });
    sender.join('save', AT_REST);

    sender.rest();
    expect(sender.sent).toEqual(['increase']);

    sender.rest();
    expect(sender.sent).toEqual(['increase', 'save']);
  });

  test.each(['reading', 'failing'])('sends nothing else while one that is alone is under way: %s', async (name) => {
    const sender = new Sender();
    sender.join(name, ALONE);
    sender.rest();
    sender.join('increase', BEHIND);
    sender.rest();
    expect(sender.sent).toEqual([name]);

    await sender.end(name);

    expect(sender.sent).toEqual([name, 'increase']);
    expect(sender.line).toBeUndefined();
  });

  test('goes on when the first gives up, and says whether one that gives up was still waiting', () => {
    const sender = new Sender();
    sender.isSettled = false;
    const { line } = sender;
    const save = sender.join('save', AT_REST);
    const increase = sender.join('increase', BEHIND);

    expect(line?.leave(save)).toBe(true);
    line?.advance();

    expect(sender.sent).toEqual(['increase']);
    expect([line?.leave(increase), line?.leave(save)]).toEqual([false, false]);
    expect(sender.line).toBeUndefined();
  });

  test('leaves the others in their places when one in the middle gives up', () => {
    const sender = new Sender();
    sender.isSettled = false;
    sender.join('save', AT_REST);
    const increase = sender.join('increase', BEHIND);
    sender.join('delete', BEHIND);

    sender.line?.leave(increase);
    expect(sender.sent).toEqual([]);

    sender.rest();
    expect(sender.sent).toEqual(['save', 'delete']);
  });
});

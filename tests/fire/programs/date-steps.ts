import { at, removeFirst } from './contract';
import { START, type ProgramStep } from './program';

const DAY_MS = 86_400_000;
const moment = (n: number): Date => new Date(START + n * DAY_MS);

/** Changes a date from inside. */
function shift(date: Date | undefined, n: number): void {
  date?.setTime(date.getTime() + n * DAY_MS);
}

const shifted = (text: string, n: number): string => new Date(Date.parse(text) + n * DAY_MS).toISOString();

/** Steps on dates, which can be changed from inside. */
export const DATE_STEPS: readonly ProgramStep[] = [
  { name: 'day =', queue: (it, { n }) => (it.day = moment(n)), plain: (it, { n }) => (it.day = moment(n).toISOString()) },
  { name: 'day inside', queue: (it, { n }) => shift(it.day, n), plain: (it, { n }) => (it.day = shifted(it.day, n)) },
  {
    name: 'dates append',
    queue: ({ dates }, { n }) => dates.append(moment(n)),
    atOnce: ({ dates }, { n }) => dates.aappend(moment(n)),
    plain: ({ dates }, { n }) => dates.push(moment(n).toISOString()),
  },
  {
    name: 'dates insert',
    queue: ({ dates }, { n }) => dates.insert(0, moment(n)),
    atOnce: ({ dates }, { n }) => dates.ainsert(0, moment(n)),
    plain: ({ dates }, { n }) => dates.unshift(moment(n).toISOString()),
  },
  {
    name: 'dates inside',
    queue: ({ dates }, { n, i }) => shift(dates[at(dates, i)], n),
    plain: ({ dates }, { n, i }) => {
      if (dates.length > 0) dates[at(dates, i)] = shifted(dates[at(dates, i)] as string, n);
    },
  },
  {
    name: 'dates remove',
    queue: ({ dates }, { n }) => dates.remove(moment(n)),
    atOnce: ({ dates }, { n }) => dates.aremove(moment(n)),
    plain: ({ dates }, { n }) => removeFirst(dates, moment(n).toISOString()),
  },
  { name: 'dates shift', queue: ({ dates }) => dates.shift(), plain: ({ dates }) => dates.shift() },
  { name: 'dates pop', queue: ({ dates }) => dates.pop(), atOnce: ({ dates }) => dates.apop(), plain: ({ dates }) => dates.pop() },
  { name: 'dates sort', queue: ({ dates }) => dates.sort((a, b) => Number(a) - Number(b)), plain: ({ dates }) => dates.sort() },
  { name: 'dates reverse', queue: ({ dates }) => dates.reverse(), plain: ({ dates }) => dates.reverse() },
  {
    name: 'dates fill',
    queue: ({ dates }, { n, i }) => dates.fill(moment(n), i % 3),
    plain: ({ dates }, { n, i }) => dates.fill(moment(n).toISOString(), i % 3),
  },
  { name: 'dates copyWithin', queue: ({ dates }) => dates.copyWithin(0, 1), plain: ({ dates }) => dates.copyWithin(0, 1) },
  {
    name: 'dates splice',
    queue: ({ dates }, { n, i }) => dates.splice(at(dates, i), 1, moment(n)),
    plain: ({ dates }, { n, i }) => dates.splice(at(dates, i), 1, moment(n).toISOString()),
  },
  { name: 'dates save', atOnce: ({ dates }) => dates.save(), plain: () => undefined },
  {
    name: 'named set',
    queue: ({ named }, { s, n }) => named.set(s, moment(n)),
    atOnce: ({ named }, { s, n }) => named.asetItem(s, moment(n)),
    plain: ({ named }, { s, n }) => (named[s] = moment(n).toISOString()),
  },
  {
    name: 'named inside',
    queue: ({ named }, { s, n }) => shift(named.get(s), n),
    plain: ({ named }, { s, n }) => {
      if (named[s] !== undefined) named[s] = shifted(named[s], n);
    },
  },
  {
    name: 'named delete',
    queue: ({ named }, { s }) => named.delete(s),
    atOnce: ({ named }, { s }) => named.adelItem(s),
    plain: ({ named }, { s }) => delete named[s],
  },
];

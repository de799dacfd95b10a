import { at, removeFirst } from './contract';
import { DATE_STEPS } from './date-steps';
import type { Leaf, Plain, Program, ProgramStep } from './program';

const leafAt = (it: Program, i: number): Leaf | undefined => it.leaves[at(it.leaves, i)];
const plainLeafAt = (it: Plain, i: number): Plain['leaf'] | undefined => it.leaves[at(it.leaves, i)];

export const STEPS: readonly ProgramStep[] = [
  {
    name: 'count +',
    queue: ({ count }, { n }) => count.add(n),
    atOnce: ({ count }, { n }) => count.increase(n),
    plain: (it, { n }) => (it.count += n),
  },
  {
    name: 'count -',
    queue: ({ count }, { n }) => count.subtract(n),
    atOnce: ({ count }, { n }) => count.decrease(n),
    plain: (it, { n }) => (it.count -= n),
  },
  { name: 'count *', queue: ({ count }) => count.multiply(2), plain: (it) => (it.count *= 2) },
  { name: 'count =', queue: ({ count }, { n }) => (count.value = n), plain: (it, { n }) => (it.count = n) },
  {
    name: 'text +',
    queue: ({ text }, { s }) => text.append(s),
    atOnce: ({ text }, { s }) => text.aappend(s),
    plain: (it, { s }) => (it.text += s),
  },
  { name: 'text =', queue: ({ text }, { s }) => (text.value = s), plain: (it, { s }) => (it.text = s) },
  {
    name: 'at +',
    queue: (it, { n }) => it.at.addMs(n * 86_399_999),
    plain: (it, { n }) => (it.at = new Date(Date.parse(it.at) + n * 86_399_999).toISOString()),
  },
  {
    name: 'plain =',
    queue: (it, { n }) => (it.plain = n),
    atOnce: (it, { n }) => it.aupdate({ plain: n }),
    plain: (it, { n }) => (it.plain = n),
  },
  { name: 'plain = null', queue: (it) => (it.plain = null), atOnce: (it) => it.aupdate({ plain: null }), plain: (it) => (it.plain = null) },
  {
    name: 'update',
    queue: (it, { n, s }) => it.update({ plain: n, tags: [s] }),
    atOnce: (it, { n, s }) => it.aupdate({ plain: n, tags: [s] }),
    plain: (it, { n, s }) => ((it.plain = n), (it.tags = [s])),
  },
  {
    name: 'tags append',
    queue: ({ tags }, { s }) => tags.append(s, s),
    atOnce: ({ tags }, { s }) => tags.aextend([s, s]),
    plain: ({ tags }, { s }) => tags.push(s, s),
  },
  {
    name: 'tags insert',
    queue: ({ tags }, { s, i }) => tags.insert(i % (tags.length + 1), s),
    atOnce: ({ tags }, { s, i }) => tags.ainsert(i % (tags.length + 1), s),
    plain: ({ tags }, { s, i }) => tags.splice(i % (tags.length + 1), 0, s),
  },
  { name: 'tags pop', queue: ({ tags }) => tags.pop(), atOnce: ({ tags }) => tags.apop(), plain: ({ tags }) => tags.pop() },
  {
    name: 'tags shift',
    queue: ({ tags }) => tags.shift(),
    atOnce: async ({ tags }) => (tags.length > 0 ? tags.apop(0) : null),
    plain: ({ tags }) => tags.shift(),
  },
  { name: 'tags unshift', queue: ({ tags }, { s }) => tags.unshift(s), plain: ({ tags }, { s }) => tags.unshift(s) },
  {
    name: 'tags remove',
    queue: ({ tags }, { s }) => tags.remove(s),
    atOnce: ({ tags }, { s }) => tags.aremove(s),
    plain: ({ tags }, { s }) => removeFirst(tags, s),
  },
  {
    name: 'tags set',
    queue: ({ tags }, { s, i }) => {
      if (tags.length > 0) tags[at(tags, i)] = s;
    },
    atOnce: async ({ tags }, { s, i }) => {
      if (tags.length > 0) await tags.aset(at(tags, i), s);
    },
    plain: ({ tags }, { s, i }) => {
      if (tags.length > 0) tags[at(tags, i)] = s;
    },
  },
  {
    name: 'tags splice',
    queue: ({ tags }, { s, i }) => tags.splice(at(tags, i), 2, s),
    plain: ({ tags }, { s, i }) => tags.splice(at(tags, i), 2, s),
  },
  {
    name: 'tags removeRange',
    queue: ({ tags }, { i }) => tags.removeRange(i % 3, (i % 3) + 2),
    plain: ({ tags }, { i }) => tags.splice(i % 3, 2),
  },
  {
    name: 'tags fill',
    queue: ({ tags }, { s, i }) => tags.fill(s, i % 3, (i % 3) + 2),
    plain: ({ tags }, { s, i }) => tags.fill(s, i % 3, (i % 3) + 2),
  },
  {
    name: 'tags copyWithin',
    queue: ({ tags }, { i }) => tags.copyWithin(i % 2, i % 3),
    plain: ({ tags }, { i }) => tags.copyWithin(i % 2, i % 3),
  },
  {
    name: 'tags length',
    queue: ({ tags }, { i }) => void (tags.length = Math.min(tags.length, i)),
    plain: ({ tags }, { i }) => void (tags.length = Math.min(tags.length, i)),
  },
  { name: 'tags save', atOnce: ({ tags }) => tags.save(), plain: () => undefined },
  { name: 'tags sort', queue: ({ tags }) => tags.sort(), plain: ({ tags }) => tags.sort() },
  { name: 'tags reverse', queue: ({ tags }) => tags.reverse(), plain: ({ tags }) => tags.reverse() },
  { name: 'tags clear', queue: ({ tags }) => tags.clear(), atOnce: ({ tags }) => tags.aclear(), plain: (it) => (it.tags = []) },
  { name: 'tags assign', queue: ({ tags }, { s }) => tags.assign([s, 'z']), plain: (it, { s }) => (it.tags = [s, 'z']) },
  {
    name: 'marks set',
    queue: ({ marks }, { s, n }) => marks.set(s, n),
    atOnce: ({ marks }, { s, n }) => marks.asetItem(s, n),
    plain: ({ marks }, { s, n }) => (marks[s] = n),
  },
  {
    name: 'marks update',
    queue: ({ marks }, { s, n }) => marks.update({ [s]: n, a: 7 }),
    atOnce: ({ marks }, { s, n }) => marks.aupdate({ [s]: n, a: 7 }),
    plain: ({ marks }, { s, n }) => Object.assign(marks, { [s]: n, a: 7 }),
  },
  {
    name: 'marks delete',
    queue: ({ marks }, { s }) => marks.delete(s),
    atOnce: ({ marks }, { s }) => marks.adelItem(s),
    plain: ({ marks }, { s }) => delete marks[s],
  },
  { name: 'marks pop', atOnce: ({ marks }, { s }) => marks.apop(s), plain: ({ marks }, { s }) => delete marks[s] },
  {
    name: 'marks popItem',
    atOnce: async ({ marks }) => (marks.size > 0 ? marks.apopItem() : undefined),
    plain: ({ marks }, _draw, reply) => {
      if (reply === undefined) return;
      const [name, value] = reply as [string, number];
      if (marks[name] !== value) throw new Error(`popped ${name}, which is not ${value} but ${marks[name]}`);
      delete marks[name];
    },
  },
  { name: 'marks save', atOnce: ({ marks }) => marks.save(), plain: () => undefined },
  { name: 'marks setDefault', atOnce: ({ marks }, { s, n }) => marks.asetDefault(s, n), plain: ({ marks }, { s, n }) => (marks[s] ??= n) },
  {
    name: 'marks +',
    atOnce: ({ marks }, { s, n }) => marks.aincrease(s, n),
    plain: ({ marks }, { s, n }) => (marks[s] = (marks[s] ?? 0) + n),
  },
  { name: 'marks clear', queue: ({ marks }) => marks.clear(), atOnce: ({ marks }) => marks.aclear(), plain: (it) => (it.marks = {}) },
  { name: 'marks assign', queue: ({ marks }, { s, n }) => marks.assign({ [s]: n }), plain: (it, { s, n }) => (it.marks = { [s]: n }) },
  { name: 'save', atOnce: (it) => it.save(), plain: () => undefined },
  { name: 'leaf save', atOnce: ({ leaf }) => leaf.save(), plain: () => undefined },
  { name: 'count save', atOnce: ({ count }) => count.save(), plain: () => undefined },
  ...DATE_STEPS,
  {
    name: 'leaf +',
    queue: ({ leaf }, { n }) => leaf.count.add(n),
    atOnce: ({ leaf }, { n }) => leaf.count.increase(n),
    plain: ({ leaf }, { n }) => (leaf.count += n),
  },
  {
    name: 'leaf tags',
    queue: ({ leaf }, { s }) => leaf.tags.append(s),
    atOnce: ({ leaf }, { s }) => leaf.tags.aappend(s),
    plain: ({ leaf }, { s }) => leaf.tags.push(s),
  },
  {
    name: 'leaves append',
    queue: ({ leaves }, { n, s }) => leaves.append({ count: n, tags: [s] }),
    atOnce: ({ leaves }, { n, s }) => leaves.aappend({ count: n, tags: [s] }),
    plain: ({ leaves }, { n, s }) => leaves.push({ count: n, tags: [s] }),
  },
  {
    name: 'leaves insert',
    queue: ({ leaves }, { n }) => leaves.insert(0, { count: n, tags: [] }),
    atOnce: ({ leaves }, { n }) => leaves.ainsert(0, { count: n, tags: [] }),
    plain: ({ leaves }, { n }) => leaves.unshift({ count: n, tags: [] }),
  },
  { name: 'leaves pop', queue: ({ leaves }) => leaves.pop(), atOnce: ({ leaves }) => leaves.apop(), plain: ({ leaves }) => leaves.pop() },
  { name: 'leaves shift', queue: ({ leaves }) => leaves.shift(), plain: ({ leaves }) => leaves.shift() },
  { name: 'leaves reverse', queue: ({ leaves }) => leaves.reverse(), plain: ({ leaves }) => leaves.reverse() },
  {
    name: 'leaves sort',
    queue: ({ leaves }) => leaves.sort((a, b) => a.count.value - b.count.value),
    plain: ({ leaves }) => leaves.sort((a, b) => a.count - b.count),
  },
  {
    name: 'leaves[] +',
    queue: (it, { i, n }) => leafAt(it, i)?.count.add(n),
    atOnce: async (it, { i, n }) => leafAt(it, i)?.count.increase(n),
    plain: (it, { i, n }) => {
      const leaf = plainLeafAt(it, i);
      if (leaf !== undefined) leaf.count += n;
    },
  },
  {
    name: 'leaves[] tags',
    queue: (it, { i, s }) => leafAt(it, i)?.tags.append(s),
    atOnce: async (it, { i, s }) => leafAt(it, i)?.tags.aappend(s),
    plain: (it, { i, s }) => plainLeafAt(it, i)?.tags.push(s),
  },
  {
    name: 'leaves[] tags pop',
    queue: (it, { i }) => leafAt(it, i)?.tags.pop(),
    atOnce: async (it, { i }) => leafAt(it, i)?.tags.apop(),
    plain: (it, { i }) => plainLeafAt(it, i)?.tags.pop(),
  },
];

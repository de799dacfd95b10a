import { describeVerbs } from '../../support/verbs/behaves';

const misfit = { field: 'count', value: 'text' } as const;

describeVerbs('RedisInt', [
  { name: '.value = n', run: ({ count }) => void (count.value = 9), stored: { count: 9 } },
  { name: 'add(n)', run: ({ count }) => count.add(3), stored: { count: 8 }, misfit },
  { name: 'subtract(n)', run: ({ count }) => count.subtract(7), stored: { count: -2 }, misfit },
  { name: 'multiply(n)', run: ({ count }) => count.multiply(2), stored: { count: 10 }, misfit },
  { name: 'multiply by a fraction with a whole result', init: { count: 6 }, run: ({ count }) => count.multiply(0.5), stored: { count: 3 } },
  { name: 'increase()', run: ({ count }) => count.increase(), atOnce: true, stored: { count: 6 }, reply: 6, misfit },
  { name: 'increase(n)', run: ({ count }) => count.increase(4), atOnce: true, stored: { count: 9 }, reply: 9, misfit },
  { name: 'decrease()', run: ({ count }) => count.decrease(), atOnce: true, stored: { count: 4 }, reply: 4, misfit },
  { name: 'decrease(n)', run: ({ count }) => count.decrease(6), atOnce: true, stored: { count: -1 }, reply: -1, misfit },
  {
    name: 'adjust(n) within bounds',
    run: ({ count }) => count.adjust(3, { min: 0, max: 8 }),
    atOnce: true,
    stored: { count: 8 },
    reply: 8,
    misfit,
  },
]);

describeVerbs('RedisFloat', [
  { name: '.value = n', run: ({ ratio }) => void (ratio.value = 2.25), stored: { ratio: 2.25 } },
  { name: 'add(n)', run: ({ ratio }) => ratio.add(0.25), stored: { ratio: 1.75 } },
  { name: 'subtract(n)', run: ({ ratio }) => ratio.subtract(2), stored: { ratio: -0.5 } },
  { name: 'multiply(n)', run: ({ ratio }) => ratio.multiply(1.5), stored: { ratio: 2.25 } },
  { name: 'increase(n)', run: ({ ratio }) => ratio.increase(0.125), atOnce: true, stored: { ratio: 1.625 }, reply: 1.625 },
  { name: 'decrease(n)', run: ({ ratio }) => ratio.decrease(0.5), atOnce: true, stored: { ratio: 1 }, reply: 1 },
  { name: 'adjust(n) within bounds', run: ({ ratio }) => ratio.adjust(-0.5, { min: 1 }), atOnce: true, stored: { ratio: 1 }, reply: 1 },
]);

describeVerbs('field() of a Number', [
  { name: '.value = n', run: (part) => void (part.field('age').value = 31.5), stored: { age: 31.5 } },
  { name: 'add(n)', run: (part) => part.field('age').add(1), stored: { age: 31 }, misfit: { field: 'age', value: null } },
  {
    name: 'increase(n)',
    run: (part) => part.field('age').increase(2),
    atOnce: true,
    stored: { age: 32 },
    reply: 32,
    misfit: { field: 'age', value: [1] },
  },
]);

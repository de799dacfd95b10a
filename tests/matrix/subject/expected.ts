/** The stored form of an account of which only the name and the age were given. */
export function accountOf(name: string): Record<string, unknown> {
  return {
    since: '1970-01-02T00:00:00.000Z',
    notes: { made: 'by an initialiser' },
    version: 0,
    name,
    email: 'nobody@example.com',
    age: 36,
    active: true,
    balance: '100000000000000000000',
    secret: 'AQL/',
    role: 'guest',
    mark: 'a',
    nick: null,
    score: 0,
    rate: 1.5,
    title: 'untitled',
    blob: 'Bw==',
    seen: 0,
    tags: [],
    limits: {},
    home: null,
    places: [],
    byName: {},
  };
}

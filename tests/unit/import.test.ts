/** Every program pays for what an import loads, whether it uses it or not. */
describe('importing redatom', () => {
  test.each(['redatom', 'redatom/tree'])('%s loads neither node-redis, class-transformer nor uuid before they are needed', (entry) => {
    const loaded: string[] = [];

    jest.isolateModules(() => {
      for (const name of ['redis', 'class-transformer', 'uuid']) {
        jest.doMock(name, () => {
          loaded.push(name);
          return jest.requireActual<object>(name);
        });
      }
      jest.requireActual<object>(entry);
    });

    expect(loaded).toEqual([]);
  });
});

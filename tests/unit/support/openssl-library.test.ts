import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuredMirrors } from '../../support/servers/openssl-library';

describe('configuredMirrors', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redatom-apt-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('finds the mirrors of Debian in both formats of apt, and no others', () => {
    mkdirSync(join(folder, 'sources.list.d'));
    writeFileSync(
      join(folder, 'sources.list'),
      '# deb http://old.example/debian x main\ndeb [signed-by=/k.gpg] http://a.example/debian bookworm main\n',
    );
    const paragraphs = [
      'Types: deb\n# http://snapshot.example/debian\nURIs: http://b.example/debian\nSuites: bookworm\nSigned-By: /k2.gpg',
      'Types: deb\nURIs: http://b.example/debian-security\nSuites: bookworm-security',
      'Types: deb\nURIs: https://other.example/node_20.x\nSuites: nodistro',
    ];
    writeFileSync(join(folder, 'sources.list.d/debian.sources'), paragraphs.join('\n\n'));
    writeFileSync(join(folder, 'sources.list.d/switched-off.sources.disabled'), 'URIs: http://c.example/debian\n');

    expect(configuredMirrors(folder)).toEqual([
      { address: 'http://a.example/debian', signedBy: '/k.gpg' },
      { address: 'http://b.example/debian', signedBy: '/k2.gpg' },
      { address: 'http://b.example/debian-security', signedBy: undefined },
    ]);
  });

  test('finds none where apt is not configured', () => {
    expect(configuredMirrors(join(folder, 'missing'))).toEqual([]);
  });
});

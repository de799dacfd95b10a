import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from '../../../src/embedded/commands/command';
import { commandTable } from '../../../src/embedded/commands/table';

const file = resolve(__dirname, '../../../src/embedded/README.md');
const generated = /(<!-- commands: [^>]*-->\n)[\s\S]*(<!-- end of commands -->)/;

/** Commands with nothing to note share a row; those with a note have one each. */
function tableOf(group: string, commands: readonly Command[]): string {
  const name = (command: Command): string => `\`${command.name.toUpperCase()}\``;
  const plain = commands.filter(({ notes }) => notes === undefined);
  const rows = [
    ...(plain.length > 0 ? [`| ${plain.map(name).join(' ')} | yes | |`] : []),
    ...commands.filter(({ notes }) => notes !== undefined).map((command) => `| ${name(command)} | partly | ${command.notes} |`),
  ];
  return `### ${group}\n\n| Command | Supported | Notes |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

function allTables(): string {
  const groups = [...new Set(commandTable.map(({ group }) => group))];
  return groups
    .map((group) =>
      tableOf(
        group,
        commandTable.filter((command) => command.group === group),
      ),
    )
    .join('\n');
}

test('the table of commands in src/embedded/README.md is the command table', () => {
  const text = readFileSync(file, 'utf8');
  const fresh = text.replace(generated, (_, begin: string, end: string) => `${begin}\n${allTables()}\n${end}`);

  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, fresh);
  else expect(text).toBe(fresh);
});

test('every command is named once', () => {
  const names = commandTable.map(({ name }) => name);

  expect([...new Set(names)]).toEqual(names);
});

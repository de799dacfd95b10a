import type { Door, LayeredFolder } from './layer-table';
import { countCodeLines, type Import, type SourceFiles } from './source-files';

type Layers = Readonly<Record<string, number>>;

/** One sentence for each import that goes up or sideways, or that crosses the shore of an island. */
export function layerViolations(imports: readonly Import[], layers: Layers, folders: readonly LayeredFolder[]): string[] {
  return imports.filter(({ isForeign }) => !isForeign).flatMap((one) => violationOf(one, layers, folders) ?? []);
}

function violationOf({ from, to }: Import, layers: Layers, folders: readonly LayeredFolder[]): string | undefined {
  const folderOf = (file: string): LayeredFolder | undefined => folders.find(({ folder }) => file.startsWith(`${folder}/`));
  const [here, there] = [folderOf(from), folderOf(to)];
  const island = [here, there].find((folder) => folder?.importedBy !== undefined);
  if (here !== there && island !== undefined) {
    if (island === there && island.importedBy?.includes(from) === true) return undefined;
    return `src/${from} may not import src/${to} (src/${island.folder} is an island)`;
  }
  const within = here === there ? here : undefined;
  const inside = (file: string): string => (within === undefined ? file : file.slice(within.folder.length + 1));
  const [mine, other] = [entryOf(inside(from)), entryOf(inside(to))];
  if (mine === other) return undefined;
  const table = within?.layers ?? layers;
  const [lower, upper] = [table[other], table[mine]];
  if (lower === undefined || upper === undefined) return undefined; // Reported by unknownEntries.
  return lower < upper ? undefined : `src/${from} may not import src/${to} (${upper} → ${lower})`;
}

/** One sentence for each folder or top-level file that the table does not know. */
export function unknownEntries(files: SourceFiles, layers: Layers, folders: readonly LayeredFolder[]): string[] {
  const entries = new Set<string>();
  for (const file of files.keys()) {
    const layered = folders.find(({ folder }) => file.startsWith(`${folder}/`));
    const entry = entryOf(layered === undefined ? file : file.slice(layered.folder.length + 1));
    if ((layered?.layers ?? layers)[entry] === undefined) entries.add(layered === undefined ? entry : `${layered.folder}/${entry}`);
  }
  return [...entries].map((entry) => `src/${entry} has no layer; give it one in tests/architecture/layer-table.ts`);
}

function entryOf(file: string): string {
  return file.split('/')[0] ?? file;
}

/** One sentence for each ring of imports. */
export function cycles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to, isForeign } of imports) if (!isForeign) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) found.push([...trail.slice(start), file].map((name) => `src/${name}`).join(' → '));
    if (start >= 0 || done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return found;
}

/** One sentence for each import of a foreign module that does not go through its door. */
export function doorViolations(imports: readonly Import[], doors: readonly Door[]): string[] {
  return doors.flatMap(({ module, through }) => {
    const users = imports.filter(({ to }) => to === module || to.startsWith(`${module}/`)).map(({ from }) => from);
    const files = [...new Set(users)];
    if (through === 'any one file') {
      return files.length <= 1 ? [] : [`${module} is imported by ${files.map((file) => `src/${file}`).join(' and ')}; one file may`];
    }
    const outside = files.filter((file) => (through.endsWith('/') ? !file.startsWith(through) : file !== through));
    return outside.map((file) => `src/${file} may not import ${module}; only src/${through} may`);
  });
}

export function nameViolations(files: SourceFiles, emptyNames: readonly string[]): string[] {
  return [...files.keys()].flatMap((file) => {
    const name = (file.split('/').at(-1) ?? file).replace(/(\.generated)?\.ts$/, '');
    if (emptyNames.includes(name)) return [`src/${file}: "${name}" does not say what is inside`];
    return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? [] : [`src/${file}: file names are kebab-case`];
  });
}

export function sizeViolations(files: SourceFiles, most: number): string[] {
  const written = [...files].filter(([file]) => !file.endsWith('.generated.ts'));
  return written.flatMap(([file, text]) => {
    const lines = countCodeLines(text);
    return lines > most ? [`src/${file} has ${lines} lines of code; ${most} is the most`] : [];
  });
}

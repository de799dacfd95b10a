import ts from 'typescript';
import { SETTINGS } from './folder';

/** What an editor shows for a program. */
export class Editor {
  private readonly service: ts.LanguageService;
  private readonly text: string;

  constructor(private readonly file: string) {
    this.text = ts.sys.readFile(file) ?? '';
    this.service = ts.createLanguageService({
      getCompilationSettings: () => ({ ...SETTINGS, target: ts.ScriptTarget.ES2022, types: [] }),
      getScriptFileNames: () => [file],
      getScriptVersion: () => '1',
      getScriptSnapshot: (path) => {
        const text = ts.sys.readFile(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      // eslint-disable-next-line @typescript-eslint/unbound-method -- functions of an object without state
      ...{ fileExists: ts.sys.fileExists, readFile: ts.sys.readFile, readDirectory: ts.sys.readDirectory },
    });
  }

  /** The names that the editor offers after `beginning`, which ends with a dot. */
  completionsAfter(beginning: string): string[] {
    const found = this.service.getCompletionsAtPosition(this.file, this.endOf(beginning), {});
    return (found?.entries ?? []).map(({ name }) => name);
  }

  /** The signature and the comment of the name at the end of `beginning`. */
  hoverAt(beginning: string): { signature: string; comment: string } {
    const info = this.service.getQuickInfoAtPosition(this.file, this.endOf(beginning) - 1);
    return { signature: ts.displayPartsToString(info?.displayParts), comment: ts.displayPartsToString(info?.documentation) };
  }

  /** The position of the name at the end of `beginning`. */
  placeOf(beginning: string): number {
    return this.endOf(beginning) - (/\w+$/.exec(beginning)?.[0].length ?? 0);
  }

  /** The positions at which the name at the end of `beginning` is declared. */
  declarationsOf(beginning: string): number[] {
    return (this.service.getDefinitionAtPosition(this.file, this.placeOf(beginning)) ?? []).map(({ textSpan }) => textSpan.start);
  }

  /** The positions that are renamed together with the name at the end of `beginning`. */
  renamedWith(beginning: string): number[] {
    const places = this.service.findRenameLocations(this.file, this.placeOf(beginning), false, false, {}) ?? [];
    return places.map(({ textSpan }) => textSpan.start);
  }

  private endOf(beginning: string): number {
    const start = this.text.indexOf(beginning);
    if (start === -1) throw new Error(`the program has no "${beginning}"`);
    return start + beginning.length;
  }
}

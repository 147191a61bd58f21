export type Size = { width: number; height: number };

/** One row of `expected.tsv`. What is null is not compared. */
export type Expectation = {
  file: string;
  /** `ready`, `failed:CODE`, `failed` (with any code), or `any` of these; null when not even that matters. */
  outcome: string | null;
  /** Upright, with square pixels. */
  display: Size | null;
  seconds: number | null;
};

const outcomes = /^(ready|any|failed(:[a-z0-9_]+)?)$/;

/**
 * Reads a table of what each file must come to: tab-separated, its columns known by the names `file`, `outcome`,
 * `display` and `seconds` in the first line; other columns are notes. `-` and an empty cell are not compared.
 * @throws Error that names every line that cannot be understood.
 */
export function parseExpectations(text: string): Expectation[] {
  const [header = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = header.split('\t').map((name) => name.trim());
  for (const name of ['file', 'outcome']) {
    if (!names.includes(name)) throw new Error(`The first line names no column "${name}".`);
  }
  const problems: string[] = [];
  const expectations: Expectation[] = [];
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    const cells = line.split('\t');
    const cell = (name: string) => cells[names.indexOf(name)]?.trim().replace(/^-$/, '') ?? '';
    try {
      const row = readRow(cell);
      if (expectations.some(({ file }) => file === row.file)) throw new Error(`${row.file} was named before`);
      expectations.push(row);
    } catch (error) {
      problems.push(`line ${index + 2}: ${(error as Error).message}`);
    }
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return expectations;
}

function readRow(cell: (name: string) => string): Expectation {
  const file = cell('file');
  if (!file) throw new Error('there is no file name');
  const outcome = cell('outcome').replace(/^failed:\*$/, 'failed');
  if (outcome && !outcomes.test(outcome)) {
    throw new Error(`"${outcome}" is not ready, failed, failed:CODE, any or -`);
  }
  const display = /^(\d+)x(\d+)$/.exec(cell('display'));
  if (cell('display') && !display) throw new Error(`"${cell('display')}" is not WIDTHxHEIGHT`);
  const seconds = Number(cell('seconds'));
  if (!(seconds >= 0)) throw new Error(`"${cell('seconds')}" is not a number of seconds`);
  return {
    file,
    outcome: outcome || null,
    display: display && { width: Number(display[1]), height: Number(display[2]) },
    seconds: cell('seconds') ? seconds : null,
  };
}

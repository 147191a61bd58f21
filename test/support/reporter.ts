import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import Mocha from 'mocha';

const { EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_SUITE_END, EVENT_TEST_PENDING } = Mocha.Runner.constants;
const lingerMilliseconds = 10_000;
/** Of how many files the time is told. */
const slowest = 10;

type Options = {
  /** A file for what failed and the last line; without, the line is printed. */
  summary?: string;
};

/**
 * Mocha's own report, the reason of each skipped test, where the time went, and a last line: `3 passed, 1 failed, 2
 * skipped`.
 */
// Mocha takes a module's default export.
export default class Reporter extends Mocha.reporters.Spec {
  #options: Options;
  /** Milliseconds by file. */
  readonly #times = new Map<string, number>();
  /** What is wrong with the run as a whole. */
  readonly #complaints: string[] = [];

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    this.#options = options.reporterOptions ?? {};
    runner.on(EVENT_TEST_PENDING, (test) => {
      console.log(
        `${'  '.repeat(test.titlePath().length)}  skipped: ${findReason(test) ?? 'no reason given'}`,
      );
    });
    let begun = 0;
    runner.on(EVENT_SUITE_BEGIN, (suite) => {
      if (suite.parent?.root) begun = Date.now();
    });
    runner.on(EVENT_SUITE_END, (suite) => {
      if (!suite.parent?.root) return;
      const file = relative(process.cwd(), suite.file ?? '');
      this.#times.set(file, (this.#times.get(file) ?? 0) + Date.now() - begun);
    });
    runner.once(EVENT_RUN_END, () => this.#end());
  }

  #end(): void {
    if (this.stats.passes + this.stats.failures === 0) this.#complain('Not one test ran.');
    this.#tellTimes();
    this.#tell();
    setTimeout(() => {
      // Mocha waits for the process to run out of work, which a forgotten connection keeps it from for ever.
      const open = [...new Set(process.getActiveResourcesInfo())].join(', ');
      this.#complain(`The tests left something open: ${open}.`);
      this.#tell();
      process.exit(1);
    }, lingerMilliseconds).unref();
  }

  #complain(sentence: string): void {
    console.log(`  ${sentence}\n`);
    this.#complaints.push(sentence);
    process.exitCode = 1;
  }

  #tellTimes(): void {
    const sorted = [...this.#times].sort(([, a], [, b]) => b - a).slice(0, slowest);
    console.log('  Where the time went:');
    for (const [file, time] of sorted) console.log(`    ${(time / 1000).toFixed(1)} s ${file}`);
    console.log('');
  }

  #tell(): void {
    const { passes, failures, pending } = this.stats;
    const wrong = failures + this.#complaints.length;
    const line = `${passes} passed, ${wrong} failed${pending > 0 ? `, ${pending} skipped` : ''}`;
    const { summary } = this.#options;
    const failed = this.failures.map((test) => `${test.fullTitle()}\n  ${test.err?.stack ?? test.err}`);
    const lines = [...failed, ...this.#complaints, line];
    if (summary) writeFileSync(summary, `${lines.join('\n')}\n`);
    else console.log(line);
  }
}

/** What `skip` noted, on the test or on a suite that it is in. */
function findReason(test: Mocha.Test | Mocha.Suite): string | undefined {
  const { skipReason } = test as { skipReason?: string };
  return skipReason ?? (test.parent ? findReason(test.parent) : undefined);
}

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** Aborts at the first signal, after `leave`; a second one ends the process at once. Sets the exit code. */
export function onInterrupt(leave: () => void): AbortSignal {
  const interrupt = new AbortController();
  for (const [name, code] of Object.entries(exitCodes)) {
    process.on(name, () => {
      if (interrupt.signal.aborted) process.exit(code);
      process.exitCode = code;
      leave();
      interrupt.abort(new Error(`${name} was received.`));
    });
  }
  return interrupt.signal;
}

/** For `catch`: says which server it was that did not answer as it should. */
export function explainServer(server: string) {
  return (error: Error): never => {
    const hint = error.message.startsWith('Server selection timed out')
      ? '; is that a MongoDB, and is replicaSet the name of its replica set?'
      : '';
    throw new Error(`${server} cannot be used: ${error.message}${hint}`, { cause: error });
  };
}

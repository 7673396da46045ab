// @ts-check

/** Web Locks, as far as one process goes. */
export function oneProcessLocks() {
  let last = Promise.resolve();
  return {
    /** @param {string} _name @param {() => Promise<any>} work */
    request: (_name, work) => {
      const mine = last.then(work);
      last = mine.then(
        () => {},
        () => {},
      );
      return mine;
    },
  };
}

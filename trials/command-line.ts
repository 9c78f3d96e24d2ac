/** What a command was asked for; where that is wrong it says so, with the usage, and exits with 2. */
export function readOrExit<Wanted>(read: (words: string[]) => Wanted, usage: string): Wanted {
  try {
    return read(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`)
    process.exit(2)
  }
}

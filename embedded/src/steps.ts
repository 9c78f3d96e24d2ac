/** Tells the person at the terminal what the start has done and how long each step took. */
export type Steps = {
  say: (line: string) => void
  step: <T>(name: string, work: () => Promise<Step<T>>) => Promise<T>
}
type Step<T> = { result: T; note?: string | undefined }

export function terminalSteps(write: (line: string) => void, colour: boolean): Steps {
  const dim = (text: string) => (colour ? `\x1b[2m${text}\x1b[22m` : text)
  const green = (text: string) => (colour ? `\x1b[32m${text}\x1b[39m` : text)
  return {
    say: write,
    step: async (name, work) => {
      const began = performance.now()
      const { result, note } = await work()
      const seconds = ((performance.now() - began) / 1000).toFixed(2).padStart(6)
      write(`  ${green('✓')} ${name.padEnd(18)} ${dim(`${seconds} s`)}${note ? dim(`   ${note}`) : ''}`)
      return result
    },
  }
}

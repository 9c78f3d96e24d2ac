/** How many samples there are, before they are asked for. */
export const sampleCount = 24
